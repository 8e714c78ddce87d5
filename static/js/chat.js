// A conversation: sends questions, shows answers as they arrive, keeps what is not confirmed yet.
//
// The start page and pages of earlier questions have no socket: they send a question as a form, and its page opens.

import { showLeft, showLimit } from "./allowance.js";
import { Composer } from "./composer.js";
import { whenBack } from "./connection.js";
import { one, say, uuid } from "./dom.js";
import { listenForEarlier } from "./earlier.js";
import { onKeys } from "./keys.js";
import { clear, notice, refusal } from "./notices.js";
import { Outbox } from "./outbox.js";
import { Socket } from "./socket.js";
import { Source } from "./source.js";
import { startConversation } from "./start.js";
import { keep, kept } from "./store.js";
import { Turns } from "./turns.js";

const main = document.getElementById("main");
const { conversation, url: home } = main.dataset;
const turns = new Turns(document.getElementById("turns"));
const composer = new Composer(document.getElementById("composer"), {
  onSend: conversation ? send : (text) => startConversation(composer, turns, text),
  lastQuestion: () => turns.lastQuestion(),
});
const outbox = conversation && new Outbox(conversation);
const source = home && new Source(home, { onLost: unanswered });
const socket =
  conversation && new Socket({ onOpen: opened, onFrame: received, onLost: lost, onSignedOut: signedOut, html: true });
let lastSeq = Number(main.dataset.seq);

function send(text) {
  const clientId = uuid();
  clear("error");
  turns.addQuestion(clientId, text);
  outbox.add(clientId, text);
  composer.text = "";
  if (!deliver(clientId, text)) lost();
}

const deliver = (clientId, text) => socket.send({ type: "message.send", client_id: clientId, conversation, text });
const resume = () => socket.send({ type: "resume", conversation, last_seq: lastSeq });

function opened() {
  clear("offline");
  resume();
  for (const { clientId, text } of outbox.waiting) {
    if (!turns.byClient(clientId)) turns.addQuestion(clientId, text);
    deliver(clientId, text);
  }
}

function lost() {
  notice("offline", say("offline"), { button: say("again"), onPress: () => socket.reconnect() });
}

/** A request failed: the connection is dead too, though it may not know yet. The notice goes when it is open again. */
function unanswered() {
  if (!socket) away();
  else if (socket.isOpen) socket.drop();
  else lost();
}

function away() {
  notice("offline", say("away"));
  whenBack(() => clear("offline"));
}

function signedOut() {
  notice("offline", say("signedOut"), { button: say("reload"), onPress: () => location.reload() });
}

function received(frame) {
  if (frame.conversation && frame.conversation !== conversation) return;
  handlers[frame.type]?.(frame);
}

const handlers = {
  "message.accepted": ({ client_id: clientId, message, questions_left: left, html }) => {
    outbox.remove(clientId);
    turns.accept(clientId, message, html);
    showLeft(left);
  },
  "answer.working": ({ message, html }) => turns.working(message, html),
  "answer.done": ({ answer, questions_left: left, html }) => {
    turns.answer(answer.message, html);
    showLeft(left);
  },
  resumed: ({ last_seq: seq, more }) => {
    lastSeq = Math.max(lastSeq, seq);
    if (more) resume();
  },
  pong: () => turns.wait && resume(), // a notification can be lost
  error: ({ client_id: clientId, code, message }) => {
    if (clientId) giveBack(clientId);
    if (code !== "too_many" || !clientId || !showLimit(message)) refusal(message);
  },
};

/** A question that was refused goes back into the field, before what is being written there. */
function giveBack(clientId) {
  const text = outbox.remove(clientId);
  turns.remove(clientId);
  if (text) composer.giveBack(text);
}

function press(key) {
  if (key === "/") composer.focus();
  else if (key === "Escape" && source?.isOpen) source.close();
  else if (key === "Escape" && composer.hasFocus) composer.leave();
  else if (/^[1-9]$/.test(key) && turns.lastQuotes()[key - 1]) turns.lastQuotes()[key - 1].click();
  else return false;
  return true;
}

onKeys(press);
listenForEarlier(turns, { onLost: unanswered });

main.addEventListener("click", ({ target }) => {
  const rephrase = target.closest("[data-rephrase]");
  if (rephrase) composer.edit(rephrase.dataset.rephrase || one("[data-slot=text]", rephrase.closest(".turn")).textContent);
});

/** Another collection is another page; the draft is kept. */
function choose() {
  const [choice] = chooser.selectedOptions;
  if (!choice.defaultSelected) location.replace(`/?${new URLSearchParams({ collection: choice.value })}`);
}

const chooser = document.getElementById("collection");
chooser?.addEventListener("change", choose);
if (chooser) choose(); // it may have been used before this script had arrived

if (conversation && !location.hash && !source.isOpen) turns.toLast();
if (kept("asked", "") === location.pathname) {
  keep("asked", "");
  turns.announceLast();
}
if (matchMedia("(pointer: fine)").matches && !source?.isOpen) composer.focus();
