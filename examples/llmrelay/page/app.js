// The page asks with POST, which EventSource cannot, and reads the stream itself:
// fetch, a TextDecoder, and a few lines that split it into events.
import { $, badge } from "./base.js";

let reading; // the AbortController of the answer that comes

async function ask(prompt) {
  reading?.abort();
  const mine = (reading = new AbortController());
  show("live", "Reading");
  $("answer").textContent = "";
  $("bill").textContent = "";
  try {
    const answer = await fetch("ask", { method: "POST", body: prompt, signal: mine.signal });
    if (!answer.ok) throw new Error(await answer.text());
    let last = "";
    for await (const { name, data } of events(answer.body)) {
      last = name;
      if (name === "token") $("answer").append(JSON.parse(data));
      if (name === "usage") bill(JSON.parse(data));
      if (name === "failed") throw new Error(data);
    }
    if (last !== "usage") throw new Error("the answer ended in the middle");
    show("idle", "Nobody asks");
  } catch (problem) {
    if (reading !== mine) return; // another question has taken its place
    show(mine.signal.aborted ? "idle" : "lost", mine.signal.aborted ? "Stopped" : "Failed");
    $("bill").textContent = mine.signal.aborted ? "You stopped reading, and the model stopped selling." : `Failed: ${problem.message}.`;
  }
}

// events splits the bytes of an event stream into events: blocks of lines with an
// empty one behind each. The server writes "field: value" and line feeds.
async function* events(body) {
  let rest = "";
  for await (const text of chunks(body.pipeThrough(new TextDecoderStream()))) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const field = (name) => block.split("\n").filter((l) => l.startsWith(`${name}: `)).map((l) => l.slice(name.length + 2)).join("\n");
      if (/^data/m.test(block)) yield { name: field("event") || "message", data: field("data") };
    }
  }
}

// chunks is a stream as an iterator; not every browser's stream is one.
async function* chunks(stream) {
  const reader = stream.getReader();
  for (let r = await reader.read(); !r.done; r = await reader.read()) yield r.value;
}

function bill({ prompt, answer }) {
  $("bill").textContent = `Paid for ${prompt} tokens in and ${answer} out.`;
}

function show(state, text) {
  badge(state, text);
  const active = state === "live";
  $("stop").disabled = !active;
  $("answer").classList.toggle("reading", active);
}

// The count is the model's own, asked for beside the stream.
async function count() {
  try {
    const sales = await (await fetch("sold")).json();
    for (const [name, value] of Object.entries(sales)) $(name).textContent = value;
  } catch {
    // the next one tries again
  }
}

$("ask").addEventListener("submit", (e) => { e.preventDefault(); ask($("prompt").value); });
$("stop").addEventListener("click", () => reading.abort());
$("silence").addEventListener("click", () => ask("silence, please"));
setInterval(count, 250);
count();
