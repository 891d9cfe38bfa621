// Charts of the last two minutes, and how figures are written.

const spans = [30000, 60000, 120000]; // a chart shows the first that holds what there is
const units = ["B", "KiB", "MiB", "GiB", "TiB"];

const count = (n) => Math.round(n).toLocaleString("en");
const short = (n) => n >= 100 || Number.isInteger(n) ? count(n) : n.toFixed(n >= 10 ? 1 : 2);

function bytes(n) {
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) { n /= 1024; unit++; }
  return `${unit === 0 ? Math.round(n) : short(n)}\u00a0${units[unit]}`;
}

function span(ms) {
  const s = Math.max(0, ms / 1000);
  if (s < 90) return `${Math.round(s)}\u00a0s`;
  if (s < 90 * 60) return `${Math.round(s / 60)}\u00a0min`;
  if (s < 36 * 3600) return `${Math.round(s / 3600)}\u00a0h`;
  return `${Math.round(s / 86400)}\u00a0days`;
}

function brief(ms) {
  if (ms === 0) return "0";
  return ms < 1 ? `${short(ms * 1000)}\u00a0µs` : ms < 1000 ? `${short(ms)}\u00a0ms` : `${short(ms / 1000)}\u00a0s`;
}

// roundUp ends a scale at 1, 2, 4, 5 or 8 times a power of base.
function roundUp(n, base) {
  let unit = 1;
  if (base === 1024) while (n / unit >= 1000) unit *= 1024;
  const power = 10 ** Math.floor(Math.log10(n / unit));
  return unit * power * [1, 2, 4, 5, 8, 10].find((step) => n / unit <= step * power * 1.0001);
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}

// Chart draws series [{label, color}] into a <figure>; format writes a value, floor
// is the least end of the scale.
class Chart {
  constructor(figure, { series, format = short, floor = 1, base = 10 }) {
    Object.assign(this, { figure, format, floor, base });
    this.points = [];
    this.span = spans[0];
    this.legend = make("ul", "legend");
    this.series = series.map((s) => {
      const item = make("li"), swatch = make("i", "swatch"), reading = make("b");
      swatch.style.background = `var(${s.color})`;
      item.append(swatch, `${s.label} `, reading);
      this.legend.append(item);
      return { ...s, reading };
    });
    this.plot = make("div", "plot");
    this.frame = make("div", "frame");
    this.canvas = make("canvas");
    this.canvas.setAttribute("role", "img");
    this.cursor = make("div", "cursor");
    this.cursor.hidden = true;
    this.ticks = ["high", "half", "zero"].map((place) => make("span", `tick ${place}`));
    this.frame.append(this.canvas, this.cursor);
    this.plot.append(...this.ticks, this.frame);
    const ages = make("div", "ages");
    this.oldest = make("span");
    ages.append(this.oldest, make("span", "", "now"));
    figure.append(this.legend, this.plot, ages);
    this.frame.addEventListener("pointermove", (e) => this.inspect(e.offsetX));
    this.frame.addEventListener("pointerleave", () => this.inspect(null));
    new ResizeObserver(() => this.draw()).observe(this.frame);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // push adds values at time t. A gap of several periods is shown as one.
  push(t, values, period) {
    const last = this.points.at(-1);
    if (last && t - last.t > 3 * period) this.points.push({ t: last.t + 1, gap: true });
    this.points.push({ t, values });
    while (this.points[0].t < t - spans.at(-1) - 2 * period) this.points.shift();
    this.now = t;
    this.span = spans.find((s) => this.points[0].t > t - s) ?? spans.at(-1);
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.frame;
    if (!this.now || !width) return;
    const highest = Math.max(0, ...this.points.flatMap((p) => p.t < this.now - this.span ? [] : p.values ?? []));
    this.top = roundUp(Math.max(1.1 * highest, this.floor), this.base);
    this.x = (t) => width * (1 - (this.now - t) / this.span);
    this.y = (v) => height - 2 - (v / this.top) * (height - 5);
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const g = this.canvas.getContext("2d");
    g.scale(ratio, ratio);
    const style = getComputedStyle(this.figure);
    this.series.forEach((s, i) => this.line(g, i, style.getPropertyValue(s.color), height));
    [this.top, this.top / 2, 0].forEach((v, i) => { this.ticks[i].textContent = this.format(v); });
    this.oldest.textContent = `${span(this.span)} ago`;
    if (this.cursor.hidden) this.read(this.points.at(-1));
    const said = this.series.map((s) => `${s.label} ${s.reading.textContent}`).join(", ");
    this.canvas.setAttribute("aria-label", `${this.figure.querySelector("h2").textContent}: ${said}`);
  }

  line(g, i, color, height) {
    const runs = [[]];
    for (const p of this.points) p.gap ? runs.push([]) : runs.at(-1).push(p);
    g.lineWidth = 2;
    g.lineJoin = g.lineCap = "round";
    for (const run of runs.filter((r) => r.length > 0)) {
      const path = new Path2D();
      run.forEach((p, n) => path[n ? "lineTo" : "moveTo"](this.x(p.t), this.y(p.values[i])));
      if (run.length === 1) path.lineTo(this.x(run[0].t) - 1, this.y(run[0].values[i]));
      g.strokeStyle = color;
      g.stroke(path);
      if (i > 0) continue; // one shade is enough
      path.lineTo(this.x(run.at(-1).t), height);
      path.lineTo(this.x(run[0].t), height);
      const shade = g.createLinearGradient(0, 0, 0, height);
      shade.addColorStop(0, `${color}44`);
      shade.addColorStop(1, `${color}00`);
      g.fillStyle = shade;
      g.fill(path);
    }
  }

  read(point) {
    this.series.forEach((s, i) => { s.reading.textContent = point?.values ? this.format(point.values[i]) : "–"; });
  }

  // inspect shows the readings at a place of the frame, or with null the newest.
  inspect(x) {
    this.cursor.hidden = x === null || !this.now;
    if (this.cursor.hidden) return this.read(this.points.at(-1));
    this.cursor.style.left = `${x}px`;
    const near = this.points.filter((p) => p.values).sort((a, b) => Math.abs(this.x(a.t) - x) - Math.abs(this.x(b.t) - x))[0];
    this.read(near && Math.abs(this.x(near.t) - x) < 12 ? near : null);
  }
}
