import { createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Theory } from "../logic/theory.ts";
import { AssayError } from "../schema/assay_error.ts";
import { type CanonicalInput, canonicalJson } from "../schema/canonical.ts";
import type { Relation } from "../schema/relation.ts";
import type { SqlSession } from "../schema/sql_session.ts";
import type { Verdict, Violation } from "../schema/verdict.ts";
import { verdictJson } from "../schema/verdict_wire.ts";
import { columnList, factRow } from "./store/relation_table.ts";

const FACTS_READ = 50_000;

/** What an engine said. */
export interface Opinion {
  readonly engine: string;
  /** In a few words. */
  readonly said: string;
  /** The whole of it as JSON. */
  readonly json: string;
}

export function opinionOf(engine: string, verdict: Verdict): Opinion {
  return { engine, said: `${verdict.verdict} with ${verdict.total} violations`, json: verdictJson(verdict) };
}

/**
 * True where verdicts say the same: the same answer and the same laws, counts, violations and witnesses. The facts shown behind a
 * violation may differ, for one derivation of several is shown. A bound that one engine alone reached is no disagreement.
 */
export function agree(a: Verdict, b: Verdict): boolean {
  const isBound = [a, b].some(({ undecided }) => undecided?.code.startsWith("limit.") === true);
  return isBound || judgedText(a) === judgedText(b);
}

/** Of two verdicts that agree the one that binds: a refusal stands, and what is undecided for one engine is not accepted. */
export function binding(a: Verdict, b: Verdict): Verdict {
  return [a, b].find(({ verdict }) => verdict === "refused") ?? [a, b].find(({ verdict }) => verdict === "undecided") ?? a;
}

function judgedText(verdict: Verdict): string {
  const laws = verdict.laws.map(({ micros: _micros, ...law }) => law);
  const violations = verdict.violations.map(({ facts: _facts, place: _place, ...violation }: Violation) => violation);
  const { verdict: answer, checked, total, cursor, undecided } = verdict;
  return canonicalJson({ answer, checked, laws, violations, total, cursor, undecided: undecided?.code } as unknown as CanonicalInput);
}

export interface Disagreement {
  readonly session: SqlSession;
  /** The database's file, or null. */
  readonly path: string | null;
  readonly theories: readonly Theory[];
  /** The base relations, and what holds their facts: a table expression. */
  readonly relations: readonly Relation[];
  table(relation: string): string;
  /** Tells the file from others: the delta's id, or the hash of what was judged. */
  readonly id: string;
  /** The stored form of the delta, null where facts were judged without one. */
  readonly body: string | null;
  readonly opinions: readonly Opinion[];
}

/**
 * Keeps a disagreement in a file beside the database (for one in memory, beside other temporary files): NDJSON with the theories, all
 * facts, the delta and the verdicts. Returns the error that names it. The session sees the facts as they were before the delta.
 */
export async function disagreement(found: Disagreement): Promise<AssayError> {
  const stem = found.path ?? join(tmpdir(), "assay");
  const file = `${stem}.disagreement-${found.id.slice("sha256:".length, "sha256:".length + 12)}.ndjson`;
  await pipeline(Readable.from(lines(found)), createWriteStream(file));
  const said = found.opinions.map(({ engine, said }) => `\`${engine}\`: ${said}`).join(", ");
  return new AssayError("internal.engines_disagree", `${said}; both are kept in \`${basename(file)}\``, { place: file });
}

async function* lines({ session, theories, relations, table, body, opinions }: Disagreement): AsyncGenerator<string> {
  const line = (value: CanonicalInput): string => `${canonicalJson(value)}\n`;
  for (const { name, files } of theories) yield line({ kind: "theory", name, files: Object.fromEntries(files) });
  for (const { name, attributes } of relations) {
    for (let from = 0; ; from += FACTS_READ) {
      const columns = columnList(attributes);
      const rows = await session.rows(`SELECT ${columns} FROM ${table(name)} ORDER BY ${columns} LIMIT ${FACTS_READ} OFFSET ${from}`);
      for (const row of rows) yield line({ kind: "fact", relation: name, row: factRow(attributes, row) });
      if (rows.length < FACTS_READ) break;
    }
  }
  if (body !== null) yield `{"body":${body},"kind":"delta"}\n`;
  for (const { engine, json } of opinions) yield `{"engine":${JSON.stringify(engine)},"kind":"opinion","opinion":${json}}\n`;
}
