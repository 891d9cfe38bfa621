// The page: a card for each source, which says whether it is up.
import { $, clock, follow, make, post } from "./base.js";

function up(source) { state(source, "up", "up"); }

function state(source, name, text) {
  $(source).dataset.state = name;
  $(source).querySelector(".state").textContent = text;
}

follow("events", {
  quote: (e) => {
    const { symbol, price } = JSON.parse(e.data);
    $("quote").textContent = `${symbol} ${price.toFixed(2)}`;
    up("quotes");
  },
  weather: (e) => {
    const { city, celsius } = JSON.parse(e.data);
    $("celsius").textContent = `${city} ${celsius.toFixed(1)} °C`;
    up("weather");
  },
  order: (e) => {
    const { number, item, pieces } = JSON.parse(e.data);
    const line = make("li");
    line.append(make("time", clock()), make("b", `#${number}`), make("span", `${pieces} × ${item}`));
    $("log").prepend(line);
    while ($("log").children.length > 12) $("log").lastChild.remove();
    up("orders");
  },
  down: (e) => state(e.data, "down", `down, last tried at ${clock()}`),
  heartbeat: (e) => { $("heartbeat").textContent = e.data; },
});

const buttons = document.querySelectorAll("button[data-of]");
for (const button of buttons) {
  button.addEventListener("click", async () => {
    await post(`outage?of=${button.dataset.of}`);
    look();
  });
}

async function look() {
  try {
    const { outages, ...seen } = await (await fetch("upstreams")).json();
    for (const [name, value] of Object.entries(seen)) $(`seen-${name}`).textContent = value;
    for (const button of buttons) button.textContent = outages[button.dataset.of] ? "End the outage" : "Begin an outage";
  } catch {
    // the next one tries again
  }
}

setInterval(look, 1000);
look();
