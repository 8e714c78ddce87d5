// The first question of a conversation goes by form, which also gives a visitor a session; its page then connects.

import { one, say } from "./dom.js";
import { clear, notice } from "./notices.js";
import { keep } from "./store.js";

export async function startConversation(composer, turns, text) {
  const { form } = composer;
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const turn = show(turns, text);
  const outcome = await post(form);
  form.ariaBusy = "false";
  if (outcome.url) {
    composer.text = "";
    keep("asked", new URL(outcome.url, location).pathname);
    location.assign(outcome.url);
    return;
  }
  turn.remove();
  one("#welcome").hidden = false;
  if (outcome.problem) composer.problem(outcome.problem);
  else notice("offline", say("offline"), { button: say("again"), onPress: () => form.requestSubmit() });
}

function show(turns, text) {
  clear("offline");
  one("#welcome").hidden = true;
  return turns.addQuestion("", text);
}

async function post(form) {
  const headers = { Accept: "application/json" };
  const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers }).catch(() => null);
  if (!response) return {};
  const body = await response.json().catch(() => ({}));
  return response.ok ? { url: body.url } : { problem: body.detail ?? say("failed") };
}
