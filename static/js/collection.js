// The collection's page: files are dropped or chosen, each is a row from the first moment and follows its progress.

import { all, one } from "./dom.js";
import { Files } from "./files.js";
import { Socket } from "./socket.js";
import { Uploads } from "./uploads.js";

const POLL = 2500; // ms, while something is on its way and no doorbell rings
const SETTLE = 150; // ms: several rings are one look

const main = document.getElementById("main");
const form = document.getElementById("drop");
const { collection, files: address } = main.dataset;
const files = new Files(document.getElementById("rows"));
const uploads = new Uploads(form, files, { onSent: refresh });
let timer = 0;

async function refresh() {
  clearTimeout(timer);
  const response = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (response?.ok) {
    const { rows, summary, documents } = await response.json();
    files.update(rows);
    one("[data-slot=summary]").textContent = summary;
    one(".rail [aria-current] [data-slot=documents]").textContent = documents;
  }
  if (files.areBusy) soon(POLL);
}

function soon(wait) {
  clearTimeout(timer);
  timer = setTimeout(refresh, wait);
}

const socket = new Socket({
  onOpen: () => socket.send({ type: "watch", collection }),
  onFrame: (frame) => frame.type === "ingestion.changed" && soon(SETTLE),
  onLost: () => files.areBusy && soon(POLL),
  onSignedOut: () => location.reload(),
});

for (const element of all("[data-without-script]", form)) element.hidden = true;
for (const element of all("[data-with-script], [data-choose], [data-folder]", form)) element.hidden = false;
uploads.listen(main);
if (files.areBusy) soon(SETTLE);
