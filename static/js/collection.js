// The collection's page: files are dropped or chosen, each is a row from the first moment and follows its progress.

import { all, one } from "./dom.js";
import { Files } from "./files.js";
import { Progress } from "./progress.js";
import { Socket } from "./socket.js";
import { Uploads } from "./uploads.js";

const POLL = 2500; // ms, while something is on its way and no doorbell rings
const SETTLE = 200; // ms: several rings are one look
const NAMED = 100; // rows asked for by name in one look

const main = document.getElementById("main");
const form = document.getElementById("drop");
const { collection, files: address } = main.dataset;
const files = new Files(document.getElementById("rows"));
const progress = new Progress(one("[data-slot=progress]"));
const uploads = new Uploads(form, files, { onChange: changed });
let timer = 0;
let due = Infinity;
let isLooking = false;
let open = 0;
let told = new Set(); // paths of the last answer

/** Shown at once: a small file may be sent and ready before the first look. */
function changed() {
  progress.show(files.states, open);
  soon(SETTLE);
}

async function look() {
  due = Infinity;
  if (isLooking) return soon(SETTLE); // answers must come in the order of their questions
  isLooking = true;
  await refresh();
  isLooking = false;
  progress.show(files.states, open);
  if (files.busy.length) soon(POLL);
}

/** The server tells the first rows, and those named here: what has ended may stand far down. */
async function refresh() {
  const asked = files.busy.filter((path) => !told.has(path)).slice(0, NAMED);
  const body = new URLSearchParams(asked.map((path) => ["path", path]));
  const headers = { Accept: "application/json", "X-CSRFToken": uploads.token };
  const response = await fetch(address, { method: "POST", body, headers }).catch(() => null);
  if (!response?.ok) return;
  const answer = await response.json();
  told = new Set(answer.rows.map(({ path }) => path));
  open = answer.open;
  files.update(answer.rows, asked);
  one("[data-slot=summary]").textContent = answer.summary;
  one(".sidebar [aria-current] [data-slot=documents]").textContent = answer.documents;
}

/** A look that is due sooner will do. */
function soon(wait) {
  const moment = Date.now() + wait;
  if (moment >= due) return;
  clearTimeout(timer);
  due = moment;
  timer = setTimeout(look, wait);
}

const socket = new Socket({
  onOpen: () => socket.send({ type: "watch", collection }),
  onFrame: (frame) => frame.type === "ingestion.changed" && soon(SETTLE),
  onLost: () => files.busy.length && soon(POLL),
  onSignedOut: () => location.reload(),
});

for (const element of all("[data-without-script]", form)) element.hidden = true;
for (const element of all("[data-with-script], [data-choose], [data-folder]", form)) element.hidden = false;
uploads.listen(main);
if (files.busy.length) soon(SETTLE);
