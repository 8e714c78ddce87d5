// Questions that were sent but not confirmed: kept for this tab, sent again on every new connection.

import { keep, kept } from "./store.js";

export class Outbox {
  constructor(conversation) {
    this.key = `outbox:${conversation}`;
    this.waiting = kept(this.key, []);
  }

  add(clientId, text) {
    this.waiting.push({ clientId, text });
    this.save();
  }

  /** The text of what was taken out, "" if it was not there. */
  remove(clientId) {
    const text = this.waiting.find((each) => each.clientId === clientId)?.text ?? "";
    this.waiting = this.waiting.filter((each) => each.clientId !== clientId);
    this.save();
    return text;
  }

  save() {
    keep(this.key, this.waiting.length ? this.waiting : "");
  }
}
