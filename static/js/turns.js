// The conversation on the page. Turns, answers and working lines come from the server as HTML and are inserted here.

import { all, announce, clone, one, parsed } from "./dom.js";

export class Turns {
  constructor(scroller) {
    this.scroller = scroller;
    this.list = one("ol", scroller);
    for (const turn of all(".turn", this.list)) letScroll(turn);
  }

  /** The reader's own question, before the server has it. */
  addQuestion(clientId, text) {
    const turn = clone("turn-template");
    turn.dataset.client = clientId;
    one("[data-slot=text]", turn).textContent = text;
    delay(turn);
    this.list.append(turn);
    letScroll(turn);
    this.toEnd();
    return turn;
  }

  /** The question as the server stored it takes the place of the reader's own. */
  accept(clientId, { id, seq }, html) {
    const own = this.byClient(clientId);
    if (this.byMessage(id)) {
      own?.remove();
      return;
    }
    const follows = this.isNearEnd();
    const turn = parsed(html);
    delay(turn);
    if (own) own.replaceWith(turn);
    else if (!this.insert(turn, seq)) return;
    letScroll(turn);
    if (follows) this.toEnd();
  }

  /** In the order of the numbers; false for a turn that belongs above those on the page. */
  insert(turn, seq) {
    const numbered = all("[data-seq]", this.list);
    if (numbered.length && seq < Number(numbered[0].dataset.seq)) return false;
    const next = all(".turn", this.list).find((each) => !("seq" in each.dataset) || Number(each.dataset.seq) > seq);
    this.list.insertBefore(turn, next ?? null);
    return true;
  }

  working(messageId, html) {
    const turn = this.byMessage(messageId);
    if (turn) one(".working", turn)?.replaceWith(parsed(html));
  }

  answer(messageId, html) {
    const turn = this.byMessage(messageId);
    if (!turn || one(".answer", turn)) return;
    const follows = this.isLast(turn) && this.isNearEnd();
    const answer = parsed(html);
    one(".working", turn).replaceWith(answer);
    if (follows) turn.scrollIntoView({ block: "start" });
    announce(spoken(answer));
  }

  /** For an answer that was quicker than its page. */
  announceLast() {
    const answer = all(".answer", this.list).at(-1);
    if (answer) announce(spoken(answer));
  }

  /** Changes something above; the turns on the screen stay where they are. */
  keepPlace(change) {
    const first = this.list.firstElementChild;
    const top = first.getBoundingClientRect().top;
    change();
    this.scroller.scrollTop += first.getBoundingClientRect().top - top;
  }

  addEarlier(turns) {
    this.list.prepend(...turns);
    turns.forEach(letScroll);
  }

  remove(clientId) {
    this.byClient(clientId)?.remove();
  }

  byMessage(id) {
    return one(`[data-message="${CSS.escape(id)}"]`, this.list);
  }

  byClient(id) {
    return one(`[data-client="${CSS.escape(id)}"]`, this.list);
  }

  get wait() {
    return all("[data-message]", this.list).some((turn) => !one(".answer", turn));
  }

  lastQuestion() {
    return all(".asked [data-slot=text]", this.list).at(-1)?.textContent ?? "";
  }

  lastQuotes() {
    return all("a.quote", all(".answer", this.list).at(-1) ?? document.createElement("i"));
  }

  isLast(turn) {
    return turn === this.list.lastElementChild;
  }

  isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < clientHeight;
  }

  /** The last question and the beginning of its answer; all of them if there is room. */
  toLast() {
    this.list.lastElementChild?.scrollIntoView({ block: "start" });
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}

/** A long question scrolls in its bubble; then it can be focused with the keyboard. */
function letScroll(turn) {
  const text = one(".asked [data-slot=text]", turn);
  if (text.scrollHeight > text.clientHeight) text.tabIndex = 0;
}

/** Most answers are there before a working line is worth showing. */
function delay(turn) {
  one(".working", turn).classList.add("delayed");
}

/** How strong the match is and how many quotes there are, then the quotes themselves. */
function spoken(answer) {
  const parts = all(".part", answer);
  if (parts.length === 0) return said(answer);
  return parts.map((part) => `${one("h3", part).textContent}\n${said(part)}`).join("\n");
}

function said(answer) {
  const text = (name, root = answer) => one(`[data-slot=${name}]`, root)?.textContent ?? "";
  const quotes = all("a.quote", answer).map((quote) => `${text("number", quote)}: ${text("text", quote)}`);
  return [`${text("headline")} ${text("count")}`.trim(), text("statement"), ...quotes].filter(Boolean).join("\n");
}
