// What the pages of the examples share: finding elements, making them, and saying
// how the connection is.
export const $ = (id) => document.getElementById(id);

// make gives an element with text (never HTML) and a class.
export function make(tag, text = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

// badge shows the state of the connection: live, lost, idle.
export function badge(name, text) {
  $("connection").dataset.state = name;
  $("connection-text").textContent = text;
}

// follow opens an EventSource, with a listener for each name, and shows its state.
// EventSource comes back by itself after a lost connection, but not after an answer
// that is no stream; then refused is called.
export function follow(url, listeners, refused = () => {}) {
  const source = new EventSource(url);
  source.addEventListener("open", () => badge("live", "Live"));
  for (const [name, listener] of Object.entries(listeners)) source.addEventListener(name, listener);
  source.addEventListener("error", () => {
    const gone = source.readyState === EventSource.CLOSED;
    badge("lost", gone ? "Refused" : "Connection lost, trying again");
    if (gone) refused();
  });
  addEventListener("pagehide", () => source.close());
  return source;
}

// post sends a request and gives what to tell the reader, and whether it went well.
export async function post(url, body = "") {
  try {
    const answer = await fetch(url, { method: "POST", body });
    return { ok: answer.ok, text: await answer.text() };
  } catch {
    return { ok: false, text: "The server cannot be reached." };
  }
}

// clock is the time of day, for lines in a log.
export const clock = () => new Date().toLocaleTimeString([], { hour12: false });
