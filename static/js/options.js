// The three dots of a conversation open a menu beside them; without this script they lead to a page of its own.

import { all, one } from "./dom.js";

const GAP = 4; // pixels

/** Links with data-options open the menu; each leads to .../options/, whose neighbours the menu's items lead to. */
export function listenForOptions(root) {
  const menu = document.getElementById("options");
  for (const link of all("a[data-options]", root)) {
    link.setAttribute("aria-haspopup", "true");
    link.setAttribute("aria-expanded", "false");
  }
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-options]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(menu, link);
  });
  menu.addEventListener("toggle", ({ newState }) => {
    for (const link of all("a[data-options]", root)) {
      link.setAttribute("aria-expanded", String(newState === "open" && link.nextElementSibling === menu));
    }
    const isLost = document.activeElement === document.body; // the focus was in the menu, and went nowhere else
    if (newState === "closed" && isLost) menu.previousElementSibling.focus();
  });
}

/** It stands after its link: next in the order of the page, and inside the sidebar, which stays open with it. */
function open(menu, link) {
  link.after(menu);
  for (const item of all("[data-for]", menu)) item.hidden = item.dataset.for !== (link.dataset.options || "others");
  for (const item of all("[data-to]", menu)) {
    item[item.tagName === "A" ? "href" : "action"] = new URL(`../${item.dataset.to}`, link.href).pathname;
  }
  menu.showPopover();
  place(menu, link.getBoundingClientRect());
  one("a, button", menu).focus();
}

/** Below its link, or above where there is no room; never outside of the window. */
function place(menu, { top, bottom, left }) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = bottom + GAP + height <= innerHeight;
  menu.style.top = `${below ? bottom + GAP : Math.max(GAP, top - GAP - height)}px`;
  menu.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
}
