import type { Span } from "../../schema/place.ts";
import type { Severity } from "../../schema/verdict.ts";
import type { Mark } from "./ast.ts";
import type { DiagnosticSink } from "./diagnostic_sink.ts";
import { didYouMean, nearest } from "./did_you_mean.ts";

/** `@law id severity "message with {attribute}"`: the tuples of the relation below are violations. */
export interface LawMark {
  readonly id: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
}

/** `@key(a, b)`: these attributes identify a fact of the base relation below. */
export interface KeyMark {
  readonly attributes: readonly string[];
  readonly span: Span;
}

/** `@default(attribute, value)`: what rows present before the attribute was added hold. A number is kept as its text, to be read by the attribute's type. */
export interface DefaultMark {
  readonly attribute: string;
  readonly value: { readonly kind: "text" | "numeral"; readonly text: string };
  readonly span: Span;
}

/** `@repair cost=3` or `@repair never`: what a repair pays for a change to a fact of the base relation below, or that it leaves them alone. */
export interface RepairMark {
  readonly cost: number | "never";
  readonly span: Span;
}

export interface Marks {
  readonly laws: readonly LawMark[];
  readonly keys: readonly KeyMark[];
  readonly defaults: readonly DefaultMark[];
  readonly repairs: readonly RepairMark[];
}

const KNOWN = ["law", "key", "default", "repair", "per", "input", "doc"];
const SEVERITIES = ["error", "warn"] as const;
const LAW_ID = /^[A-Za-z][\w-]*(?:\.[\w-]+)*$/;
const LAW_FORM = '`@law id severity "message with {attribute}"`';
const KEY_FORM = "`@key(attribute, …)`";
const REPAIR_FORM = "`@repair cost=N`, N from 1 to 1000, or `@repair never`";
const DEFAULT_FORM = "`@default(attribute, value)`";

/**
 * Gives the marks of one doc comment their meaning. Faults go to the sink as `check.mark_unknown` and `check.mark_malformed`
 * and their marks are left out. `@per`, `@input` and `@doc` are reserved: accepted, and of no effect here.
 */
export function readMarks(marks: readonly Mark[], sink: DiagnosticSink): Marks {
  const laws: LawMark[] = [];
  const keys: KeyMark[] = [];
  const defaults: DefaultMark[] = [];
  const repairs: RepairMark[] = [];
  for (const mark of marks) {
    if (mark.name === "law") push(laws, readLaw(mark, sink));
    else if (mark.name === "key") push(keys, readKey(mark, sink));
    else if (mark.name === "default") push(defaults, readDefault(mark, sink));
    else if (mark.name === "repair") push(repairs, readRepair(mark, sink));
    else if (!KNOWN.includes(mark.name)) {
      const help = () =>
        didYouMean(
          `@${mark.name}`,
          KNOWN.map((name) => `@${name}`),
          "the marks are `@law`, `@key`, `@default` and `@repair`",
        );
      sink.error("check.mark_unknown", { span: mark.span, text: `@${mark.name}` }, `there is no mark \`@${mark.name}\``, help);
    }
  }
  return { laws, keys, defaults, repairs };
}

/** The attribute names in the `{…}` holes of a law's message, in order; `{price/2}` is the number `price` of hundredths, told as a decimal. */
export function messageHoles(message: string): string[] {
  return [...message.matchAll(/\{([^{}]*)\}/g)].map((match) => (match[1] ?? "").replace(/\/\d$/, ""));
}

/** Reports every hole of a law's message that names no attribute, as `check.law_hole`. */
export function checkHoles(law: LawMark, attributes: readonly string[], sink: DiagnosticSink): void {
  for (const hole of messageHoles(law.message)) {
    if (attributes.includes(hole)) continue;
    const known =
      attributes.length > 0 ? `the attributes are ${attributes.map((name) => `\`${name}\``).join(", ")}` : "it has no attributes";
    const help = () => didYouMean(hole, attributes, known);
    sink.error("check.law_hole", { span: law.span, text: `{${hole}}` }, `\`{${hole}}\` names no attribute of the law \`${law.id}\``, help);
  }
}

function push<T>(list: T[], item: T | null): void {
  if (item !== null) list.push(item);
}

function readLaw(mark: Mark, sink: DiagnosticSink): LawMark | null {
  const parts = /^\s*(\S+)\s+(\S+)\s+("(?:[^"\\]|\\.)*")\s*$/.exec(mark.rest);
  const [, id, severity, quoted] = parts ?? [];
  const message = quoted === undefined ? null : unquote(quoted);
  if (id === undefined || severity === undefined || message === null) return malformed(mark, sink, `it reads ${LAW_FORM}`);
  if (!LAW_ID.test(id)) return malformed(mark, sink, `\`${id}\` is no law id: letters, digits, \`_\` and \`-\` in parts joined by dots`);
  const known = SEVERITIES.find((one) => one === severity);
  if (known === undefined) {
    const near = nearest(severity, SEVERITIES) ?? (severity.startsWith("warn") ? "warn" : null);
    const ending = near === null ? "" : `; did you mean \`${near}\``;
    return malformed(mark, sink, `the severity is \`error\` or \`warn\`, not \`${severity}\`${ending}`);
  }
  return { id, severity: known, message, span: mark.span };
}

function readKey(mark: Mark, sink: DiagnosticSink): KeyMark | null {
  const inner = /^\s*\(([^()]*)\)\s*$/.exec(mark.rest)?.[1];
  const attributes = inner?.split(",").map((name) => name.trim()) ?? [];
  if (attributes.length === 0 || attributes.some((name) => !/^[\w?]+$/.test(name))) return malformed(mark, sink, `it reads ${KEY_FORM}`);
  const repeated = attributes.find((name, index) => attributes.indexOf(name) !== index);
  if (repeated !== undefined) return malformed(mark, sink, `it names \`${repeated}\` twice`);
  return { attributes, span: mark.span };
}

function readDefault(mark: Mark, sink: DiagnosticSink): DefaultMark | null {
  const [, attribute, written] = /^\s*\(\s*([\w?]+)\s*,\s*(.*?)\s*\)\s*$/.exec(mark.rest) ?? [];
  if (attribute === undefined || written === undefined) return malformed(mark, sink, `it reads ${DEFAULT_FORM}`);
  if (/^-?\d[\w.+-]*$/.test(written)) return { attribute, value: { kind: "numeral", text: written }, span: mark.span };
  const text = unquote(written);
  if (text === null) return malformed(mark, sink, `\`${written}\` is neither a number nor a quoted text`);
  return { attribute, value: { kind: "text", text }, span: mark.span };
}

function readRepair(mark: Mark, sink: DiagnosticSink): RepairMark | null {
  const written = mark.rest.trim();
  if (written === "never") return { cost: "never", span: mark.span };
  const cost = Number(/^cost\s*=\s*(\d{1,4})$/.exec(written)?.[1] ?? 0);
  return cost >= 1 && cost <= 1000 ? { cost, span: mark.span } : malformed(mark, sink, `it reads ${REPAIR_FORM}`);
}

function malformed(mark: Mark, sink: DiagnosticSink, help: string): null {
  const text = `@${mark.name}${mark.rest.startsWith("(") ? "" : " "}${mark.rest}`;
  sink.error("check.mark_malformed", { span: mark.span, text }, `\`@${mark.name}\` cannot be read`, help);
  return null;
}

/** The text of a double-quoted literal with JSON's escapes, or null. */
function unquote(quoted: string): string | null {
  if (!quoted.startsWith('"')) return null;
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}
