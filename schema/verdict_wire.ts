import { type CanonicalInput, canonicalJson, sha256 } from "./canonical.ts";
import { type ExactValue, isDecimal, readExactJson } from "./exact_json.ts";
import type { Verdict } from "./verdict.ts";

/** The stored and printed form of a verdict: RFC 8785 JSON, integers past 2^53 - 1 as strings. */
export function verdictJson(verdict: Verdict): string {
  return canonicalJson(verdict as unknown as CanonicalInput);
}

/**
 * The verdict's hash: `sha256:` and the SHA-256 (hex) of `verdictJson` without what depends on when and how often it was given:
 * `commit`, `replayed`, and `micros` of each law.
 */
export function verdictHash(verdict: Verdict): string {
  const { commit: _commit, replayed: _replayed, ...rest } = verdict;
  const laws = verdict.laws.map(({ micros: _micros, ...law }) => law);
  return sha256(canonicalJson({ ...rest, laws } as unknown as CanonicalInput));
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
