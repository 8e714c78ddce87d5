// "Earlier questions": the turns of the page that the link leads to are added above, without leaving this one.

import { all, announce, one, say } from "./dom.js";
import { isPlain } from "./leaving.js";

export function listenForEarlier(turns, { onLost }) {
  turns.scroller.addEventListener("click", async (event) => {
    const link = isPlain(event) && event.target.closest("a[data-earlier]");
    if (!link) return;
    event.preventDefault();
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    const page = await fetched(link.href);
    link.ariaBusy = "false";
    if (page) add(turns, link, page);
    else onLost();
  });
}

/** The link stays, with the focus, as long as there is more. */
function add(turns, link, page) {
  const earlier = all("#turns .turn", page).map((turn) => document.adoptNode(turn));
  const next = one("a[data-earlier]", page);
  turns.keepPlace(() => {
    turns.addEarlier(earlier);
    if (next) link.href = next.href;
    else link.parentElement.remove();
  });
  if (!next) turns.scroller.focus({ preventScroll: true });
  announce(say("earlier", { n: earlier.length }));
}

/** Null when there was no answer, or half of one. */
async function fetched(address) {
  try {
    const response = await fetch(address);
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null;
  }
}
