// How far the files are that were uploaded while this page was open: a line in its head, where they are many.

import { say } from "./dom.js";

const MANY = 5;

export class Progress {
  constructor(place, failed) {
    Object.assign(this, { place, failed, failedBefore: failed, left: 0, ended: 0 });
  }

  /** `left` files are to be sent or on their way; `failed` is how many have failed in the collection. */
  show(left, failed) {
    if (left && !this.left) Object.assign(this, { failedBefore: this.failed, total: 0, ended: 0 });
    const before = this.left + this.ended;
    this.ended = Math.max(this.ended, before - left);
    Object.assign(this, { left, failed });
    this.tell(this.ended + left, Math.max(0, failed - this.failedBefore));
  }

  tell(total, failed) {
    const done = Math.max(0, this.ended - failed);
    this.place.hidden = total < MANY;
    this.place.textContent = say(failed ? "progressFailed" : "progress", { done, total, failed });
  }
}
