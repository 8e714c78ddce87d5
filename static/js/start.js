// A question that goes by form, which also begins a visitor's session: its conversation's page then connects.

import { showLimit } from "./allowance.js";
import { whenBack } from "./connection.js";
import { one, say } from "./dom.js";
import { clear, notice } from "./notices.js";
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
  if (!outcome.problem) unsent(form);
  else if (outcome.code !== "too_many" || !showLimit(outcome.problem)) composer.problem(outcome.problem);
}

function unsent(form) {
  notice("offline", say("unsent"), { button: say("again"), onPress: () => form.requestSubmit() });
  whenBack(() => clear("offline"));
}

function show(turns, text) {
  clear("offline");
  welcome(turns, false);
  return turns.addQuestion("", text);
}

function welcome(turns, isShown) {
  const place = one("#welcome");
  if (place) place.hidden = !isShown;
  turns.scroller.classList.toggle("welcome", isShown && Boolean(place));
}

async function post(form) {
  const headers = { Accept: "application/json" };
  const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers }).catch(() => null);
  if (!response) return {};
  const body = await response.json().catch(() => ({}));
  return response.ok ? { url: body.url } : { code: body.code, problem: body.detail ?? say("failed") };
}
