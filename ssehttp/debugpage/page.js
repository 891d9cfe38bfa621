// The page: what of a sample goes where. Rates are differences of two samples.

const $ = (id) => document.getElementById(id);
const perSecond = (n) => `${short(n)}/s`;
const definitions = {
  live: { series: [{ label: "open", color: "--c1" }], format: count, floor: 4 },
  eventRate: { series: [{ label: "events", color: "--c2" }], format: perSecond },
  byteRate: { series: [{ label: "bytes", color: "--c3" }], format: (n) => `${bytes(n)}/s`, floor: 100, base: 1024 },
  pending: { series: [{ label: "waiting", color: "--c4" }], format: bytes, floor: 100, base: 1024 },
  trouble: { series: [{ label: "stalls", color: "--c4" }, { label: "withheld", color: "--c1" }, { label: "errors", color: "--c3" }, { label: "notices", color: "--c5" }], format: perSecond },
  churn: { series: [{ label: "opened", color: "--c2" }, { label: "closed", color: "--c5" }, { label: "refused", color: "--c4" }], format: perSecond },
};
const charts = Object.fromEntries(Object.entries(definitions).map(([name, options]) =>
  [name, new Chart(document.querySelector(`[data-chart="${name}"]`), options)]));

const sum = (counts) => Object.values(counts).reduce((a, b) => a + b, 0);
let previous = null;

function show(now) {
  if (previous && (now.since !== previous.since || now.at <= previous.at)) previous = null; // another server
  const seconds = previous ? (now.at - previous.at) / 1000 : 1;
  const rate = (f) => previous ? Math.max(0, (f(now) - f(previous)) / seconds) : 0;
  const push = (name, ...values) => charts[name].push(now.at, values, now.period);
  push("live", now.live);
  push("pending", now.pending);
  if (previous) {
    push("eventRate", rate((s) => s.events));
    push("byteRate", rate((s) => s.bytes));
    push("trouble", rate((s) => s.stalls), rate((s) => s.withheld), rate((s) => s.errorsDropped), rate((s) => s.hooksMissed));
    push("churn", rate((s) => s.accepted), rate((s) => sum(s.closed)), rate((s) => sum(s.refused)));
  }
  $("up").textContent = span(now.at - now.since);
  for (const name of ["accepted", "events", "heartbeats"]) $(name).textContent = count(now[name]);
  $("bytes").textContent = bytes(now.bytes);
  document.title = `${count(now.live)} streams – Freshet`;
  showBars($("closed"), now.closed, { stalled: "--bad", overrun: "--bad", failed: "--bad", flooded: "--bad", evicted: "--bad" });
  showBars($("refused"), now.refused, {}, "--c4");
  showShards(now.shards ?? [], seconds);
  showStreams(now);
  previous = now;
}

function showBars(list, counts, colors, usual = "--c1") {
  const most = Math.max(1, ...Object.values(counts));
  for (const [name, n] of Object.entries(counts)) {
    let item = list.querySelector(`[data-name="${name}"]`);
    if (!item) {
      item = make("li");
      item.dataset.name = name;
      item.append(make("span", "", name), make("i"), make("b"));
      item.style.setProperty("--color", `var(${colors[name] ?? usual})`);
      list.append(item);
    }
    item.classList.toggle("none", n === 0);
    item.style.setProperty("--level", n / most);
    item.lastChild.textContent = count(n);
  }
}

function showShards(shards, seconds) {
  const body = $("shards").tBodies[0];
  $("no-shards").hidden = shards.length > 0;
  $("shards").hidden = shards.length === 0;
  while (body.rows.length > shards.length) body.lastChild.remove();
  shards.forEach((shard, i) => {
    const before = previous?.shards?.[i] ?? shard;
    const row = body.rows[i] ?? shardRow(body, i);
    const busy = Math.min(1, (shard.busy - before.busy) / (1000 * seconds));
    const [, meter, ...figures] = row.cells;
    meter.firstChild.style.setProperty("--level", busy);
    meter.firstChild.style.setProperty("--color", busy > .8 ? "var(--bad)" : "var(--c2)");
    meter.title = `${(100 * busy).toFixed(1)} % of the last second`;
    [count(shard.connections), bytes(shard.pending), short((shard.turns - before.turns) / seconds), brief(shard.longest)]
      .forEach((text, n) => { figures[n].textContent = text; });
  });
}

function shardRow(body, i) {
  const row = body.insertRow();
  row.append(make("td", "", String(i)), make("td", "meter"), ...Array.from({ length: 4 }, () => make("td")));
  row.cells[1].append(make("i"));
  return row;
}

