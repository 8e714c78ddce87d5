// The connection: opens, keeps itself alive, opens again. What was sent but not confirmed is the caller's to resend.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
const PING_EVERY = 25_000;
const MOST_UNANSWERED = 2; // pings; a line that died with the network says nothing
const SIGNED_OUT = 4401;

export class Socket {
  constructor({ onOpen, onFrame, onLost, onSignedOut }) {
    Object.assign(this, { onOpen, onFrame, onLost, onSignedOut, tries: 0, closed: false });
    addEventListener("online", () => this.reconnect());
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
    const wire = new WebSocket(`${scheme}://${location.host}/ws/v1/`);
    this.wire = wire;
    wire.onopen = () => this.opened();
    wire.onmessage = (event) => this.heard(event);
    wire.onclose = (event) => wire === this.wire && this.lost(event.code);
  }

  opened() {
    this.unanswered = 0;
    this.pinger = setInterval(() => this.ping(), PING_EVERY);
    this.onOpen();
  }

  heard(event) {
    this.tries = 0; // not before: a server that has too many connections accepts this one and closes it
    this.unanswered = 0;
    this.onFrame(JSON.parse(event.data));
  }

  ping() {
    if (this.unanswered >= MOST_UNANSWERED) return this.drop();
    this.unanswered += 1;
    this.send({ type: "ping" });
  }

  /** Without waiting for the close event, which a dead line delays for minutes. */
  drop() {
    this.wire.onmessage = this.wire.onclose = null;
    this.wire.close();
    this.lost();
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

  reconnect() {
    if (this.closed || this.isOpen || this.wire?.readyState === WebSocket.CONNECTING) return;
    clearTimeout(this.timer);
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
    const { wire } = this;
    if (this.isOpen) wire.close();
    else if (wire) wire.onopen = () => wire.close();
  }

  resume() {
    this.closed = false;
    this.open();
  }
}
