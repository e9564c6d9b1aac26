import type { Explanation } from "../../verify/explain.ts";
import { explanationText } from "../report/explanation_text.ts";
import { explanationTrees } from "../report/explanation_tree.ts";
import type { Style } from "../report/style.ts";
import type { TreeNode } from "../report/tree_text.ts";
import { escaped, type Shown, shown } from "./display.ts";

const LINE = 24;
const INDENT = 24;
const CHARACTER = 7.3;
const MARGIN = 12;
const NODES_MOST = 500;

const COLOURS: Readonly<Record<string, string>> = {
  red: 'fill="#b91c1c"',
  green: 'fill="#15803d"',
  yellow: 'fill="#a16207"',
  blue: 'fill="#1d4ed8"',
  cyan: 'fill="#0e7490"',
  bold: 'font-weight="bold"',
  dim: 'fill="#6b7280"',
};

const plain: Style = (_format, text) => text;

/** Marks a stretch of text; facts cannot hold these characters, for printers write control characters out. */
const marking: Style = (format, text) => `${OPEN}${[format].flat().join(" ")}${AFTER}${text}${CLOSE}`;
const [OPEN, AFTER, CLOSE] = ["\u0001", "\u0002", "\u0003"];
const MARKED = new RegExp(`${OPEN}([a-z ]+)${AFTER}([^${CLOSE}]*)${CLOSE}`);
const MARKS = new RegExp(`${OPEN}[a-z ]+${AFTER}|${CLOSE}`, "g");

/** A proof, what is missing for a fact, or what stands behind a violation, as a picture: a node a line, joined to its premises. */
export function showProof(explanation: Explanation): Shown {
  const exact = JSON.parse(JSON.stringify(explanation), integers) as Explanation;
  const nodes = explanationTrees(exact, marking).flatMap((tree) => linesOf(tree));
  const drawn = nodes.slice(0, NODES_MOST);
  const cut = nodes.length - drawn.length;
  const height = (drawn.length + (cut > 0 ? 1 : 0)) * LINE + 2 * MARGIN;
  const width = Math.ceil(Math.max(...drawn.map(({ text, level }) => level * INDENT + bare(text).length * CHARACTER)) + 3 * MARGIN);
  const more = cut > 0 ? label(0, drawn.length, marking("yellow", `… and ${cut} more nodes`)) : "";
  const edges = drawn.map(({ level, parent }, at) => (parent === null ? "" : edge(parent, at, level))).join("");
  const labels = drawn.map(({ text, level }, at) => label(level, at, text)).join("");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, monospace" font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>${edges}${labels}${more}</svg>`;
  return shown("image/svg+xml", svg, explanationText(exact, plain));
}

/** JSON has one kind of number; a whole one of a fact reads as the integer that it most often is. */
function integers(_key: string, value: unknown): unknown {
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
}

interface Line {
  readonly text: string;
  readonly level: number;
  /** The line of the node that this one is a premise of. */
  readonly parent: number | null;
}

function linesOf(root: TreeNode): Line[] {
  const lines: Line[] = [];
  const open: { readonly node: TreeNode; readonly level: number; readonly parent: number | null }[] = [
    { node: root, level: 0, parent: null },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, level, parent } = next;
    const at = lines.length;
    lines.push({ text: node.text, level, parent });
    open.push(...node.children.map((child) => ({ node: child, level: level + 1, parent: at })).toReversed());
  }
  return lines;
}

function label(level: number, at: number, text: string): string {
  const parts = text.split(MARKED);
  const spans = parts.map((part, index) => {
    if (index % 3 === 0) return escaped(part);
    if (index % 3 === 1) return "";
    const formats = (parts[index - 1] ?? "").split(" ").map((format) => COLOURS[format] ?? "");
    return `<tspan ${formats.join(" ")}>${escaped(part)}</tspan>`;
  });
  return `<circle cx="${x(level)}" cy="${y(at)}" r="3.5" fill="#1d4ed8"/><text x="${x(level) + MARGIN}" y="${y(at) + 4}" fill="#111827" xml:space="preserve">${spans.join("")}</text>`;
}

function edge(parent: number, at: number, level: number): string {
  return `<path d="M${x(level - 1)} ${y(parent)}V${y(at)}H${x(level)}" fill="none" stroke="#9ca3af"/>`;
}

function x(level: number): number {
  return MARGIN + level * INDENT;
}

function y(at: number): number {
  return MARGIN + at * LINE + LINE / 2;
}

function bare(text: string): string {
  return text.replace(MARKS, "");
}
