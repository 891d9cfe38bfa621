// The page: which event feeds which chart. The connection is stream.js, the
// drawing chart.js.
import { Chart, make } from "./chart.js";
import { bytes, bytesPerSecond, count, percent, roundUp, roundUpBytes, seconds, short, span } from "./format.js";
import { Stream } from "./stream.js";

const $ = (id) => document.getElementById(id);
const names = ["cpu", "memory", "go", "net", "clients", "alert"];
const bytesScale = (floor) => (top) => roundUpBytes(Math.max(1.15 * top, floor));
const scale = (floor) => (top) => roundUp(Math.max(1.15 * top, floor));

// Cores run through the hues from green to violet, so that neighbours differ a
// little and the ends a lot, however many there are.
const coreColor = (i, n) => `hsl(${160 + 140 * (n > 1 ? i / (n - 1) : 0)} 65% 50%)`;

const definitions = {
  cpu: {
    series: [{ label: "all cores", color: "--c1", fill: true }],
    grow: (n) => [{ label: "all cores", color: "--c1", fill: true }, ...Array.from({ length: n - 1 }, (_, i) => ({ color: coreColor(i, n - 1), thin: true }))],
    scale: () => 100, format: percent,
  },
  clients: { series: [{ label: "now", color: "--c2", fill: true }], steps: true, scale: scale(4), format: count },
  memory: { series: [{ label: "used", color: "--c3", fill: true }], scale: bytesScale(1 << 20), format: bytes },
  load: {
    series: [{ label: "1 min", color: "--c1", fill: true }, { label: "5 min", color: "--c2" }, { label: "15 min", color: "--c4" }],
    scale: scale(1), format: short,
  },
  net: {
    series: [{ label: "in", color: "--c1", fill: true }, { label: "out", color: "--c4", fill: true }, { label: "loopback", color: "--c5" }],
    scale: bytesScale(1024), format: bytesPerSecond,
  },
  process: {
    series: [{ label: "resident", color: "--c3", fill: true }, { label: "heap", color: "--c2" }],
    scale: bytesScale(1 << 20), format: bytes,
  },
  goroutines: { series: [{ label: "now", color: "--c2", fill: true }], scale: scale(8), format: count },
  pauses: { series: [{ label: "longest in view", color: "--c4" }], bars: true, peak: true, scale: scale(1e-4), format: seconds },
};

const charts = Object.fromEntries(Object.entries(definitions).map(([name, options]) =>
  [name, new Chart(document.querySelector(`[data-chart="${name}"]`), options)]));

const receive = {
  open(data) {
    for (const chart of Object.values(charts)) chart.pace(data.interval);
    for (const limit of data.limits) {
      if (limit.name === "memory") memoryLimit = limit.value / 100; // its chart is in bytes
      else charts[limit.name]?.limit(limit.value);
    }
    for (const alert of data.alerts) showAlert(alert);
    stream.expect(data.interval);
  },
  cpu(data, t) {
    if (!data.cores) return unknown("cpu", "load");
    charts.cpu.push(t, [data.total, ...data.cores]);
    showCores(data.cores);
    if (data.load) charts.load.push(t, data.load);
  },
  memory(data, t) {
    charts.process.push(t, [data.rss]);
    if (!data.total) return unknown("memory");
    charts.memory.options.scale = () => data.total;
    charts.memory.limit(data.total * memoryLimit);
    charts.memory.push(t, [data.used]);
    const swap = data.swapUsed ? `, ${bytes(data.swapUsed)} swapped out` : "";
    $("memory-total").textContent = `of ${bytes(data.total)}${swap}`;
  },
  go(data, t) {
    started = Date.now() - data.uptime;
    charts.process.push(t, [data.heap], 1);
    charts.goroutines.push(t, [data.goroutines]);
    charts.pauses.push(t, [data.gcPauseMax]);
    $("gc-cycles").textContent = `pauses; cycles so far: ${count(data.gcCycles)}`;
  },
  net(data, t) {
    if (!data.known) return unknown("net");
    charts.net.push(t, [data.in, data.out, data.loopback]);
  },
  clients(data, t) { charts.clients.push(t, [data.count]); },
  alert(data) { showAlert(data); },
  bye() {},
};

