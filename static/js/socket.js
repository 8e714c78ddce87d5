// The connection: opens, keeps itself alive, opens again. The caller resends what was sent and not confirmed.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
const PING_EVERY = 25_000;
const MOST_UNANSWERED = 2; // pings: a connection that died with the network gives no sign
const SIGNED_OUT = 4401;

export class Socket {
  /** With `html`, frames bring the fragments that a page inserts. */
  constructor({ onOpen, onFrame, onLost, onSignedOut, html = false }) {
    Object.assign(this, { onOpen, onFrame, onLost, onSignedOut, tries: 0, closed: false });
    const options = { language: document.documentElement.lang, ...(html ? { html: "1" } : {}) };
    this.address = `/ws/v1/?${new URLSearchParams(options)}`;
    addEventListener("online", () => this.isOpen || this.reopen());
    addEventListener("offline", () => this.isOpen && this.drop());
    addEventListener("pagehide", () => this.pause());
    addEventListener("pageshow", (event) => event.persisted && this.resume());
    this.open();
  }

  get isOpen() {
    return this.wire?.readyState === WebSocket.OPEN;
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const wire = new WebSocket(`${scheme}://${location.host}${this.address}`);
    this.wire = wire;
    wire.onmessage = (event) => this.heard(JSON.parse(event.data));
    wire.onclose = (event) => wire === this.wire && this.lost(event.code);
    this.unanswered = 0;
    clearInterval(this.pinger);
    this.pinger = setInterval(() => this.ping(), PING_EVERY); // from now on: it may die before its first frame, too
  }

  /** The first frame says that the connection is good: a server that is too busy accepts one and closes it. */
  heard(frame) {
    this.unanswered = 0;
    if (frame.type === "welcome") this.opened();
    this.onFrame(frame);
  }

  opened() {
    this.tries = 0;
    this.onOpen();
  }

  ping() {
    if (this.unanswered >= MOST_UNANSWERED) return this.drop();
    this.unanswered += 1;
    this.send({ type: "ping" });
  }

  /** Without waiting for the close event, which comes minutes late when the network is gone. */
  drop() {
    this.abandon();
    this.lost();
  }

  abandon() {
    const { wire } = this;
    wire.onmessage = wire.onclose = null;
    if (wire.readyState !== WebSocket.CONNECTING) wire.close();
    else wire.onopen = () => wire.close(); // the browser reports a try that is closed as an error
  }

  lost(code) {
    clearInterval(this.pinger);
    if (this.closed) return;
    if (code === SIGNED_OUT) return this.onSignedOut();
    this.onLost();
    const wait = Math.min(FIRST_WAIT * 2 ** this.tries, LONGEST_WAIT);
    this.tries += 1;
    this.timer = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
  }

  /** At once, unless it is being tried. */
  reconnect() {
    if (!this.isOpen && this.wire?.readyState !== WebSocket.CONNECTING) this.reopen();
  }

  /** A try that began without a network may not end for minutes. */
  reopen() {
    if (this.closed) return;
    clearTimeout(this.timer);
    this.abandon();
    this.open();
  }

  send(frame) {
    if (this.isOpen) this.wire.send(JSON.stringify(frame));
    return this.isOpen;
  }

  /** A page kept for the Back button must not hold a connection. */
  pause() {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.pinger);
    this.abandon();
  }

  resume() {
    this.closed = false;
    this.open();
  }
}
