// The table of files. A row is found by its path.
// A file that this page sends is the page's to describe until the server has it. What the server says about the path
// meanwhile goes to a row behind the shown one, so that a good version is never lost to a failed try.

import { announce, clone, fill, one, say } from "./dom.js";

const BUSY = new Set(["sending", "queued", "reading", "indexing"]);

export class Files {
  constructor(body) {
    Object.assign(this, { body, behind: new Map(), empty: one(".empty", body), onRetry: null });
    body.addEventListener("submit", (event) => this.press(event));
  }

  get states() {
    return [...this.body.rows].filter(isFile).map((row) => ({ path: row.dataset.path, state: stateOf(row) }));
  }

  /** Paths of what the server has and has not finished, oldest first. */
  get busy() {
    return this.states.filter(({ path, state }) => BUSY.has(state) && !this.behind.has(path)).map(({ path }) => path);
  }

  /** `asked` are paths that were asked for by name: those that the server does not know any more go. */
  update(views, asked) {
    for (const view of views) this.draw(view);
    const known = new Set(views.map(({ path }) => path));
    for (const path of asked) if (!known.has(path) && !this.behind.has(path)) this.drop(path);
  }

  draw(view) {
    const row = this.theirs(view.path);
    if (BUSY.has(stateOf(row)) && view.state === "ready") announce(say("ready", { name: view.path }));
    fill(row, { path: view.path, detail: view.detail, label: view.label, passages: view.passages, changed: view.changed });
    one(".state", row).dataset.state = view.state;
    link(row, "open", view.open_url, "href");
    link(row, "retry", view.retry_url, "action");
    link(row, "remove", view.remove_url, "action");
    link(row, "cancel", view.cancel_url, "action");
  }

  sending(path, detail) {
    this.own(path, "sending", { label: say("sending"), detail });
  }

  sent(path) {
    this.own(path, "queued", { label: say("waiting"), detail: "" });
    this.behind.delete(path);
  }

  failed(path, detail, { mayRetry = false } = {}) {
    const row = this.own(path, "failed", { label: say("failed"), detail });
    link(row, "retry", mayRetry && "#", "action");
    link(row, "remove", "#", "action");
  }

  own(path, state, words) {
    const before = this.row(path);
    if (!this.behind.has(path)) this.behind.set(path, before?.cloneNode(true));
    const row = before ?? this.add(path);
    fill(row, { path, changed: say("now"), ...words });
    one(".state", row).dataset.state = state;
    if (!before) link(row, "open", "", "href");
    for (const name of ["retry", "remove", "cancel"]) link(row, name, "", "action");
    return row;
  }

  /** The buttons of a row that the server knows nothing of. */
  press(event) {
    const { path } = event.target.closest("tr").dataset;
    if (!this.behind.has(path)) return;
    event.preventDefault();
    if ("retry" in event.target.dataset) this.onRetry(path);
    else this.forget(path);
  }

  forget(path) {
    const before = this.behind.get(path);
    this.behind.delete(path);
    if (before) this.row(path).replaceWith(before);
    else this.drop(path);
  }

  drop(path) {
    this.row(path)?.remove();
    if (this.empty && !this.body.rows.length) this.body.append(this.empty);
  }

  row(path) {
    return one(`tr[data-path="${CSS.escape(path)}"]`, this.body);
  }

  /** The row that the server describes, shown or behind. */
  theirs(path) {
    if (!this.behind.has(path)) return this.row(path) ?? this.add(path);
    if (!this.behind.get(path)) this.behind.set(path, blank(path));
    return this.behind.get(path);
  }

  /** New rows come after those on their way, in their order. */
  add(path) {
    this.empty?.remove();
    const settled = [...this.body.rows].find((row) => !BUSY.has(stateOf(row))) ?? null;
    return this.body.insertBefore(blank(path), settled);
  }
}

const isFile = (row) => "path" in row.dataset;
const stateOf = (row) => one(".state", row)?.dataset.state ?? "";

function blank(path) {
  const row = clone("row-template");
  row.dataset.path = path;
  return row;
}

/** Shows or hides one action of a row; rows from the server lack those that did not apply, so it may be made anew. */
function link(row, name, url, attribute) {
  const place = one(".actions", row);
  let element = one(`[data-${name}]`, place);
  if (!element && url) {
    element = one(`[data-${name}]`, clone("row-template"));
    place.append(element);
  }
  if (!element) return;
  element.hidden = !url;
  if (!url) return;
  element.setAttribute(attribute, url);
  const label = one("[data-name]", element);
  if (label) label.textContent = ` ${row.dataset.path}`;
}
