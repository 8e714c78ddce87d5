// Waits until the server responds again, for pages without a socket.

const EVERY = 3000; // ms

let waiting = null;

/** Calls `act` once, when the server responds; of several calls the last one counts. */
export function whenBack(act) {
  clearInterval(waiting);
  waiting = setInterval(() => look(act), EVERY);
  addEventListener("online", () => look(act), { once: true });
}

async function look(act) {
  const responds = await fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false);
  if (!responds || !waiting) return;
  clearInterval(waiting);
  waiting = null;
  act();
}
