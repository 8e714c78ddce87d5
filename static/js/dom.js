// Small helpers.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

export function clone(id) {
  return document.getElementById(id).content.cloneNode(true).firstElementChild;
}

/** The element that a fragment of this site's server holds. Nothing else may be parsed: everything else is text. */
export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** The server's JSON; null when it refuses, cannot be reached, or breaks off. */
export async function fetchJson(address, options) {
  const response = await fetch(address, options).catch(() => null);
  return response?.ok ? response.json().catch(() => null) : null;
}

/** Puts texts into the elements marked data-slot="name". */
export function fill(root, texts) {
  for (const [name, text] of Object.entries(texts)) {
    for (const element of all(`[data-slot="${name}"]`, root)) element.textContent = text ?? "";
  }
}

/** A translated sentence of the page, with its {names} filled in. */
export function say(name, values = {}) {
  const words = document.getElementById("words").dataset;
  return (words[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}

/** crypto.randomUUID exists on secure origins only; a laptop on plain http is not one. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
