// The source beside the conversation: opens in place, has its own address, closes with Escape, Back or a swipe.

import { all, one } from "./dom.js";
import { isPlain, leave } from "./leaving.js";

const SWIPE = 80; // px downwards that close the sheet

export class Source {
  constructor(home, { onLost }) {
    this.home = home;
    this.onLost = onLost;
    this.shell = one(".shell");
    history.replaceState({ ...history.state, source: this.isOpen ? location.pathname : "" }, "");
    addEventListener("popstate", (event) => this.went(event.state?.source ?? ""));
    this.shell.addEventListener("click", (event) => this.click(event));
    if (this.isOpen) this.arrived();
  }

  get panel() {
    return one(".source", this.shell);
  }

  get isOpen() {
    return Boolean(this.panel);
  }

  click(event) {
    const link = isPlain(event) && event.target.closest(".answer a, .source a");
    if (!link) return;
    event.preventDefault();
    if (link.matches("[data-close]")) this.close();
    else if (link.matches(".quote, [data-source]")) this.open(new URL(link.href).pathname);
    else leave(link.href, this.onLost);
  }

  async open(path) {
    const isNew = !this.isOpen;
    if (!(await this.show(path))) return;
    history[isNew ? "pushState" : "replaceState"]({ source: path, opened: isNew || history.state?.opened }, "", path);
  }

  /** True once the panel is there. What the server will not show beside is opened as a page: that says why. */
  async show(path) {
    const answer = await fetched(`${path}panel/`);
    if (!answer) this.onLost();
    else if (!answer.ok) location.assign(path);
    if (!answer?.ok) return false;
    const page = new DOMParser().parseFromString(answer.html, "text/html");
    this.panel?.remove();
    this.shell.append(document.adoptNode(one(".source", page)));
    this.arrived();
    return true;
  }

  arrived() {
    this.mark();
    const passage = one("#passage", this.panel) ?? one(".document-text", this.panel);
    passage.scrollIntoView({ block: "start" });
    const isSheet = getComputedStyle(this.panel).position === "fixed";
    this.quote?.scrollIntoView({ block: isSheet ? "start" : "nearest" }); // a sheet must not cover its quote
    passage.focus({ preventScroll: true });
    this.watchSwipe(this.panel);
  }

  close() {
    if (!this.isOpen) return;
    if (history.state?.opened) history.back();
    else {
      history.replaceState({ source: "" }, "", this.home);
      this.remove();
    }
  }

  remove() {
    const { quote, panel } = this;
    const isElsewhere = document.activeElement !== document.body && !panel.contains(document.activeElement);
    panel.remove();
    this.mark();
    if (!isElsewhere) quote?.focus(); // the field keeps the focus while a question is being written
  }

  went(path) {
    if (path) this.show(path);
    else if (this.isOpen) this.remove();
  }

  /** The quote in the conversation whose source is open. */
  get quote() {
    const { answer, number } = this.panel?.dataset ?? {};
    return answer && one(`#answer-${CSS.escape(answer)} a.quote[data-number="${number}"]`);
  }

  mark() {
    for (const quote of all("a.quote[aria-current]")) quote.removeAttribute("aria-current");
    this.quote?.setAttribute("aria-current", "true");
  }

  watchSwipe(panel) {
    const bar = one(".bar", panel);
    let from = 0;
    const released = (event) => event.clientY - from > SWIPE && panel.isConnected && this.close();
    bar.addEventListener("pointerdown", (event) => {
      from = event.clientY;
      addEventListener("pointerup", released, { once: true });
    });
  }
}

/** Null when there was no answer, or half of one. */
async function fetched(address) {
  try {
    const response = await fetch(address);
    return { ok: response.ok, html: await response.text() };
  } catch {
    return null;
  }
}
