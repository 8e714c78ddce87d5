// How far the files are that were uploaded while this page was open: a line in its head, where they are many.

import { say } from "./dom.js";

const MANY = 5;

export class Progress {
  constructor(place, { open, failed, cancelled }) {
    const before = { failed, cancelled };
    Object.assign(this, { place, unready: before, before, left: open, total: open, ended: 0 });
  }

  /** So many files more will be sent. */
  add(count) {
    if (!this.left) Object.assign(this, { before: this.unready, total: 0, ended: 0 });
    this.total += count;
    this.left += count;
  }

  /** `left` files are to be sent or on their way; `failed` and `cancelled` count those of the collection.
   *  A file may count twice in `left` while it arrives, so what has ended never decreases. */
  show(left, { failed, cancelled }) {
    this.ended = Math.max(this.ended, this.total - left);
    Object.assign(this, { left, unready: { failed, cancelled } });
    this.tell(Math.max(0, failed - this.before.failed), Math.max(0, cancelled - this.before.cancelled));
  }

  tell(failed, cancelled) {
    const { total } = this;
    const done = Math.max(0, this.ended - failed - cancelled);
    this.place.hidden = total < MANY;
    this.place.textContent = say(sentence(failed, cancelled), { done, total, failed, cancelled });
  }
}

function sentence(failed, cancelled) {
  if (failed && cancelled) return "progressBoth";
  if (failed) return "progressFailed";
  return cancelled ? "progressCancelled" : "progress";
}
