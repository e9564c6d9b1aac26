import type { Limits } from "../../../schema/limits.ts";
import type { Row, Value } from "../../../schema/value.ts";
import type { AnswerSetProgram, PerKey } from "../../language/answer_sets.ts";
import { isSliced } from "../../language/lp/search/per.ts";
import { ClingoBound, clingoLimit } from "./clingo_limit.ts";
import { countRows, type FactTable, readKeys, readRows } from "./read_facts.ts";

/** The facts that one run of an answer set program sees. */
export interface Slice {
  /** Values of the key; empty for the one slice of a program without `@per`. */
  readonly key: Row;
  readonly facts: ReadonlyMap<string, readonly Row[]>;
}

export interface SlicesInput {
  readonly program: AnswerSetProgram;
  readonly limits: Limits;
  /** The tables of the program's inputs and of the relation that `@per` names. */
  table(relation: string): FactTable;
  /** Keys to look at; null for all there are. */
  readonly keys: readonly Row[] | null;
}

const ADVICE = "say what the rules are local to, by `%! @per relation(key)`, so that clingo sees a slice at a time";

/**
 * The slices to judge, in ascending order of their keys. A slice is there for each key in the relation that `@per` names, and
 * holds that key's facts and all facts of inputs without the key. Errors: `ClingoBound` for a slice past `clingo_facts`.
 */
export async function slicesOf(input: SlicesInput): Promise<Slice[]> {
  const { program } = input;
  const tables = program.inputs.map((name) => input.table(name));
  if (program.per === null) {
    await refuseLarge(input, tables);
    return [{ key: [], facts: await readAll(input, tables) }];
  }
  const { per } = program;
  const filter = input.keys === null ? null : { key: per.key, rows: input.keys };
  const keys = await readKeys(input.table(per.relation), per.key, filter);
  if (keys.length === 0) return [];
  const shared = tables.filter(({ relation }) => !isSliced(per, relation));
  await refuseLarge(input, shared);
  const common = await readAll(input, shared);
  const rest = tables.filter(({ relation }) => isSliced(per, relation));
  const grouped = await readGrouped(input, rest, per, filter);
  return keys.map((key) => sliceOf(input, key, common, grouped));
}

function sliceOf(
  input: SlicesInput,
  key: Row,
  common: ReadonlyMap<string, readonly Row[]>,
  grouped: ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>>,
): Slice {
  const own = [...grouped].map(([name, groups]) => [name, groups.get(keyText(key)) ?? []] as const);
  const facts = new Map<string, readonly Row[]>([...common, ...own]);
  const total = [...facts.values()].reduce((sum, rows) => sum + rows.length, 0);
  if (total > input.limits.clingo_facts) throw new ClingoBound(clingoLimit("clingo_facts", input.limits, null, ADVICE));
  return { key, facts };
}

async function refuseLarge({ limits }: SlicesInput, tables: readonly FactTable[]): Promise<void> {
  let total = 0;
  for (const table of tables) total += await countRows(table);
  if (total > limits.clingo_facts) throw new ClingoBound(clingoLimit("clingo_facts", limits, null, ADVICE));
}

async function readAll({ limits }: SlicesInput, tables: readonly FactTable[]): Promise<Map<string, readonly Row[]>> {
  const facts = new Map<string, readonly Row[]>();
  for (const table of tables) facts.set(table.relation.name, await readRows(table, limits.clingo_facts + 1));
  return facts;
}

/** Rows by relation and key. */
async function readGrouped(
  { limits }: SlicesInput,
  tables: readonly FactTable[],
  per: PerKey,
  filter: Parameters<typeof readRows>[2],
): Promise<Map<string, ReadonlyMap<string, readonly Row[]>>> {
  const grouped = new Map<string, ReadonlyMap<string, readonly Row[]>>();
  for (const table of tables) {
    const places = per.key.map((name) => table.relation.attributes.findIndex((attribute) => attribute.name === name));
    const rows = await readRows(table, limits.rows_derived, filter ?? null);
    grouped.set(
      table.relation.name,
      Map.groupBy(rows, (row) => keyText(places.map((place) => row[place] as Value))),
    );
  }
  return grouped;
}

/** One text a key. */
export function keyText(key: Row): string {
  return JSON.stringify(key.map((value) => (typeof value === "bigint" ? [String(value)] : value)));
}
