// How many questions a visitor may still ask: said before the last one, and when there is none.

import { one } from "./dom.js";

const place = document.getElementById("allowance");

/** The number that came with a question or an answer; null if it says nothing of it. */
export function showLeft(left) {
  if (place && left !== null) place.dataset.left = left;
}

/** True if the server's sentence about the limit is shown here, with the ways on. */
export function showLimit(sentence) {
  if (!place) return false;
  one("[data-slot=limit]", place).textContent = sentence;
  place.dataset.left = 0;
  return true;
}
