// A chart of the last minutes. It is drawn once for each sample, on a canvas one
// interval wider than its frame; between samples the compositor slides that
// canvas to the left. So it moves smoothly and costs next to nothing, which
// matters on a page that shows the load of the machine it is watched on.

const calm = matchMedia("(prefers-reduced-motion: reduce)");

// Chart draws into a <figure>. Options:
//   series   [{label, color, fill, format}]; color is a custom property's name
//   grow     (n) => series, for a chart whose number of series is in the data
//   scale    (highest) => end of the scale
//   format   (value) => text, for the scale and the readings
//   peak     true reads the highest value in view, not the newest
//   bars     true draws each value as a bar of its own
//   steps    true draws a value as constant until the next one
export class Chart {
  constructor(figure, options) {
    this.figure = figure;
    this.options = options;
    this.series = [];
    this.interval = 1000;
    this.span = 30000;
    this.build();
    this.setSeries(options.series);
    new ResizeObserver(() => this.draw()).observe(this.plot);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  build() {
    this.legend = make("ul", "legend");
    this.plot = make("div", "plot");
    this.canvas = make("canvas");
    this.canvas.setAttribute("role", "img");
    this.ticks = ["high", "half", "zero"].map((place) => make("span", `tick ${place}`));
    this.frame = make("div", "frame");
    this.line = make("div", "limit");
    this.line.hidden = true;
    this.cursor = make("div", "cursor");
    this.cursor.hidden = true;
    this.ages = make("div", "ages");
    this.ages.append(make("span"), make("span"));
    this.frame.append(this.canvas, this.line, this.cursor);
    this.plot.append(...this.ticks, this.frame);
    this.figure.querySelector("figcaption").after(this.legend, this.plot, this.ages);
    this.frame.addEventListener("pointermove", (e) => this.inspect(e.offsetX));
    this.frame.addEventListener("pointerleave", () => this.inspect(null));
  }

  setSeries(series) {
    this.series = series.map((s, i) => ({ ...s, points: this.series[i]?.points ?? [] }));
    this.legend.replaceChildren(...this.series.filter((s) => s.label).map((s) => {
      const item = make("li");
      s.reading = make("b");
      item.append(swatch(s.color), `${s.label} `, s.reading);
      return item;
    }));
  }

  // pace tells how often samples come.
  pace(interval) {
    this.interval = interval;
    this.widen();
  }

  // widen lets the chart span 30 samples at first, so that it does not begin
  // as an empty frame, and 90 once it has them. It grows in two steps, because
  // each one moves what is drawn already.
  widen() {
    const first = Math.min(...this.series.map((s) => s.points[0]?.t ?? Infinity));
    const shortest = Math.max(30 * this.interval, 10000);
    const age = this.now - first;
    this.span = shortest * (age > 2 * shortest ? 3 : age > shortest ? 2 : 1);
  }

  // limit marks the height at which an alert is raised.
  limit(value) {
    this.limitAt = value;
  }

  // absent says that there will be nothing to draw.
  absent(why) {
    this.figure.classList.add("absent");
    this.ages.textContent = why;
  }

  // push adds the values of the series from first on, at time t.
  push(t, values, first = 0) {
    if (this.options.grow && values.length !== this.series.length) this.setSeries(this.options.grow(values.length));
    values.forEach((v, i) => {
      const points = this.series[first + i].points;
      points.push({ t, v });
      while (points.length > 2 && points[1].t < t - 3 * Math.max(31 * this.interval, 11000)) points.shift();
    });
    this.now = t;
    this.widen();
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      this.draw();
      this.slide();
    });
  }

  draw() {
    const width = this.frame.clientWidth, height = this.frame.clientHeight;
    if (!this.now || !width || !height) return;
    const step = width * this.interval / this.span;
    const view = { width: width + step, height, from: this.now - this.span - this.interval, step };
    view.x = (t) => (t - view.from) / (this.span + this.interval) * view.width;
    this.top = this.options.scale(this.highest(view.from));
    view.y = (v) => height - 2 - Math.min(v / this.top, 1) * (height - 4);
    this.view = view;
    this.paint(view);
    this.label(view);
  }

  highest(from) {
    let top = 0;
    for (const { points } of this.series) for (const p of points) if (p.t >= from) top = Math.max(top, p.v);
    return top;
  }

  paint(view) {
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(view.width * ratio);
    this.canvas.height = Math.round(view.height * ratio);
    this.canvas.style.width = `${view.width}px`;
    const g = this.canvas.getContext("2d");
    g.scale(ratio, ratio);
    g.lineJoin = g.lineCap = "round";
    const style = getComputedStyle(this.figure);
    // The first series is the one that matters most: it goes on top.
    for (const s of [...this.series].reverse()) {
      g.strokeStyle = g.fillStyle = s.color.startsWith("--") ? style.getPropertyValue(s.color) : s.color;
      g.lineWidth = s.thin ? 1.2 : 2;
      // Many thin lines are a haze behind the one that sums them up.
      g.globalAlpha = s.thin ? Math.min(0.75, 8 / this.series.length) : 1;
      if (this.options.bars) drawBars(g, s.points, view);
      else for (const run of this.runs(s.points)) drawRun(g, run, view, s.fill, this.options.steps);
    }
  }

  // runs splits the points where samples are missing: a time without a server
  // is shown as a gap and not bridged by a line.
  runs(points) {
    const runs = [];
    points.forEach((p, i) => {
      if (i === 0 || p.t - points[i - 1].t > 2.5 * this.interval + 500) runs.push([]);
      runs.at(-1).push(p);
    });
    return runs;
  }

  label(view) {
    const { format } = this.options;
    [this.top, this.top / 2, 0].forEach((v, i) => { this.ticks[i].textContent = format(v); });
    const [left, right] = this.ages.children;
    if (left) left.textContent = this.span < 120000 ? `${Math.round(this.span / 1000)} s ago` : `${Math.round(this.span / 60000)} min ago`;
    if (right) right.textContent = "now";
    this.line.hidden = !(this.limitAt <= this.top);
    if (!this.line.hidden) this.line.style.top = `${view.y(this.limitAt)}px`;
    if (this.cursor.hidden) this.readNow();
    const said = this.series.filter((s) => s.label).map((s) => `${s.label} ${s.reading.textContent}`);
    this.canvas.setAttribute("aria-label", `${this.figure.querySelector("h2").textContent}: ${said.join(", ")}`);
  }

  text(s, v) { return (s.format ?? this.options.format)(v); }

  read(point) {
    for (const s of this.series) {
      if (!s.reading) continue;
      const p = point(s);
      s.reading.textContent = p ? this.text(s, p.v) : "–";
    }
  }

  readNow() {
    this.read((s) => this.options.peak ? { v: this.highest(this.now - this.span) } : s.points.at(-1));
  }

  // inspect shows the readings at a place of the frame, or with null the newest.
  inspect(x) {
    this.cursor.hidden = x === null || !this.view;
    if (this.cursor.hidden) return this.readNow();
    const shift = new DOMMatrix(getComputedStyle(this.canvas).transform).m41;
    const t = this.view.from + (x - shift) / this.view.width * (this.span + this.interval);
    this.cursor.style.left = `${x}px`;
    this.read((s) => {
      const near = s.points.findLast((p) => p.t <= t + this.interval / 2);
      return near && t - near.t < 2 * this.interval ? near : null;
    });
  }

  slide() {
    if (!this.view) return;
    const end = `translateX(${-this.view.step}px)`;
    this.motion?.cancel();
    this.canvas.style.transform = end;
    if (calm.matches) return;
    this.motion = this.canvas.animate([{ transform: "translateX(0)" }, { transform: end }], { duration: this.interval });
  }
}

