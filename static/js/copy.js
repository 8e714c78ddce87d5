// Copying: a quote or a whole answer with its sources, and blocks of code.

import { all, announce, one } from "./dom.js";

const FOR = 2000; // ms that "Copied" is shown

/** A press on a button with data-copy copies what belongs to it and shows its data-done. */
export function listenForCopying(root) {
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-copy]");
    if (button) copy(button, TEXTS[button.dataset.copy](button));
  });
}

const TEXTS = {
  code: (button) => one("pre", button.parentElement).textContent,
  quote: (button) => reference(one("a.quote", button.parentElement)),
  answer: (button) => answer(button.closest(".answer")),
};

/** What an editor has written, if anything, before the quotes. */
function answer(article) {
  const approved = all(".approved", article).map((each) => each.innerText.trim());
  return [...approved, ...all("a.quote", article).map(reference)].join("\n\n");
}

/** The words, where they are, and an address that everyone who may read the collection can open. */
function reference(quote) {
  const text = (slot) => one(`[data-slot=${slot}]`, quote).textContent;
  const place = [[text("document"), text("place")].filter(Boolean).join(" "), text("reference")].join(", ");
  return `“${text("text")}”\n${place}\n${new URL(quote.dataset.address, location.href)}`;
}

async function copy(button, text) {
  if ("before" in button.dataset || !(await put(text))) return;
  const label = one("span", button);
  button.dataset.before = label.textContent;
  label.textContent = button.dataset.done;
  announce(button.dataset.done);
  setTimeout(() => {
    label.textContent = button.dataset.before;
    delete button.dataset.before;
  }, FOR);
}

/** The clipboard is closed to pages that are neither https nor on this machine; then a field is copied instead. */
async function put(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
