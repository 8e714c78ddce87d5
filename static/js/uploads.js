// Sends files one after the other, so that the first is being read while the next is on its way.

import { one, say } from "./dom.js";
import { chosenFiles, droppedFiles } from "./picked.js";

export class Uploads {
  constructor(form, files, { onChange }) {
    Object.assign(this, { form, files, onChange, queue: [], unsent: new Map(), isSending: false });
    files.onRetry = (path) => this.add([this.unsent.get(path)]);
    this.token = one("[name=csrfmiddlewaretoken]", form).value;
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
    for (const each of picked) {
      const refusal = this.refusal(each.file);
      if (refusal) this.files.failed(each.path, refusal);
      else {
        this.files.sending(each.path, "");
        this.queue.push(each);
      }
    }
    this.onChange();
    if (!this.isSending) this.run();
  }

  /** What the server would say no to is not sent. */
  refusal({ name, size }) {
    if (!this.endings.has(name.slice(name.lastIndexOf(".")).toLowerCase())) return say("unlisted");
    return size > this.limit ? say("tooLarge") : "";
  }

  async run() {
    this.isSending = true;
    for (let each = this.queue.shift(); each; each = this.queue.shift()) await this.send(each);
    this.isSending = false;
  }

  async send({ file, path }) {
    const { status, problem } = await post(this.form.action, this.token, file, path, (percent) =>
      this.files.sending(path, say("sent", { n: percent })),
    );
    if (status === 201) this.files.sent(path);
    else {
      this.unsent.set(path, { file, path });
      this.files.failed(path, problem || say("notSent"), { mayRetry: true });
    }
    this.onChange();
  }
}

function pick(input, isFolder) {
  input.webkitdirectory = isFolder;
  input.click();
}

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

/** XMLHttpRequest, because fetch does not tell how much has been sent. */
function post(address, token, file, path, onProgress) {
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
    request.onloadend = () => resolve({ status: request.status, problem: request.response?.detail });
    request.send(body);
  });
}
