// Keys for the whole page. While a field has the focus all keys are text, but for Escape.

const FIELDS = "input, textarea, select, [contenteditable]";

/** `press(key)` says whether it did something. */
export function onKeys(press) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (document.querySelector("dialog[open], :popover-open")) return;
    if (event.key !== "Escape" && event.target.matches?.(FIELDS)) return;
    if (press(event.key)) event.preventDefault();
  });
}
