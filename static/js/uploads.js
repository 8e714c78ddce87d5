// Sends files one after the other, so that the first is being read while the next is on its way.

import { fetchJson, one, say } from "./dom.js";
import { chosenFiles, droppedFiles } from "./picked.js";

const REPORTED = 100; // files in one report of those that are not sent

export class Uploads {
  constructor(form, { refused, onAdd, onChange }) {
    Object.assign(this, { form, refused, onAdd, onChange, list: null, queue: [], unsent: new Map(), isSending: false });
    Object.assign(this, { left: 0, settled: 0 }); // files to be sent, and those of them whose fate the next look tells
    const { maxBytes, endings } = document.getElementById("words").dataset;
    Object.assign(this, { limit: Number(maxBytes), endings: new Set(endings.split(" ")) });
  }

  listen(main) {
    const input = one("input[type=file]", this.form);
    one("[data-choose]", this.form).addEventListener("click", () => pick(input, false));
    one("[data-folder]", this.form).addEventListener("click", () => pick(input, true));
    input.addEventListener("change", () => this.take(input));
    if (input.files.length) this.take(input); // chosen before this script had arrived
    addEventListener("dragover", (event) => hasFiles(event) && (event.preventDefault(), main.classList.add("dropping")));
    addEventListener("dragleave", (event) => event.relatedTarget || main.classList.remove("dropping"));
    addEventListener("drop", (event) => this.drop(event, main));
    addEventListener("beforeunload", (event) => this.isSending && event.preventDefault());
  }

  take(input) {
    this.add(chosenFiles(input));
    input.value = "";
  }

  async drop(event, main) {
    main.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.add(await droppedFiles(event.dataTransfer));
  }

  add(picked) {
    this.left += picked.length;
    this.onAdd(picked.length);
    const refused = picked.filter(({ file }) => this.refusal(file));
    const others = picked.filter(({ file }) => !this.refusal(file));
    this.queue.push(...others.map((each) => ({ ...each, row: this.list.sending(each.path) })));
    this.onChange();
    this.report(refused);
    if (!this.isSending) this.run();
  }

  retry(row) {
    const each = this.unsent.get(row);
    this.unsent.delete(row);
    row.remove();
    this.add([each]);
  }

  /** What the server would refuse is not sent. */
  refusal({ name, size }) {
    if (!this.endings.has(name.slice(Math.max(0, name.lastIndexOf("."))).toLowerCase())) return say("unlisted");
    return size > this.limit ? say("tooLarge") : "";
  }

  /** Files that are not sent are listed by the server all the same, so that they are still there after a reload. */
  async report(files) {
    for (let place = 0; place < files.length; place += REPORTED) {
      const some = files.slice(place, place + REPORTED).map((each) => ({ ...each, row: this.list.sending(each.path) }));
      const rows = await this.post(some);
      some.forEach(({ file, path, row }, n) => this.settle(rows[n], row, path, { detail: this.refusal(file), mayRetry: false }));
      this.onChange();
    }
  }

  /** The server's rows for the files; none when it cannot be reached. */
  async post(files) {
    const body = new URLSearchParams(files.flatMap(({ path, file }) => [["path", path], ["size", file.size]]));
    const headers = { Accept: "application/json", "X-CSRFToken": this.list.token };
    const answer = await fetchJson(this.refused, { method: "POST", body, headers });
    return answer?.rows ?? [];
  }

  async run() {
    this.isSending = true;
    for (let each = this.queue.shift(); each; each = this.queue.shift()) await this.send(each);
    this.isSending = false;
  }

  async send({ file, path, row: early }) {
    const row = early ?? this.list.sending(path, { now: true });
    const answer = await send(this.form.action, this.list.token, file, path, (percent) => this.list.percent(row, percent));
    const found = answer?.row ? answer : answer?.status >= 400 && (await this.post([{ file, path }]))[0];
    const unsent = this.settle(found, row, path, { detail: answer?.detail });
    if (unsent) this.unsent.set(unsent, { file, path });
    this.onChange();
  }

  /** Shows the server's row, or one that says why there is none; that one is returned. */
  settle(found, row, path, why) {
    this.settled += 1;
    if (!found) return this.list.unsent(row ?? this.list.sending(path, { now: true }), why);
    this.list.received(row, found);
    return null;
  }
}

function pick(input, isFolder) {
  input.webkitdirectory = isFolder;
  input.click();
}

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

/** The server's answer, {row, uid} or problem details; null without one. fetch does not tell how much has been sent. */
function send(address, token, file, path, onProgress) {
  const body = new FormData();
  body.append("path", path);
  body.append("files", file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(Math.floor((100 * loaded) / total));
    request.onloadend = () => resolve(request.response);
    request.send(body);
  });
}
