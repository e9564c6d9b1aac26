import { type CanonicalInput, canonicalJson, canonicalText, sha256 } from "../schema/canonical.ts";
import type { SqlSession } from "../schema/sql_session.ts";

/** What a commit did: for a delta the facts that came and went, for a load what it did to the base relations; for both, the waivers. */
export interface Effects {
  readonly [name: string]: number | string | readonly string[] | readonly { readonly [name: string]: string | number | boolean }[];
}

/** One entry of the commit log. `hash` and `prev` chain it: see `entryHash`. */
export interface LogEntry {
  readonly seq: number;
  readonly kind: "delta" | "load";
  readonly delta: string;
  readonly proposer: string;
  readonly reason: string;
  readonly time: string;
  readonly theories: { readonly [name: string]: string };
  /** `verdictHash` of the verdict that accepted it. */
  readonly verdict: string;
  readonly effects: Effects;
  /** The hash of the entry before, or `sha256:` and 64 zeros for the first. */
  readonly prev: string;
  readonly hash: string;
}

/** An entry's hash: `sha256:` and the SHA-256 (hex) of the RFC 8785 form of the entry without its member `hash`. */
export function entryHash(entry: Omit<LogEntry, "hash">): string {
  return sha256(entryText(entry));
}

/** The RFC 8785 form of an entry without its member `hash`. */
export function entryText(entry: Omit<LogEntry, "hash">): string {
  const { seq, kind, delta, proposer, reason, time, theories, verdict, effects, prev } = entry;
  return (
    `{"delta":${canonicalText(delta)},"effects":${effectsText(effects)},"kind":"${kind}","prev":${canonicalText(prev)},` +
    `"proposer":${canonicalText(proposer)},"reason":${canonicalText(reason)},"seq":${seq},"theories":${theoriesText(theories)},` +
    `"time":${canonicalText(time)},"verdict":${canonicalText(verdict)}}`
  );
}

/** The RFC 8785 form of effects, quick for those that most deltas have. */
export function effectsText(effects: Effects): string {
  const { asserted, retracted } = effects;
  const isPlain = typeof asserted === "number" && typeof retracted === "number" && Object.keys(effects).length === 2;
  return isPlain ? `{"asserted":${asserted},"retracted":${retracted}}` : canonicalJson(effects as CanonicalInput);
}

/** The RFC 8785 form of the hashes of theories, made once for those in force. */
export function theoriesText(theories: LogEntry["theories"]): string {
  let text = texts.get(theories);
  if (text === undefined) {
    text = canonicalJson(theories);
    texts.set(theories, text);
  }
  return text;
}

const texts = new WeakMap<object, string>();

/**
 * The waivers that a commit makes and settles: their number, and `sha256:` with the SHA-256 (hex) of the RFC 8785 form of
 * `[[fingerprint, law], …]` (made) and `[fingerprint, …]` (settled), sorted; nothing where there are none.
 */
export function waiverEffects(
  made: readonly { readonly fingerprint: string; readonly law: string }[],
  settled: readonly string[],
): Effects {
  const pairs = made.map(({ fingerprint, law }) => [fingerprint, law]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  const effects: { [name: string]: number | string } = {};
  if (made.length > 0) {
    effects["waived"] = made.length;
    effects["waivers"] = sha256(canonicalJson(pairs));
  }
  if (settled.length > 0) {
    effects["settled"] = settled.length;
    effects["settlements"] = sha256(canonicalJson(settled.toSorted()));
  }
  return effects;
}

/** Entries `from` … `to` (both counted), in order. */
export async function readEntries(session: SqlSession, from: number, to: number): Promise<LogEntry[]> {
  const rows = await session.rows(
    `SELECT seq, kind, delta, proposer, reason, "time", theories, verdict, effects, prev, hash FROM assay.entry
     WHERE seq BETWEEN ?::BIGINT AND ?::BIGINT ORDER BY seq`,
    [BigInt(from), BigInt(to)],
  );
  return rows.map(([seq, kind, delta, proposer, reason, time, theories, verdict, effects, prev, hash]) => ({
    seq: Number(seq),
    kind: kind as LogEntry["kind"],
    delta: delta as string,
    proposer: proposer as string,
    reason: reason as string,
    time: time as string,
    theories: JSON.parse(theories as string) as LogEntry["theories"],
    verdict: verdict as string,
    effects: JSON.parse(effects as string) as Effects,
    prev: prev as string,
    hash: hash as string,
  }));
}
