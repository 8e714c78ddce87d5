// The list of files that are on their way or have failed. A file that this page is sending has a row without an id
// until the server answers with its own.

import { all, announce, clone, fill, one, parsed, say } from "./dom.js";
import { Rows, known, replace } from "./rows.js";

const MOST = 50; // rows; files that have to wait for their turn to be sent show none beyond

export class UploadList {
  constructor(section, { onRetry, onChange }) {
    Object.assign(this, { section, onRetry, onChange, rows: new Rows(one("tbody", section)) });
    this.form = one("form", section);
    this.form.addEventListener("submit", (event) => this.press(event));
  }

  get token() {
    return one("[name=csrfmiddlewaretoken]", this.form).value;
  }

  get isFull() {
    return this.rows.all.length >= MOST;
  }

  /** Files that did not arrive at the server. */
  get unsentCount() {
    return this.rows.all.filter(({ dataset }) => !dataset.row && dataset.state === "failed").length;
  }

  /** A file that is ready does not change any more. */
  get known() {
    return known(this.rows.all.filter((row) => row.dataset.state !== "ready"));
  }

  /** A row for a file that is going to be sent; null when the list is full, unless it is being sent `now`. */
  sending(path, { now = false } = {}) {
    if (this.isFull) one('tr[data-state="ready"]', this.rows.body)?.remove();
    if (this.isFull && !now) return null;
    return this.insert(localRow("sending-row", path));
  }

  percent(row, n) {
    fill(row, { detail: say("sent", { n }) });
  }

  /** `detail` is the server's reason, if it gave one. */
  unsent(row, { detail = "", mayRetry = true } = {}) {
    const next = localRow("unsent-row", row.dataset.path);
    if (detail) fill(next, { detail });
    if (!mayRetry) one("[data-do=retry]", next).remove();
    replace(row, next);
    return next;
  }

  /** The server's row takes the place of the local one; the list may have been told of it already. */
  received(local, { uid, row }) {
    if (this.rows.row(uid)) local?.remove();
    else if (local) replace(local, parsed(row));
    else if (!this.isFull) this.insert(parsed(row));
    this.toggle();
  }

  /** `changes` are rows by id, "" for those that are gone; `foot` leads to the list's other pages. */
  update(changes, foot) {
    for (const [id, html] of Object.entries(changes)) this.change(this.rows.row(id), html && parsed(html));
    one("[data-slot=foot]", this.section).innerHTML = foot;
    this.toggle();
  }

  change(row, next) {
    if (!next) this.drop(row);
    else if (row) {
      if (next.dataset.state === "ready") announce(say("ready", { name: next.dataset.path }));
      replace(row, next);
    } else if (!this.isBeingSent(next.dataset.path)) this.insert(next);
  }

  /** Its row comes with the answer to the upload. */
  isBeingSent(path) {
    return this.rows.all.some(({ dataset }) => !dataset.row && dataset.path === path && dataset.state === "sending");
  }

  /** Files on their way stand before those that failed or were cancelled. */
  insert(row) {
    this.rows.body.insertBefore(row, one('tr:is([data-state="failed"], [data-state="cancelled"])', this.rows.body));
    this.toggle();
    return row;
  }

  drop(row) {
    const next = row.contains(document.activeElement) && (row.nextElementSibling ?? row.previousElementSibling);
    row.remove();
    if (next) one("button, a", next)?.focus();
    this.toggle();
  }

  toggle() {
    this.section.hidden = !this.rows.all.length;
  }

  async press(event) {
    event.preventDefault();
    const button = event.submitter;
    const row = button.closest("tr");
    if (row.dataset.row) await this.post(button.formAction, row);
    else if (button.dataset.do === "retry") this.onRetry(row);
    else this.drop(row);
    this.onChange();
  }

  async post(address, row) {
    const headers = { Accept: "application/json", "X-CSRFToken": this.token };
    const response = await fetch(address, { method: "POST", headers }).catch(() => null);
    if (response?.ok) return;
    const problem = (response && (await response.json().catch(() => null))?.detail) || say("offline");
    fill(row, { detail: problem });
    announce(problem);
  }
}

function localRow(template, path) {
  const row = clone(template);
  row.dataset.path = path;
  for (const element of all("[data-slot=path]", row)) element.textContent = ` ${path}`;
  return row;
}
