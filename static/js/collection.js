// The collection's page: files are dropped or chosen, each is a row from the first moment and follows its progress.

import { all, fetchJson, one } from "./dom.js";
import { Progress } from "./progress.js";
import { Rows, known } from "./rows.js";
import { Socket } from "./socket.js";
import { UploadList } from "./upload-list.js";
import { Uploads } from "./uploads.js";

const POLL = 2500; // ms, while something is on its way and no notification comes
const SETTLE = 200; // ms: several notifications are one look

const main = document.getElementById("main");
const form = document.getElementById("drop");
const documents = new Rows(document.getElementById("rows"));
const { collection, files: address, refused } = main.dataset;
const progress = new Progress(one("[data-slot=progress]"), { open: Number(main.dataset.open), ...unready() });
const uploads = new Uploads(form, { refused, onAdd: (count) => progress.add(count), onChange: changed });
const list = new UploadList(document.getElementById("uploads"), { onRetry: (row) => uploads.retry(row), onChange: changed });
uploads.list = list;
let timer = 0;
let due = Infinity;
let isLooking = false;
let open = Number(main.dataset.open);

/** Shown at once: a small file may be sent and ready before the first look. */
function changed() {
  showProgress();
  soon(SETTLE);
}

function showProgress() {
  const { failed, cancelled } = unready();
  progress.show(uploads.left + open, { failed: failed + list.unsentCount, cancelled });
}

function unready() {
  return { failed: Number(main.dataset.failed), cancelled: Number(main.dataset.cancelled) };
}

async function look() {
  due = Infinity;
  if (isLooking) return soon(SETTLE); // answers must come in the order of their questions
  isLooking = true;
  await refresh().finally(() => (isLooking = false));
  showProgress();
  if (open) soon(POLL);
}

/** The server answers with the rows that differ from those shown here. */
async function refresh() {
  const shown = { upload: list.known, document: known(documents.all), state: [main.dataset.state] };
  const body = new URLSearchParams(Object.entries(shown).flatMap(([name, values]) => values.map((value) => [name, value])));
  const headers = { Accept: "application/json", "X-CSRFToken": list.token };
  const { settled } = uploads; // the answer counts these among its own
  const answer = await fetchJson(address, { method: "POST", body, headers });
  if (!answer) return;
  show(answer);
  uploads.left -= settled;
  uploads.settled -= settled;
}

function show(answer) {
  open = answer.open;
  Object.assign(main.dataset, { state: answer.state, failed: answer.failed, cancelled: answer.cancelled });
  list.update(answer.uploads, answer.uploads_foot);
  if (answer.list) showDocuments(answer.list);
  one("[data-slot=summary]").textContent = answer.summary;
  one(".sidebar [aria-current] [data-slot=documents]").textContent = answer.documents;
}

function showDocuments({ rows, foot }) {
  const section = document.getElementById("documents");
  documents.arrange(rows);
  one("table", section).hidden = !rows.length;
  one("form", section).hidden = !rows.length && !one("[type=search]", section).value;
  one("[data-slot=foot]", section).innerHTML = foot;
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
  onLost: () => open && soon(POLL),
  onSignedOut: () => location.reload(),
});

for (const element of all("[data-without-script]", form)) element.hidden = true;
for (const element of all("[data-with-script], [data-choose], [data-folder]", form)) element.hidden = false;
uploads.listen(main);
if (open) soon(SETTLE);
