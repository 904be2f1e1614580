// The line to the server: it comes back by itself, sooner at first and later ever more rarely, and says how it stands.

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 15_000;
const SIGNED_OUT_CODES = new Set([4401, 4403, 4404]); // the server will not talk with us, however often we ask

export class Socket {
  #address;
  #socket = null;
  #failures = 0;
  #timer = null;

  /** `onMessage(object)`; `onStanding("connecting" | "open" | "reconnecting" | "closed")`. */
  constructor(path, { onMessage, onStanding }) {
    this.#address = new URL(path, location.href.replace(/^http/, "ws"));
    this.onMessage = onMessage;
    this.onStanding = onStanding;
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#hurry());
    addEventListener("pageshow", (event) => event.persisted && this.reconnect());
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    const mine = () => socket === this.#socket;
    socket.addEventListener("open", () => {
      if (!mine()) return;
      this.#failures = 0;
      this.onStanding("open");
    });
    socket.addEventListener("message", (event) => mine() && this.onMessage(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => mine() && this.#lost(event.code));
  }

  /** Give up this line and take a new one: it looks open and nobody answers. */
  reconnect() {
    const old = this.#socket;
    this.#socket = null;
    old?.close();
    this.#lost(0);
  }

  send(message) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #lost(code) {
    if (SIGNED_OUT_CODES.has(code)) return this.onStanding("closed");
    this.#failures += 1;
    this.onStanding("reconnecting");
    if (this.#failures === 3) this.#checkWelcome();
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2)); // a class does not come back as one
    return undefined;
  }

  #hurry() {
    if (this.#timer && !this.isOpen && this.#socket?.readyState !== WebSocket.CONNECTING) this.connect();
  }

  /** A server that refuses the handshake looks like one that is away; the page itself tells the two apart. */
  async #checkWelcome() {
    try {
      const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) {
        clearTimeout(this.#timer);
        this.onStanding("closed");
      }
    } catch {
      // away indeed: keep trying
    }
  }
}
