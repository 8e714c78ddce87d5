// The source beside the conversation: opens in place, has its own address, closes with Escape, Back or a swipe.

import { all, one } from "./dom.js";

const SWIPE = 80; // px downwards that close the sheet

export class Source {
  constructor(home) {
    this.home = home;
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
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const opener = event.target.closest("a.quote, a[data-source]");
    const closer = event.target.closest("a[data-close]");
    if (!opener && !closer) return;
    event.preventDefault();
    if (closer) this.close();
    else this.open(new URL(opener.href).pathname);
  }

  async open(path) {
    const isNew = !this.isOpen;
    if (!(await this.show(path))) return;
    history[isNew ? "pushState" : "replaceState"]({ source: path, opened: isNew || history.state?.opened }, "", path);
  }

  /** True once the panel is there; a panel that cannot be fetched is opened as a page. */
  async show(path) {
    const response = await fetch(`${path}panel/`).catch(() => null);
    if (!response?.ok) {
      location.assign(path);
      return false;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    this.panel?.remove();
    this.shell.append(document.adoptNode(one(".source", page)));
    this.arrived();
    return true;
  }

  arrived() {
    this.mark();
    const passage = one("#passage", this.panel) ?? one(".page", this.panel);
    passage.scrollIntoView({ block: "start" });
    const isSheet = getComputedStyle(this.panel).position === "fixed";
    if (isSheet) this.quote?.scrollIntoView({ block: "start" }); // it must not cover the quote that it belongs to
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
    const quote = this.quote;
    this.panel.remove();
    this.mark();
    quote?.focus();
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
