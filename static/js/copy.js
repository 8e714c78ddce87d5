// "Copy with source": each quote with its place and address, as plain text.

import { all, one } from "./dom.js";

const FOR = 2000; // ms that "Copied" stands

export async function copyAnswer(button) {
  const answer = button.closest(".answer");
  const text = all("a.quote", answer).map(reference).join("\n\n");
  if (!(await put(text))) return;
  const label = one("span", button);
  const before = label.textContent;
  label.textContent = button.dataset.done;
  setTimeout(() => (label.textContent = before), FOR);
}

function reference(quote) {
  const words = one("q", quote).textContent;
  const place = ["document", "place", "reference"].map((slot) => one(`[data-slot=${slot}]`, quote).textContent);
  return `“${words}”\n${place.filter(Boolean).join(" ")}\n${quote.href}`;
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
