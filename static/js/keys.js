// Keys for the whole page. None works while someone writes, but Escape; an empty question field does not count.

const WRITES = "input, textarea, select, [contenteditable]";

/** `press(key)` says whether it did something. */
export function onKeys(press) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (document.querySelector("dialog[open], :popover-open")) return;
    if (event.key !== "Escape" && isWriting(event.target)) return;
    if (press(event.key)) event.preventDefault();
  });
}

function isWriting(element) {
  return element.matches?.(WRITES) && !(element.id === "question" && element.value === "");
}
