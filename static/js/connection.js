// Waits until the server responds again, for pages without a socket.

const EVERY = 3000; // ms

let waiting = null;
let wanted = null;

addEventListener("online", () => waiting && look());

/** Calls `act` once, when the server responds; of several calls the last one counts. */
export function whenBack(act) {
  wanted = act;
  clearInterval(waiting);
  waiting = setInterval(look, EVERY);
}

async function look() {
  const responds = await fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false);
  if (!responds || !waiting) return;
  clearInterval(waiting);
  waiting = null;
  wanted();
}
