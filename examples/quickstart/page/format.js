// How figures are written, and which round number a scale ends at.

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

// bytes writes a size with three digits at most and a binary unit.
export function bytes(n) {
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(n) : short(n)}\u00a0${units[unit]}`;
}

export const bytesPerSecond = (n) => `${bytes(n)}/s`;

export const percent = (n) => `${Math.round(n)}\u00a0%`;

export const count = (n) => Math.round(n).toLocaleString("en");

// short writes a number with the decimals that three digits leave room for.
export function short(n) {
  return n >= 100 || Number.isInteger(n) ? String(Math.round(n)) : n.toFixed(n >= 10 ? 1 : 2);
}

// seconds writes a duration in the unit that reads best.
export function seconds(s) {
  if (s === 0) return "0";
  if (s < 1e-3) return `${short(s * 1e6)}\u00a0µs`;
  if (s < 1) return `${short(s * 1e3)}\u00a0ms`;
  return `${short(s)}\u00a0s`;
}

// span writes how long something has lasted.
export function span(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 90) return `${s}\u00a0s`;
  if (s < 90 * 60) return `${Math.round(s / 60)}\u00a0min`;
  if (s < 36 * 3600) return `${Math.round(s / 3600)}\u00a0h`;
  return `${Math.round(s / 86400)}\u00a0days`;
}

// roundUp gives the smallest of 1, 2, 4, 5 or 8 times a power of ten that is
// not below n: an end for a scale, with a half that is a round number too.
export function roundUp(n) {
  const power = 10 ** Math.floor(Math.log10(n));
  for (const step of [1, 2, 4, 5, 8, 10]) {
    if (n <= step * power * 1.0001) return step * power;
  }
  return 10 * power;
}

// roundUpBytes does the same in the unit that bytes would choose.
export function roundUpBytes(n) {
  let unit = 1;
  while (n / unit >= 1000) unit *= 1024;
  return roundUp(Math.max(n / unit, 1)) * unit;
}
