// Gives names to what the admin's library leaves without: its scroll areas, choices and icons. Loaded after setup.js.

const text = (selector) => document.querySelector(selector)?.textContent.trim() ?? "";

/** Scroll areas take their name from this attribute when they are made, which is after this script. Several of a page
 *  are numbered. */
function nameScrollAreas() {
  const menu = document.querySelector('[aria-controls="nav-sidebar"]')?.getAttribute("aria-label");
  const used = new Map();
  for (const area of document.querySelectorAll("[data-simplebar]")) {
    const name = area.closest("#nav-sidebar") ? menu : text(".admin-title .crumb:last-of-type");
    const before = used.get(name) ?? 0;
    used.set(name, before + 1);
    area.dataset.simplebarAriaLabel = before ? `${name} ${before + 1}` : name;
  }
}

/** A choice with a search: the visible label of its field. */
function nameChoice(select) {
  const label = select.labels?.[0];
  const choice = select.nextElementSibling;
  if (!label || !choice?.matches(".select2")) return;
  label.id ||= `${select.id}-label`;
  for (const part of choice.querySelectorAll(".select2-selection, [role=textbox]")) {
    part.setAttribute("aria-labelledby", `${label.id} ${part.matches("[role=textbox]") ? "" : (part.getAttribute("aria-labelledby") ?? "")}`.trim());
  }
  nameSearches(label, choice);
}

function nameSearches(label, place) {
  for (const search of place.querySelectorAll(".select2-search__field")) search.setAttribute("aria-labelledby", label.id);
}

function nameWidgets() {
  document.querySelectorAll("select.select2-hidden-accessible").forEach(nameChoice);
  document.querySelectorAll("span.help-tooltip[aria-label]").forEach((icon) => icon.setAttribute("role", "img"));
  globalThis.django?.jQuery?.(document).on("select2:open", ({ target }) => {
    const label = target.labels?.[0];
    if (label) nameSearches(label, document);
  });
}

/** A column's name before its value, where rows are narrow: only the first letter is large, as in the head. */
function capitalise(cell) {
  const { label } = cell.dataset;
  cell.dataset.label = label.charAt(0).toUpperCase() + label.slice(1);
}

document.addEventListener("DOMContentLoaded", () => {
  nameScrollAreas();
  document.querySelectorAll("[data-label]").forEach(capitalise);
});
addEventListener("load", () => setTimeout(nameWidgets)); // after the scripts that make them
