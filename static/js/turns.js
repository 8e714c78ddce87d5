// The conversation on the page: questions, the working line, answers. Elements come from the page's templates.

import { all, announce, clone, count, fill, one, say } from "./dom.js";

const PATIENCE = 300; // ms until the working line appears

export class Turns {
  constructor(scroller) {
    this.scroller = scroller;
    this.list = one("ol", scroller);
    for (const turn of all(".turn", this.list)) letReach(turn);
  }

  /** The reader's own question, before the server has it. */
  addQuestion(clientId, text) {
    const turn = clone("turn-template");
    turn.removeAttribute("id");
    turn.dataset.client = clientId;
    fill(turn, { text });
    one(".asked", turn).dataset.state = "waiting";
    this.list.append(turn);
    letReach(turn);
    this.toEnd();
    return turn;
  }

  accept(clientId, message) {
    const turn = this.byMessage(message.id) ?? this.byClient(clientId) ?? this.addQuestion(clientId, message.text);
    turn.id = `turn-${message.id}`;
    turn.dataset.message = message.id;
    delete one(".asked", turn).dataset.state;
    if (!one(".answer", turn)) this.expectAnswer(turn);
  }

  expectAnswer(turn) {
    if (turn.dataset.timer || one(".working", turn)) return;
    turn.dataset.timer = setTimeout(() => this.showWorking(turn), PATIENCE);
  }

  showWorking(turn) {
    if (one(".answer, .working", turn)) return;
    turn.append(clone("working-template"));
    this.describe(turn);
    if (this.isLast(turn)) this.toEnd();
  }

  working(messageId, note) {
    const turn = this.byMessage(messageId);
    if (!turn || one(".answer", turn)) return;
    if (note) turn.dataset.note = JSON.stringify(note);
    this.expectAnswer(turn);
    this.describe(turn);
  }

  describe(turn) {
    if (!turn.dataset.note) return;
    const note = JSON.parse(turn.dataset.note);
    const figures = { passages: count("passages", note.compared), documents: count("documents", note.documents) };
    fill(turn, { working: say("comparing", figures) });
  }

  answer(view) {
    const turn = this.byMessage(view.message);
    if (!turn || one(`#answer-${CSS.escape(view.id)}`, turn)) return;
    clearTimeout(Number(turn.dataset.timer));
    one(".working", turn)?.remove();
    const follows = this.isLast(turn) && this.isNearEnd();
    turn.append(render(view));
    fill(turn, { searched: view.searched });
    one("[data-searched]", turn).hidden = !view.searched;
    one("[data-searched] [data-rephrase]", turn).hidden = false;
    if (follows) turn.scrollIntoView({ block: "start" });
    announce(spoken(view));
  }

  /** For an answer that was quicker than its page. */
  announceLast() {
    const answer = all(".answer", this.list).at(-1);
    if (answer) announce(spoken(read(answer)));
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

/** A long question scrolls in its bubble; then it is a stop for the keyboard. */
function letReach(turn) {
  const text = one(".asked [data-slot=text]", turn);
  if (text.scrollHeight > text.clientHeight) text.tabIndex = 0;
}

function render(view) {
  const answer = clone("answer-template");
  const title = one("[data-slot=headline]", answer);
  answer.id = `answer-${view.id}`;
  answer.dataset.answer = view.id;
  title.id = `strength-${view.id}`;
  answer.setAttribute("aria-labelledby", title.id);
  answer.classList.toggle("nothing", !view.quotes.length);
  one(".strength", answer).dataset.level = view.strength;
  fill(answer, { headline: view.headline, places: view.places, meaning: view.meaning });
  if (view.meaning) title.title = view.meaning;
  else title.removeAttribute("title");
  part(answer, "p[data-slot=statement]", view.statement, (p) => (p.textContent = view.statement));
  part(answer, ".quotes", view.quotes.length, (list) => rows(list, view.quotes, drawQuote));
  part(answer, ".near", view.nearest.length, (near) => rows(one("ul", near), view.nearest.filter((quote) => !quote.removed), drawQuote));
  part(answer, "[data-slot=proof]", view.proof_url, (link) => (link.href = view.proof_url));
  part(answer, "[data-copy]", view.proof_url, (button) => (button.hidden = false));
  part(answer, "[data-rephrase]", !view.quotes.length, (button) => (button.hidden = false));
  return answer;
}

/** Keeps a part of the template and draws it, or takes it out. */
function part(root, selector, isShown, draw) {
  const element = one(selector, root);
  if (isShown) draw(element);
  else element.remove();
}

function rows(list, views, draw) {
  const model = list.firstElementChild;
  list.replaceChildren(...views.map((view) => {
    const row = model.cloneNode(true);
    draw(row, view);
    return row;
  }));
}

function drawQuote(row, quote) {
  fill(row, quote);
  setCells(one("[data-slot=text]", row), quote.text);
  one("a", row).href = quote.url;
  one("a", row).dataset.number = quote.number;
}

/** The cells of a table row stand apart, as on the server's pages. */
function setCells(element, text) {
  const [first, ...others] = text.split("\t");
  element.replaceChildren(first, ...others.flatMap((cell) => [clone("tab-template"), cell]));
}

/** What is spoken of an answer that the server drew. */
function read(answer) {
  const text = (name, root = answer) => one(`[data-slot=${name}]`, root)?.textContent ?? "";
  const quotes = all("a.quote", answer).map((quote) => ({ number: text("number", quote), text: text("text", quote) }));
  return { headline: text("headline"), places: text("places"), statement: text("statement"), quotes };
}

function spoken(view) {
  const quotes = view.quotes.map((quote) => `${quote.number}: ${quote.text}`);
  return [`${view.headline} ${view.places}`.trim(), view.statement, ...quotes].filter(Boolean).join("\n");
}
