// Notices at the top of the conversation, each with at most one button.

import { clone, one, say } from "./dom.js";

export function notice(id, text, { button = "", onPress = null, isError = false } = {}) {
  clear(id);
  const line = clone("notice-template");
  line.dataset.notice = id;
  line.classList.toggle("error", isError);
  one("span", line).textContent = text;
  const control = one("button", line);
  control.textContent = button;
  control.hidden = !button;
  control.addEventListener("click", () => (clear(id), onPress?.()));
  document.getElementById("notices").append(line);
}

export function refusal(text) {
  notice("error", text, { button: say("close"), isError: true });
}

export function clear(id) {
  one(`[data-notice="${id}"]`)?.remove();
}