// The columns of the table: how a stream is sorted, and what is written.
const columns = [
  { name: "path", left: true, key: (s) => s.path, cell: (s) => s.path || "–" },
  { name: "peer", left: true, key: (s) => s.remote, cell: (s) => s.remote || "–" },
  { name: "shard", key: (s) => s.shard, cell: (s) => s.shard < 0 ? "goroutine" : s.shard },
  { name: "open for", key: (s) => -s.opened, cell: (s, at) => span(at - s.opened) },
  { name: "events", key: (s) => s.events, cell: (s) => count(s.events) },
  { name: "events/s", key: (s) => s.rate, cell: (s) => short(s.rate) },
  { name: "bytes", key: (s) => s.bytes, cell: (s) => s.bytes ? bytes(s.bytes) : "–" },
  { name: "demand", key: (s) => s.demand, cell: (s) => count(s.demand) },
  { name: "pending", key: (s) => s.pending, cell: (s) => bytes(s.pending), late: true },
  { name: "last write", key: (s) => -s.lastWrite, cell: (s, at) => s.lastWrite > 0 ? `${span(at - s.lastWrite)} ago` : "–" },
];
let sorted = { by: columns.find((c) => c.name === "pending"), down: true };
let paused = false, latest = null;

for (const column of columns) {
  const head = make("th", column.left ? "left" : ""), button = make("button", "", column.name);
  button.type = "button";
  button.addEventListener("click", () => {
    sorted = { by: column, down: sorted.by === column ? !sorted.down : !column.left };
    fillTable();
  });
  head.append(button);
  column.head = head;
  $("streams").tHead.rows[0].append(head);
}
$("filter").addEventListener("input", () => fillTable());
$("pause").addEventListener("click", () => {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", paused);
  $("pause").textContent = paused ? "Resume table" : "Pause table";
});

const nameOf = (s) => `${s.id} ${s.shard} ${s.remote} ${s.opened}`;
let eventsBefore = new Map();

function showStreams(now) {
  const streams = now.streams ?? [];
  const seconds = previous ? (now.at - previous.at) / 1000 : 1;
  for (const s of streams) s.rate = Math.max(0, (s.events - (eventsBefore.get(nameOf(s)) ?? s.events)) / seconds);
  eventsBefore = new Map(streams.map((s) => [nameOf(s), s.events]));
  if (paused) return;
  latest = { streams, at: now.at, live: now.live };
  fillTable();
}

function fillTable() {
  if (!latest) return;
  const wanted = $("filter").value.trim().toLowerCase();
  const list = latest.streams.filter((s) => `${s.path} ${s.remote}`.toLowerCase().includes(wanted));
  const { key } = sorted.by, sign = sorted.down ? -1 : 1;
  list.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) || a.id - b.id);
  for (const c of columns) {
    if (c === sorted.by) c.head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
    else c.head.removeAttribute("aria-sort");
  }
  const body = $("streams").tBodies[0];
  while (body.rows.length > list.length) body.lastChild.remove();
  list.forEach((s, i) => {
    const row = body.rows[i] ?? streamRow(body);
    row.classList.toggle("lags", s.pending > 0);
    columns.forEach((c, n) => { row.cells[n].textContent = c.cell(s, latest.at); });
    row.cells[0].title = s.path;
  });
  $("no-streams").hidden = list.length > 0;
  const some = latest.live > latest.streams.length ? `${count(latest.streams.length)} of ${count(latest.live)}; those that lag come first` : `all ${count(latest.streams.length)}`;
  $("shown").textContent = wanted ? `${count(list.length)} match, of ${some}` : some;
}

function streamRow(body) {
  const row = body.insertRow();
  for (const c of columns) row.append(make("td", [c.left && "left mono path", c.late && "late"].filter(Boolean).join(" ")));
  return row;
}

// The connection. The browser comes back by itself unless the answer was none of a
// stream; then, and after a silence, this does.
const states = { connecting: "Connecting", live: "Live", lost: "Connection lost, trying again", leaving: "Server is leaving, will reconnect" };
let source, silence, retry;

function state(name) {
  $("connection").dataset.state = name;
  $("connection-text").textContent = states[name];
}

function open() {
  clearTimeout(retry);
  source?.close();
  const mine = source = new EventSource(`${location.pathname}?events`);
  source.addEventListener("sample", (e) => {
    if (mine !== source) return;
    state("live");
    listen();
    show(JSON.parse(e.data));
  });
  source.addEventListener("shutdown", () => state("leaving"));
  source.addEventListener("error", () => {
    if (mine !== source) return;
    if ($("connection").dataset.state !== "leaving") state("lost");
    if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, 1500 + 1000 * Math.random());
  });
  listen();
}

function listen() {
  clearTimeout(silence);
  silence = setTimeout(() => { state("lost"); open(); }, 15000);
}

addEventListener("pagehide", () => { clearTimeout(silence); clearTimeout(retry); source?.close(); });
addEventListener("pageshow", (e) => e.persisted && open());
open();
