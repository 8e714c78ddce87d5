// On every page: colours without a reload, buttons that copy, the menu of a conversation, pictures that cannot be shown, and the list of keys.

import { listenForCopying } from "./copy.js";
import { all } from "./dom.js";
import { onKeys } from "./keys.js";
import { listenForOptions } from "./options.js";
import { explainMissingPictures } from "./pictures.js";

const YEAR = 365 * 24 * 60 * 60;

function setTheme(theme) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; samesite=lax; max-age=${theme ? YEAR : 0}${secure}`;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  for (const button of all(".theme button")) button.setAttribute("aria-pressed", String(button.value === theme));
}

for (const form of all("form.theme")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    setTheme(event.submitter?.value ?? "");
  });
}

const isWide = matchMedia("(min-width: 60.01rem)").matches;
for (const contents of all("details.contents")) contents.open = isWide;

for (const button of all("[data-print]")) button.addEventListener("click", () => print());

listenForCopying(document);
listenForOptions(document);
explainMissingPictures();

onKeys((key) => {
  if (key === "?") document.getElementById("keys").showModal();
  return key === "?";
});
