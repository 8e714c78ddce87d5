// One notice line at the top of the conversation, with at most one button.

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

/** What the server said no to; a visitor at the limit can go on by signing in. */
export function refusal(code, text) {
  const address = code === "too_many" && say("signInUrl");
  const button = address ? { button: say("signIn"), onPress: () => location.assign(address) } : { button: say("close") };
  notice("error", text, { ...button, isError: true });
}

export function clear(id) {
  one(`[data-notice="${id}"]`)?.remove();
}
