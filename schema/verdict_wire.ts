import { type CanonicalInput, canonicalJson, canonicalText, sha256 } from "./canonical.ts";
import { type ExactValue, isDecimal, readExactJson } from "./exact_json.ts";
import type { LawOutcome, Verdict } from "./verdict.ts";

/** The stored and printed form of a verdict: RFC 8785 JSON, integers past 2^53 - 1 as strings. */
export function verdictJson(verdict: Verdict): string {
  return verdictText(verdict, verdict.engine, `"commit":${verdict.commit},`, `"replayed":${verdict.replayed},`, storedLaws);
}

/** The stored form in three parts: the text of its laws, and what stands before and behind it. */
export interface VerdictParts {
  readonly head: string;
  readonly laws: string;
  readonly tail: string;
}

/** The stored form of a verdict none of whose laws found anything or took time: thousands share their text. Null for any other. */
export function sharedParts(verdict: Verdict): VerdictParts | null {
  if (!isQuiet(verdict.laws)) return null;
  return verdictParts(verdict, verdict.engine, `"commit":${verdict.commit},`, `"replayed":${verdict.replayed},`, storedLaws);
}

const quiet = new WeakMap<object, boolean>();

function isQuiet(laws: readonly LawOutcome[]): boolean {
  let found = quiet.get(laws);
  if (found === undefined) {
    found = laws.length > 0 && laws.every(({ violations, waived, micros }) => violations + waived + micros === 0);
    quiet.set(laws, found);
  }
  return found;
}

/**
 * The verdict's hash: `sha256:` and the SHA-256 (hex) of `verdictJson` without what depends on when, how often and by which engine it
 * was given: `commit`, `replayed`, and `micros` of each law are left out, and `engine` is `duckdb`, the name that every verdict had
 * while there was one engine.
 */
export function verdictHash(verdict: Verdict): string {
  return sha256(verdictText(verdict, "duckdb", "", "", timelessLaws));
}

/**
 * Canonical text by object, for what thousands of verdicts share: the outcomes of laws that nothing breaks, the hashes of the theories
 * in force. Such objects never change.
 */
const storedLaws = new WeakMap<object, string>();
const timelessLaws = new WeakMap<object, string>();
const theories = new WeakMap<object, string>();

function verdictText(verdict: Verdict, engine: string, commit: string, replayed: string, texts: WeakMap<object, string>): string {
  const { head, laws, tail } = verdictParts(verdict, engine, commit, replayed, texts);
  return head + laws + tail;
}

/** The members in RFC 8785's order; `commit` and `replayed` with their commas, or nothing. */
function verdictParts(verdict: Verdict, engine: string, commit: string, replayed: string, texts: WeakMap<object, string>): VerdictParts {
  const { base, checked, cursor, delta, undecided, repairs, total, violations } = verdict;
  const kept = (value: unknown): string => canonicalJson(value as CanonicalInput);
  const head =
    `{"base":${base},"checked":{"delta_facts":${checked.delta_facts},"facts":${checked.facts},"laws":${checked.laws}},${commit}` +
    `"cursor":${canonicalText(cursor)},"delta":${canonicalText(delta)},"engine":${canonicalText(engine)},"laws":`;
  const laws = remembered(texts, verdict.laws, () => lawsText(verdict.laws, texts === storedLaws));
  const tail =
    `,"repairs":${repairs.length === 0 ? "[]" : kept(repairs)},${replayed}` +
    `"theories":${remembered(theories, verdict.theories, () => kept(verdict.theories))},` +
    `"total":${total},"undecided":${undecided === null ? "null" : kept(undecided)},"verdict":"${verdict.verdict}",` +
    `"violations":${violations.length === 0 ? "[]" : kept(violations)}}`;
  return { head, laws, tail };
}

function remembered(texts: WeakMap<object, string>, value: object, make: () => string): string {
  let text = texts.get(value);
  if (text === undefined) {
    text = make();
    texts.set(value, text);
  }
  return text;
}

function lawsText(laws: readonly LawOutcome[], withMicros: boolean): string {
  const texts = laws.map(({ law, micros, severity, violations, waived }) => {
    const time = withMicros ? `"micros":${micros},` : "";
    return `{"law":${canonicalText(law)},${time}"severity":"${severity}","violations":${violations},"waived":${waived}}`;
  });
  return `[${texts.join(",")}]`;
}

/**
 * A verdict from its stored form. Integers among witnesses and facts come back as bigint, and those past 2^53 - 1 as the strings
 * they are stored as: its JSON is the same, byte for byte. Takes only what `verdictJson` wrote.
 */
export function readVerdict(json: string): Verdict {
  const stored = readExactJson(json, { source: null, limits: { json_bytes: Number.MAX_SAFE_INTEGER, json_depth: 200 } });
  return plain(stored, false) as Verdict;
}

const VALUE_MEMBERS = ["witness", "row"];

function plain(value: ExactValue, isFactValue: boolean): unknown {
  if (typeof value === "bigint") return isFactValue ? value : Number(value);
  if (isDecimal(value)) return Number(value.decimal);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([name, member]) => [name, plain(member, isFactValue || VALUE_MEMBERS.includes(name))]));
  }
  return Array.isArray(value) ? value.map((item) => plain(item, isFactValue)) : value;
}
