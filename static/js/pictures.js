// Pictures in documents: one that cannot be shown leaves a sentence at its place.

import { all } from "./dom.js";

const PICTURES = "figure.picture > img";

/** Also for pictures that are inserted later. */
export function explainMissingPictures() {
  document.addEventListener("error", ({ target }) => explain(target), true); // such events do not bubble
  for (const image of all(PICTURES)) if (image.complete && !image.naturalWidth) explain(image);
}

function explain(image) {
  if (!image.matches?.(PICTURES)) return;
  const sentence = document.createElement("p");
  sentence.className = "left-out";
  sentence.textContent = image.dataset.failed;
  image.replaceWith(sentence);
}
