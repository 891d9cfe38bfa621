// The page: a bar for each job. EventSource resumes by itself after a lost
// connection, with the last id it saw. Only a reload needs help: a new page has a
// new EventSource, so the id and the bars are kept for it in the tab's storage.
const $ = (id) => document.getElementById(id);
const storage = "freshet-progress";

// The jobs as this tab knows them, and how well it was served.
let seen = { lastId: "", jobs: {}, connections: 0, received: 0, missed: 0, twice: 0 };
try {
  seen = { ...seen, ...JSON.parse(sessionStorage.getItem(storage)) };
} catch {
  sessionStorage.removeItem(storage);
}

let source;

function connect() {
  const query = seen.lastId ? `?lastEventId=${encodeURIComponent(seen.lastId)}` : "";
  source = new EventSource(`events${query}`);
  source.addEventListener("open", () => {
    seen.connections++;
    state("live", "Live");
    counts();
  });
  source.addEventListener("update", (e) => {
    seen.lastId = e.lastEventId;
    update(JSON.parse(e.data));
  });
  source.addEventListener("startover", () => {
    seen.jobs = {};
    $("jobs").replaceChildren();
    say("This tab was away for too long: it starts over with what is kept.");
  });
  source.addEventListener("error", () => {
    state("lost", "Connection lost, trying again");
    // Closed for good, by an answer that is no stream: EventSource leaves that to us.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

// update takes one step of a job, and checks that it is the next one.
function update(now) {
  const before = seen.jobs[now.job];
  const step = now.step - (before?.step ?? -1);
  seen.received++;
  if (before && now.state !== "interrupted") {
    if (step > 1) seen.missed += step - 1;
    if (step < 1) seen.twice++;
  }
  seen.jobs[now.job] = now;
  draw(now);
  counts();
}

function draw(job) {
  let row = document.querySelector(`[data-job="${job.job}"]`);
  if (!row) {
    row = document.createElement("li");
    row.dataset.job = job.job;
    const line = document.createElement("div");
    line.className = "line";
    line.append(document.createElement("b"), document.createElement("span"));
    const bar = document.createElement("progress");
    bar.max = job.steps;
    bar.ariaLabel = `job ${job.job}, ${job.name}`;
    row.append(line, bar);
    $("jobs").prepend(row);
    $("none").hidden = true;
  }
  row.dataset.state = job.state;
  row.querySelector("b").textContent = `${job.job}. ${job.name}`;
  row.querySelector("span").textContent = job.state === "running" ? `${job.step} of ${job.steps}` : `${job.state}, ${job.step} of ${job.steps}`;
  row.querySelector("progress").value = job.step;
}

function counts() {
  $("last-id").textContent = seen.lastId || "–";
  for (const name of ["connections", "received", "missed", "twice"]) $(name).textContent = seen[name];
}

function state(name, text) {
  $("connection").dataset.state = name;
  $("connection-text").textContent = text;
}

function say(text) { $("message").textContent = text; }

async function post(path) {
  try {
    const answer = await fetch(path, { method: "POST" });
    say(answer.ok ? "" : await answer.text());
  } catch {
    say("The server cannot be reached.");
  }
}

$("start").addEventListener("click", () => post("jobs"));
$("drop").addEventListener("click", () => post("drop"));
$("reload").addEventListener("click", () => location.reload());
addEventListener("pagehide", () => {
  source.close(); // so that nothing comes between the last id and the reload
  sessionStorage.setItem(storage, JSON.stringify(seen));
});
addEventListener("pageshow", (e) => { if (e.persisted) connect(); });

for (const job of Object.values(seen.jobs)) draw(job);
counts();
connect();
