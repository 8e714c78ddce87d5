// The field below: keeps what is written, sends on Enter.

import { one, say } from "./dom.js";
import { keep, kept } from "./store.js";

export class Composer {
  constructor(form, { onSend, lastQuestion }) {
    this.form = form;
    form.noValidate = true; // nothing written: nothing happens
    this.field = one("textarea", form);
    this.draft = `draft:${location.pathname.split("/").slice(0, 3).join("/")}`;
    this.lastQuestion = lastQuestion;
    this.onSend = onSend;
    this.restore();
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("submit", (event) => this.submit(event));
  }

  get text() {
    return this.field.value.trim();
  }

  set text(text) {
    this.field.value = text;
    this.changed();
  }

  get isEmpty() {
    return this.field.value === "";
  }

  /** What was written before this script had arrived is kept too. */
  restore() {
    if (this.isEmpty) this.field.value = kept(this.draft, "");
    else keep(this.draft, this.field.value);
  }

  /** The browser leaves out what goes beyond the limit, and does not say so. */
  get isFull() {
    return this.field.value.length >= this.field.maxLength;
  }

  changed() {
    keep(this.draft, this.field.value);
    this.problem(this.isFull ? say("full") : "");
  }

  problem(text) {
    const place = one(".error", this.form);
    if (place.textContent !== text) place.textContent = text; // it is read out each time it is set
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "ArrowUp" && this.isEmpty) {
      this.edit(this.lastQuestion());
    }
  }

  submit(event) {
    event.preventDefault();
    const { text } = this;
    if (text) this.onSend(text);
  }

  edit(text) {
    this.text = text;
    this.focus();
    requestAnimationFrame(() => this.field.setSelectionRange(text.length, text.length));
  }

  /** A question that could not be sent, before what is being written. */
  giveBack(text) {
    this.edit([text, this.text].filter(Boolean).join("\n"));
  }

  focus() {
    this.field.focus();
  }

  get hasFocus() {
    return document.activeElement === this.field;
  }

  leave() {
    this.field.blur();
  }
}
