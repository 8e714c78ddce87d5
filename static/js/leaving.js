// Leaves the page for another only while the server answers: the browser's error page would cost the conversation.

/** A click that should do no more than the link says: no new tab, no download. */
export function isPlain(event) {
  return !(event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

export async function leave(address, onLost) {
  const answers = await fetch("/healthz", { cache: "no-store" }).then(() => true, () => false);
  if (answers) location.assign(address);
  else onLost();
}