let started = 0;
let memoryLimit = Infinity;
const stream = new Stream(["open", ...names, "bye"], {
  event(name, id, text) {
    const data = JSON.parse(text);
    $("last-id").textContent = id || "–";
    receive[name](data, Date.now());
    if (names.includes(name)) showFrame(name, id, text);
  },
  state: showState,
});

function unknown(...which) {
  for (const name of which) charts[name].absent("Read from /proc, which this system does not have. The figures of the Go runtime are live.");
}

const states = { connecting: "Connecting", live: "Live", lost: "Connection lost, trying again", leaving: "Server is leaving, will reconnect" };

function showState(state) {
  const badge = $("connection");
  if (state !== "live") started = 0; // the next open event tells it anew
  if (badge.dataset.state === state) return;
  // The goodbye explains the loss that follows it: it stays until we are back.
  if (state === "lost" && badge.dataset.state === "leaving") return;
  badge.dataset.state = state;
  $("connection-text").textContent = states[state];
}

function showCores(cores) {
  const list = $("cores");
  if (list.children.length !== cores.length) {
    list.classList.toggle("dense", cores.length > 16);
    list.replaceChildren(...cores.map((_, i) => {
      const item = make("li");
      item.style.setProperty("--color", coreColor(i, cores.length));
      const name = make("span");
      name.textContent = i;
      item.append(name, make("i"), make("b"));
      return item;
    }));
  }
  cores.forEach((v, i) => {
    const item = list.children[i];
    item.style.setProperty("--level", v / 100);
    item.lastChild.textContent = percent(v);
    item.title = `core ${i}: ${percent(v)}`;
  });
}

const alertUnits = { cpu: percent, memory: percent, load: short, pauses: seconds };

const shown = new Set(); // an open event repeats what was seen before a reconnect

function showAlert({ at, name, label, value, limit, raised }) {
  if (shown.has(name + at)) return;
  shown.add(name + at);
  const write = alertUnits[name] ?? short;
  const item = make("li", raised ? "raised" : "cleared");
  const text = make("span");
  text.textContent = raised ? `${label} at ${write(value)}, limit ${write(limit)}` : `${label} back below ${write(limit)}`;
  const time = make("time");
  const when = new Date(at);
  time.dateTime = when.toISOString();
  time.textContent = when.toLocaleTimeString();
  item.append(text, time);
  $("no-alerts").hidden = true;
  $("alerts").prepend(item);
  while ($("alerts").children.length > 30) $("alerts").lastChild.remove();
}

// The rows of "On the wire": a tick for each name, and its newest event.
const rows = Object.fromEntries(names.map((name) => {
  const row = make("label");
  const tick = make("input");
  tick.type = "checkbox";
  tick.name = name;
  tick.ariaLabel = name; // without the event's text, which changes all the time
  const id = make("span", "id"), data = make("code");
  const title = make("b");
  title.textContent = name;
  row.append(tick, title, id, data);
  $("wire").append(row);
  return [name, { tick, id, data, row }];
}));

function showFrame(name, id, text) {
  rows[name].id.textContent = id;
  rows[name].data.textContent = text;
}

function ticked() {
  return names.filter((name) => rows[name].tick.checked);
}

function choose() {
  const chosen = ticked();
  const all = chosen.length === names.length;
  for (const name of names) {
    rows[name].row.classList.toggle("off", !rows[name].tick.checked);
    // A stream of nothing would look like a dead one: the last tick stays.
    rows[name].tick.disabled = chosen.length === 1 && rows[name].tick.checked;
  }
  const url = new URL("events", location.href);
  if (!all) url.search = `only=${chosen.join(",")}`;
  $("curl").textContent = `curl -N '${url}'`;
  stream.open(all ? null : chosen);
}

$("wire").addEventListener("change", choose);
$("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText($("curl").textContent);
    $("copy").textContent = "Copied";
  } catch {
    getSelection().selectAllChildren($("curl"));
    $("copy").textContent = "Selected";
  }
  setTimeout(() => { $("copy").textContent = "Copy"; }, 1500);
});

setInterval(() => { $("uptime").textContent = started ? span(Date.now() - started) : "–"; }, 1000);

// ?only=cpu,memory on the page's own address is passed on to the stream.
const asked = new URLSearchParams(location.search).get("only")?.split(",").filter((name) => names.includes(name));
for (const name of names) rows[name].tick.checked = !asked?.length || asked.includes(name);
choose();
