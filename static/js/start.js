// The first question of a conversation goes by form, which also gives a visitor a session; its page then connects.

import { one, say } from "./dom.js";
import { clear, notice, refusal } from "./notices.js";
import { keep } from "./store.js";

export async function startConversation(composer, turns, text) {
  const { form } = composer;
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const sending = post(form);
  const turn = show(turns, text);
  composer.field.value = ""; // its draft stays until the question has arrived
  const outcome = await sending;
  form.ariaBusy = "false";
  if (outcome.url) {
    composer.text = "";
    keep("asked", new URL(outcome.url, location).pathname);
    location.assign(outcome.url);
    return;
  }
  turn.remove();
  welcome(turns, true);
  composer.giveBack(text);
  if (outcome.code === "too_many") refusal(outcome.code, outcome.problem);
  else if (outcome.problem) composer.problem(outcome.problem);
  else notice("offline", say("unsent"), { button: say("again"), onPress: () => form.requestSubmit() });
}

function show(turns, text) {
  clear("offline");
  clear("error");
  welcome(turns, false);
  const turn = turns.addQuestion("", text);
  turns.expectAnswer(turn);
  return turn;
}

function welcome(turns, isShown) {
  one("#welcome").hidden = !isShown;
  turns.scroller.classList.toggle("welcome", isShown);
}

async function post(form) {
  const headers = { Accept: "application/json" };
  const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers }).catch(() => null);
  if (!response) return {};
  const body = await response.json().catch(() => ({}));
  return response.ok ? { url: body.url } : { code: body.code, problem: body.detail ?? say("failed") };
}
