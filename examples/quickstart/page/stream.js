// The connection to /events. EventSource reconnects by itself after a broken
// connection and sends the last id along; this module adds what it leaves to
// the page: a new EventSource when the browser has given up for good (any
// answer other than 200, in some browsers also a refused connection), and one
// when nothing came for so long that the connection must be dead.

const firstDelay = 500; // ms before the first new attempt; doubles up to lastDelay
const lastDelay = 8000;

// Stream calls handlers.event(name, id, data) for each named event and
// handlers.state(state) with "connecting", "live", "lost" or "leaving".
export class Stream {
  constructor(names, handlers) {
    this.names = names;
    this.handlers = handlers;
    this.lastId = "";
    this.patience = 15000;
    this.delay = firstDelay;
    this.only = null;
    addEventListener("online", () => this.reopen());
    // A page taken back from the back/forward cache has lost its connection.
    addEventListener("pageshow", (e) => e.persisted && this.reopen());
    addEventListener("pagehide", () => this.close());
  }

  // open starts a stream of the events named in only, or of all of them.
  open(only = this.only) {
    this.close();
    this.only = only;
    const source = new EventSource(this.url());
    this.source = source;
    for (const name of this.names) source.addEventListener(name, (e) => this.receive(source, name, e));
    source.addEventListener("error", (e) => this.failed(source, e));
    this.watch();
  }

  // expect tells how often events come, so that silence can be told from calm.
  expect(interval) {
    this.patience = Math.max(15000, 5 * interval);
    this.watch();
  }

  reopen() {
    if (this.source?.readyState !== EventSource.OPEN) this.open();
  }

  close() {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.source?.close();
    this.source = null;
  }

  // url carries the last id for a new EventSource, which has none of its own
  // and cannot set a header.
  url() {
    const query = new URLSearchParams();
    if (this.only) query.set("only", this.only.join(","));
    if (this.lastId) query.set("lastEventId", this.lastId);
    const text = query.toString();
    return text ? `events?${text}` : "events";
  }

  receive(source, name, e) {
    // The browser's own "open" has no data: only the server's counts.
    if (source !== this.source || e.data === undefined) return;
    this.lastId = e.lastEventId;
    this.delay = firstDelay;
    this.handlers.state(name === "bye" ? "leaving" : "live");
    this.handlers.event(name, e.lastEventId, e.data);
    this.watch();
  }

  failed(source, e) {
    // An event that the server named "error" has data; it says why it ends.
    if (source !== this.source || e.data !== undefined) return;
    this.handlers.state("lost");
    if (source.readyState === EventSource.CLOSED) this.later();
  }

  later() {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), this.delay * (0.75 + Math.random() / 2));
    this.delay = Math.min(2 * this.delay, lastDelay);
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.handlers.state("lost");
      this.open();
    }, this.patience);
  }
}
