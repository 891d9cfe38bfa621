// The page: figures and a chart of the last two minutes.
import { $, follow, post } from "./base.js";

const shown = 120;
const samples = [];
const mib = (bytes) => `${(bytes / 1048576).toFixed(1)} MiB`;

follow("memory", {
  memory: (e) => {
    const now = JSON.parse(e.data);
    samples.push(now);
    if (samples.length > shown) samples.shift();
    for (const name of ["heap", "goal", "total"]) $(name).textContent = mib(now[name]);
    $("gcs").textContent = now.gcs;
    $("id").textContent = e.lastEventId;
    draw();
  },
});

function draw() {
  const top = Math.max(...samples.map((s) => Math.max(s.heap, s.goal))) * 1.1;
  const points = (name) => samples.map((s, i) => `${600 - (samples.length - 1 - i) * (600 / (shown - 1))},${160 - (s[name] / top) * 160}`).join(" ");
  $("heap-line").setAttribute("points", points("heap"));
  $("goal-line").setAttribute("points", points("goal"));
  $("top").textContent = mib(top);
}

$("fill").addEventListener("click", () => post("fill"));
$("free").addEventListener("click", () => post("free"));
