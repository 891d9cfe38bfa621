// The page registers its tab for a list of names, and anew when the list changes.
import { $, badge, clock, follow, make, post } from "./base.js";

let source;
let heard = 0; // when the last event came

function register() {
  source?.close();
  badge("idle", "Connecting");
  const names = $("names").value.split(",").map((n) => n.trim()).filter(Boolean);
  const listeners = { registered: line, heartbeat: line };
  for (const name of names) listeners[name] = line;
  source = follow(`events?names=${encodeURIComponent(names.join(","))}`, listeners, () => {
    $("pulse").textContent = "Refused: names are 1 to 30 of a to z, 0 to 9 and -.";
  });
}

function line(e) {
  heard = Date.now();
  const item = make("li");
  item.dataset.kind = e.type === "registered" || e.type === "heartbeat" ? "bus" : "event";
  item.append(make("time", clock()), make("b", e.type), make("code", e.data, "grow"));
  $("log").prepend(item);
  while ($("log").children.length > 200) $("log").lastChild.remove();
  $("none").hidden = true;
}

$("register").addEventListener("submit", (e) => { e.preventDefault(); register(); });
$("publish").addEventListener("submit", async (e) => {
  e.preventDefault();
  $("message").textContent = (await post(`publish?name=${encodeURIComponent($("name").value)}`, $("data").value)).text;
});
setInterval(() => { if (heard) $("pulse").textContent = `heard from the bus ${Math.round((Date.now() - heard) / 1000)} s ago`; }, 500);

register();
