// How far the files are that came in while this page was open: a line in its head, where they are many.

import { say } from "./dom.js";

const MANY = 5;
const ON_THEIR_WAY = new Set(["sending", "queued", "reading", "indexing"]);

export class Progress {
  constructor(place) {
    Object.assign(this, { place, paths: new Set(), wasBusy: false });
  }

  /** `states` of the rows; `open` is how many files the server has on their way, with and without a row. */
  show(states, open) {
    const coming = states.filter(({ state }) => ON_THEIR_WAY.has(state));
    const beyond = Math.max(0, open - coming.filter(({ state }) => state !== "sending").length);
    const isBusy = coming.length + beyond > 0;
    if (isBusy && !this.wasBusy) this.paths.clear(); // the lot before has ended
    this.wasBusy = isBusy;
    for (const { path } of coming) this.paths.add(path);
    this.tell(states.filter(({ path }) => this.paths.has(path)), beyond);
  }

  tell(ours, beyond) {
    const ended = (wanted) => ours.filter(({ state }) => state === wanted).length;
    const figures = { done: ended("ready"), failed: ended("failed"), total: ours.length + beyond };
    this.place.hidden = figures.total < MANY;
    this.place.textContent = say(figures.failed ? "progressFailed" : "progress", figures);
  }
}
