// How far the files are that were uploaded while this page was open: a line in its head, where they are many.

import { say } from "./dom.js";

const MANY = 5;

export class Progress {
  constructor(place, { open, failed }) {
    Object.assign(this, { place, failed, failedBefore: failed, left: open, total: open, ended: 0 });
  }

  /** So many files more will be sent. */
  add(count) {
    if (!this.left) Object.assign(this, { failedBefore: this.failed, total: 0, ended: 0 });
    this.total += count;
    this.left += count;
  }

  /** `left` files are to be sent or on their way; `failed` is how many have failed in the collection.
   *  A file may count twice in `left` while it arrives, so what has ended never decreases. */
  show(left, failed) {
    this.ended = Math.max(this.ended, this.total - left);
    Object.assign(this, { left, failed });
    this.tell(Math.max(0, failed - this.failedBefore));
  }

  tell(failed) {
    const { total } = this;
    const done = Math.max(0, this.ended - failed);
    this.place.hidden = total < MANY;
    this.place.textContent = say(failed ? "progressFailed" : "progress", { done, total, failed });
  }
}
