// Table rows that the server renders: each has an id, and a tag that changes with what it shows.

import { one, parsed } from "./dom.js";

export class Rows {
  constructor(body) {
    this.body = body;
  }

  get all() {
    return [...this.body.rows];
  }

  row(id) {
    return one(`tr[data-row="${CSS.escape(id)}"]`, this.body);
  }

  /** The table becomes these rows in this order: [id, html], without html for a row that it shows already. */
  arrange(rows) {
    const shown = rows.map(([id, html]) => (html ? parsed(html) : this.row(id))).filter(Boolean);
    const isShown = new Set(shown);
    for (const row of this.all) if (!isShown.has(row)) row.remove();
    shown.forEach((row, place) => {
      if (this.body.rows[place] !== row) this.body.insertBefore(row, this.body.rows[place] ?? null);
    });
  }
}

/** "id.tag" of each row that the server knows. */
export function known(rows) {
  return rows.filter(({ dataset }) => dataset.row).map(({ dataset }) => `${dataset.row}.${dataset.tag}`);
}

/** The new row's button takes over the focus of the old one's. */
export function replace(row, next) {
  const focused = row.contains(document.activeElement) ? document.activeElement.dataset.do : null;
  row.replaceWith(next);
  if (focused !== null) (one(`[data-do="${focused}"]`, next) ?? one("button, a", next))?.focus();
}
