// The table of files. A row is found by its path.

import { announce, clone, fill, one, say } from "./dom.js";

const BUSY = new Set(["sending", "queued", "reading", "indexing"]);

export class Files {
  constructor(body) {
    this.body = body;
  }

  get areBusy() {
    return [...this.body.rows].some((row) => BUSY.has(stateOf(row)) && stateOf(row) !== "sending");
  }

  update(views) {
    for (const view of views) this.draw(view);
  }

  /** A row as the server describes it; a file that is still being sent is the browser's to describe. */
  draw(view) {
    const before = this.row(view.path);
    if (before && stateOf(before) === "sending") return;
    if (before && BUSY.has(stateOf(before)) && view.state === "ready") announce(say("ready", { name: view.path }));
    const row = before ?? this.add(view.path);
    fill(row, { path: view.path, detail: view.detail, label: view.label, passages: view.passages, changed: view.changed });
    one(".state", row).dataset.state = view.state;
    link(row, "open", view.open_url, "href");
    link(row, "retry", view.retry_url, "action");
    link(row, "remove", view.remove_url, "action");
    link(row, "cancel", view.cancel_url, "action");
  }

  sending(path, detail) {
    this.own(path, "sending", say("sending"), detail);
  }

  sent(path) {
    delete one(".state", this.row(path)).dataset.state;
  }

  failed(path, detail) {
    this.own(path, "failed", say("failed"), detail);
  }

  own(path, state, label, detail) {
    const row = this.row(path) ?? this.add(path);
    fill(row, { path, detail, label, changed: say("now") });
    one(".state", row).dataset.state = state;
    for (const name of ["open", "retry", "remove", "cancel"]) link(row, name, "", "href");
  }

  row(path) {
    return one(`tr[data-path="${CSS.escape(path)}"]`, this.body);
  }

  /** New rows come after those on their way, in their order. */
  get firstSettled() {
    return [...this.body.rows].find((row) => !BUSY.has(stateOf(row))) ?? null;
  }

  add(path) {
    one(".empty", this.body)?.remove();
    const row = clone("row-template");
    row.dataset.path = path;
    this.body.insertBefore(row, this.firstSettled);
    return row;
  }
}

const stateOf = (row) => one(".state", row)?.dataset.state ?? "";

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