function drawBars(g, points, view) {
  const width = Math.max(2, Math.min(view.step * 0.6, 6));
  for (const p of points) {
    const y = view.y(p.v);
    if (p.v > 0) g.fillRect(view.x(p.t) - width, y, width, view.height - y);
  }
}

function drawRun(g, run, view, fill, steps) {
  const path = new Path2D();
  if (steps) staircase(path, run, view);
  else curve(path, run, view);
  g.stroke(path);
  if (!fill) return;
  const area = new Path2D(path);
  area.lineTo(view.x(run.at(-1).t), view.height);
  area.lineTo(view.x(run[0].t), view.height);
  const shade = g.createLinearGradient(0, 0, 0, view.height);
  shade.addColorStop(0, g.strokeStyle);
  shade.addColorStop(1, `${g.strokeStyle}00`); // the same colour; "transparent" would fade through grey
  g.save();
  g.globalAlpha = 0.26;
  g.fillStyle = shade;
  g.fill(area);
  g.restore();
}

function staircase(path, run, view) {
  run.forEach((p, i) => {
    if (i > 0) path.lineTo(view.x(p.t), view.y(run[i - 1].v));
    path[i ? "lineTo" : "moveTo"](view.x(p.t), view.y(p.v));
  });
}

// curve joins the points by cubics whose slopes never overshoot (monotone, by
// the harmonic mean of the neighbouring slopes), so that no bend shows a value
// that was not there.
function curve(path, run, view) {
  const x = run.map((p) => view.x(p.t)), y = run.map((p) => view.y(p.v));
  const slope = (i) => (y[i + 1] - y[i]) / (x[i + 1] - x[i] || 1);
  const tangent = run.map((_, i) => {
    if (i === 0 || i === run.length - 1) return 0;
    const a = slope(i - 1), b = slope(i);
    return a * b <= 0 ? 0 : 2 * a * b / (a + b);
  });
  path.moveTo(x[0], y[0]);
  for (let i = 1; i < run.length; i++) {
    const third = (x[i] - x[i - 1]) / 3;
    path.bezierCurveTo(x[i - 1] + third, y[i - 1] + tangent[i - 1] * third, x[i] - third, y[i] - tangent[i] * third, x[i], y[i]);
  }
}

// make builds an element with a class.
export function make(tag, className = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  return element;
}

function swatch(color) {
  const s = make("i", "swatch");
  s.style.background = color.startsWith("--") ? `var(${color})` : color;
  return s;
}
