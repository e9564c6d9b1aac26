import { escaped, type Shown, shown } from "./display.ts";

export interface Bar {
  readonly name: string;
  readonly value: number;
}

const ROW = 22;
const SPAN = 420;
const CHARACTER = 7.3;
const MARGIN = 12;

/** Numbers by name as a picture, in the order given. */
export function showBars(title: string, bars: readonly Bar[]): Shown {
  const names = Math.ceil(Math.max(0, ...bars.map(({ name }) => name.length)) * CHARACTER);
  const most = Math.max(Number.MIN_VALUE, ...bars.map(({ value }) => value));
  const left = MARGIN + names + MARGIN;
  const width = left + SPAN + 100;
  const height = 2 * MARGIN + (bars.length + 1) * ROW;
  const rows = bars.map(({ name, value }, at) => {
    const y = MARGIN + (at + 1) * ROW;
    const length = Math.round((Math.max(0, value) / most) * SPAN * 10) / 10;
    const said = `<text x="${left + length + 6}" y="${y + 15}" fill="#6b7280">${value.toLocaleString("en")}</text>`;
    return `<text x="${left - 6}" y="${y + 15}" text-anchor="end" fill="#111827">${escaped(name)}</text><rect x="${left}" y="${y + 3}" width="${length}" height="${ROW - 6}" fill="#1d4ed8"/>${said}`;
  });
  const head = `<text x="${MARGIN}" y="${MARGIN + 12}" font-weight="bold" fill="#111827">${escaped(title)}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, monospace" font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>${head}${rows.join("")}</svg>`;
  return shown("image/svg+xml", svg, [title, ...bars.map(({ name, value }) => `${name}  ${value}`)].join("\n"));
}
