/** One curve: points of positive numbers. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

const PANEL = { width: 420, height: 360, left: 64, right: 16, top: 40, bottom: 48 };
const LEGEND_HEIGHT = 64;
const COLOURS = ["#c2185b", "#1565c0", "#00897b", "#ef6c00", "#6d4c41", "#5e35b1"];
const MARK = 3.5;

/**
 * A plot of panels side by side, both axes logarithmic, as an SVG document. Curves of one name have one colour across the panels; names
 * must be plain text without markup.
 */
export function plot(panels: readonly Panel[], xTitle: string, yTitle: string): string {
  const width = panels.length * PANEL.width;
  const height = PANEL.height + LEGEND_HEIGHT;
  const names = [...new Set(panels.flatMap((panel) => panel.series.map((series) => series.name)))];
  const colour = (name: string): string => COLOURS[names.indexOf(name) % COLOURS.length] ?? "black";
  const points = panels.flatMap((panel) => panel.series.flatMap((series) => series.points));
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const axes = { x: decades(Math.min(...xs), Math.max(...xs), 2), y: decades(Math.min(...ys), Math.max(...ys), 10) };
  const drawn = panels.map(
    (panel, at) => `<g transform="translate(${at * PANEL.width} 0)">${drawPanel(panel, axes, colour, xTitle, yTitle)}</g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...drawn,
    legend(names, colour, width),
    "</svg>\n",
  ].join("\n");
}

interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

function decades(low: number, high: number, base: number): Axis {
  const log = (value: number): number => Math.log(value) / Math.log(base);
  const [first, last] = [Math.floor(log(low) + 1e-9), Math.ceil(log(high) - 1e-9)];
  const ticks = Array.from({ length: Math.max(1, last - first) + 1 }, (_, at) => base ** (first + at));
  return { low: ticks[0] as number, high: ticks[ticks.length - 1] as number, ticks };
}

function drawPanel(panel: Panel, axes: { x: Axis; y: Axis }, colour: (name: string) => string, xTitle: string, yTitle: string): string {
  const { width, height, left, right, top, bottom } = PANEL;
  const part = (value: number, axis: Axis): number => Math.log(value / axis.low) / Math.log(axis.high / axis.low);
  const x = (value: number): number => round(left + part(value, axes.x) * (width - left - right));
  const y = (value: number): number => round(height - bottom - part(value, axes.y) * (height - top - bottom));
  const grid = [
    ...axes.x.ticks.map(
      (tick) =>
        `<path d="M${x(tick)} ${top}V${height - bottom}" stroke="#eee"/>${label(x(tick), height - bottom + 16, "middle", `${tick}`)}`,
    ),
    ...axes.y.ticks.map(
      (tick) => `<path d="M${left} ${y(tick)}H${width - right}" stroke="#ddd"/>${label(left - 6, y(tick) + 4, "end", tickText(tick))}`,
    ),
  ];
  const curves = panel.series.map((series) => {
    const path = series.points.map(([px, py], at) => `${at === 0 ? "M" : "L"}${x(px)} ${y(py)}`).join("");
    const marks = series.points
      .map(([px, py]) => `<circle cx="${x(px)}" cy="${y(py)}" r="${MARK}" fill="${colour(series.name)}"/>`)
      .join("");
    return `<path d="${path}" fill="none" stroke="${colour(series.name)}" stroke-width="2"/>${marks}`;
  });
  const middle = (left + width - right) / 2;
  const titles = [
    `<text x="${middle}" y="22" text-anchor="middle" font-size="14" font-weight="bold">${panel.title}</text>`,
    label(middle, height - 10, "middle", xTitle),
    `<text transform="translate(14 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${yTitle}</text>`,
  ];
  return [...grid, ...curves, ...titles].join("\n");
}

function legend(names: readonly string[], colour: (name: string) => string, width: number): string {
  const columns = Math.max(1, Math.floor(width / 210));
  const entries = names.map((name, at) => {
    const [left, top] = [24 + (at % columns) * 210, PANEL.height + 16 + Math.floor(at / columns) * 22];
    return `<path d="M${left} ${top}h24" stroke="${colour(name)}" stroke-width="3"/>${label(left + 32, top + 4, "start", name)}`;
  });
  return entries.join("\n");
}

function label(x: number, y: number, anchor: "start" | "middle" | "end", text: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#333">${text}</text>`;
}

function tickText(value: number): string {
  return value >= 1 ? value.toLocaleString("en") : String(Number(value.toPrecision(1)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
