import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssayError } from "../../../schema/assay_error.ts";
import { spanText } from "../../../schema/place.ts";
import type { Relation } from "../../../schema/relation.ts";
import { quoteName, type SqlSession } from "../../../schema/sql_session.ts";
import type { Row, Value } from "../../../schema/value.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import type { EngineInput } from "../engine.ts";
import { souffleDiagnostics } from "./diagnostics.ts";
import { factLine, readTuples } from "./fact_text.ts";
import type { Souffle } from "./find_souffle.ts";
import { type SouffleProgram, souffleProgram } from "./program_text.ts";
import { runSouffle } from "./run_souffle.ts";

const LEAST_32 = -(2n ** 31n);
const MOST_32 = 2n ** 31n - 1n;
const MOST_UNSIGNED_32 = 2n ** 32n - 1n;

export interface SouffleInput extends EngineInput {
  readonly souffle: Souffle;
  readonly session: SqlSession;
  /** SQL table expression of a base relation with its attributes as columns. */
  table(relation: string): string;
}

/**
 * The tuples of derived relations, in ascending order, as Soufflé computes them over the facts as they are now. What Soufflé cannot say, or would say
 * otherwise, is `souffle.not_expressible`, and a value that does not fit its words `souffle.word_size`, never wrapped on the way. A run past its time, or
 * one that failed, is undecided. INVARIANT: integers that rules compute wrap there at 64 bits, where Assay's engines are undecided; that is for the caller
 * to know. Errors: `souffle.*`, `SqlError`.
 */
export async function deriveBySouffle(
  input: SouffleInput,
  outputs: readonly string[],
): Promise<{ readonly relations: ReadonlyMap<string, Row[]>; readonly undecided: Undecided | null }> {
  const printed = souffleProgram(input.program, outputs);
  if ("reason" in printed) {
    const place = printed.span === null ? null : spanText(printed.span);
    throw new AssayError("souffle.not_expressible", `Soufflé cannot judge ${printed.reason}`, { place });
  }
  const folder = mkdtempSync(join(tmpdir(), "assay-souffle-"));
  try {
    return await derive(input, printed, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function derive(input: SouffleInput, printed: SouffleProgram, folder: string) {
  const { souffle, limits } = input;
  const file = join(folder, "program.dl");
  const output = join(folder, "out");
  mkdirSync(output);
  writeFileSync(file, printed.text);
  for (const relation of printed.inputs) {
    writeFileSync(join(folder, `${printed.names.get(relation.name)}.facts`), await factsText(input, printed, relation));
  }
  const bounds = { time_ms: limits.verdict_ms, memory_mb: limits.memory_mb };
  const end = await runSouffle({ souffle, file, text: printed.text, facts: folder, output, ...bounds });
  const relations = new Map<string, Row[]>();
  if (end.kind === "late") {
    const detail = `Soufflé took longer than ${limits.verdict_ms} milliseconds`;
    return { relations, undecided: { code: "limit.verdict_ms", relation: null, bound: limits.verdict_ms, unit: "milliseconds", detail } };
  }
  if (end.status !== 0) {
    const [first] = souffleDiagnostics(end.said, printed.spans);
    const said =
      first === undefined ? end.said.trim().split("\n")[0] || `it ended with ${end.status}` : `${first.message} (${spanText(first.span)})`;
    return { relations, undecided: { code: "souffle.failed", relation: null, bound: null, unit: null, detail: `Soufflé failed: ${said}` } };
  }
  for (const relation of printed.outputs) {
    const path = join(output, `${printed.names.get(relation.name)}.csv`);
    const types = relation.attributes.map(({ type }) => type);
    relations.set(relation.name, existsSync(path) ? readTuples(readFileSync(path, "utf8"), types).sort(compareRows) : []);
  }
  return { relations, undecided: null };
}

async function factsText(input: SouffleInput, printed: SouffleProgram, relation: Relation): Promise<string> {
  const types = relation.attributes.map(({ type }) => type);
  const columns = relation.attributes.map(({ name }) => quoteName(name)).join(", ");
  const table = input.table(relation.name);
  const select = types.length === 0 ? `SELECT 1 FROM ${table} LIMIT 1` : `SELECT DISTINCT ${columns} FROM ${table}`;
  const rows = (await input.session.rows(select)) as Row[];
  if (types.length === 0) return rows.map(() => factLine([], types)).join("");
  const lines = rows.map((row) => {
    for (const [at, value] of row.entries()) refuseValue(value, relation, at, input.souffle, printed);
    return factLine(row, types);
  });
  return lines.join("");
}

/** Refuses what Soufflé would read otherwise: wide numbers and floats in 32-bit words, and characters where it counts bytes. */
function refuseValue(value: Value, relation: Relation, at: number, { word_bits }: Souffle, { countsBytes }: SouffleProgram): void {
  if (typeof value === "string") {
    if (!countsBytes || !/[^\x20-\x7e]/u.test(value)) return;
    throw new AssayError(
      "souffle.not_expressible",
      `Soufflé counts the bytes of \`${value.slice(0, 80)}\` of \`${relation.name}\`, not its characters`,
    );
  }
  if (word_bits === 64) return;
  const [least, most] = relation.attributes[at]?.type === "unsigned" ? [0n, MOST_UNSIGNED_32] : [LEAST_32, MOST_32];
  if (typeof value === "bigint" && value >= least && value <= most) return;
  throw new AssayError("souffle.word_size", `\`${value}\` of \`${relation.name}\` does not fit the 32-bit words of this Soufflé`);
}

function compareRows(left: Row, right: Row): number {
  for (const [at, a] of left.entries()) {
    const b = right[at] ?? a;
    if (a === b) continue;
    if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
    return a < b ? -1 : 1;
  }
  return 0;
}
