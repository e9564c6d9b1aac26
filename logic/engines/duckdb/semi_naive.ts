import type { IrAtom, IrRule } from "../../language/ir.ts";
import type { Evaluation } from "./evaluation.ts";
import { atomsOf } from "./needs.ts";
import { recursiveAtoms } from "./recursion_shape.ts";
import { FEW_ROWS, RoundBatches } from "./round_batch.ts";
import { columnType, relationSelect } from "./select.ts";
import { SelectedRounds } from "./selected_rounds.ts";
import { columnsOf, type Lowering, type Source } from "./source.ts";

/** A relation computed round by round. Column `r` is the round in which a tuple was first derived: the height of its least proof. */
export interface RoundTable {
  readonly source: Source;
  readonly table: string;
}

/** Only tuples whose `columns` have the values of some row of the SQL table `among` are wanted. */
export interface Restriction {
  readonly columns: readonly string[];
  readonly among: string;
}

/** So many small rounds in a row are the sign of a chain, which is run in batches. */
const SMALL_ROUNDS = 16;

/** Stands for the round in statements made once; no symbol of a program can hold it. */
const ROUND = "\u0000";

/**
 * Semi-naive evaluation of a recursive stratum by statements: round 0 runs the rules that do not recurse, every further round
 * joins what the last one found. `staged` overrides sources of relations that the stratum reads. A `restriction` is sound only over
 * columns that every recursive rule passes on unchanged.
 * Errors: `UndecidedSignal` past `rounds` or `rows_derived`.
 */
export async function semiNaive(
  evaluation: Evaluation,
  relations: readonly string[],
  staged: ReadonlyMap<string, Source>,
  restriction: Restriction | null = null,
): Promise<Map<string, RoundTable>> {
  const tables = new Map<string, RoundTable>();
  for (const name of relations) tables.set(name, await createRoundTable(evaluation, name));
  const run = new Run(evaluation, tables, staged, restriction);
  const [only = ""] = relations;
  const isPlain = restriction === null && relations.every((name) => evaluation.selection(name) === null);
  const batches = isPlain ? RoundBatches.over(evaluation, relations, tables.get(only)?.table ?? "", staged) : null;
  let small = 0;
  for (let round = 0; ; round++) {
    if (batches !== null && small >= SMALL_ROUNDS && round < evaluation.input.limits.rounds) {
      const batch = await batches.run(round);
      if (batch !== null) {
        run.count(only, batch.rows);
        if (batch.finished) return tables;
        if (batch.rows > FEW_ROWS * (batch.reached - round + 1)) small = 0;
        round = batch.reached;
        continue;
      }
      small = 0;
    }
    const found = await run.round(round);
    if (found === 0 || run.isFull()) return tables;
    small = round > 0 && found <= FEW_ROWS ? small + 1 : 0;
  }
}

/** The state of one evaluation: the rows of every relation so far and which of them grew in the last round. */
class Run {
  readonly #evaluation: Evaluation;
  readonly #tables: ReadonlyMap<string, RoundTable>;
  readonly #restriction: Restriction | null;
  readonly #statements: readonly { readonly name: string; readonly start: readonly string[]; readonly steps: readonly Step[] }[];
  readonly #total = new Map<string, number>();
  readonly #selected: SelectedRounds | null;
  #fresh = new Set<string>();

  constructor(
    evaluation: Evaluation,
    tables: ReadonlyMap<string, RoundTable>,
    staged: ReadonlyMap<string, Source>,
    restriction: Restriction | null,
  ) {
    this.#evaluation = evaluation;
    this.#tables = tables;
    this.#restriction = restriction;
    this.#selected = SelectedRounds.over(evaluation, tables);
    this.#statements = [...tables.keys()].map((name) => ({ name, ...roundStatements(evaluation, name, tables, staged) }));
  }

  /** Runs one round and returns how many tuples it found. */
  async round(round: number): Promise<number> {
    const { session, input } = this.#evaluation;
    const found = new Set<string>();
    let rows = 0;
    for (const { name, start, steps } of this.#statements) {
      const open = round === 0 ? start : steps.filter((step) => this.#fresh.has(step.reads)).map((step) => step.sql);
      if (open.length === 0) continue;
      if (round > input.limits.rounds) throw session.limitReached("rounds", name);
      const room = input.limits.rows_derived + 1 - (this.#total.get(name) ?? 0);
      const part = { selects: open.map((sql) => sql.replaceAll(ROUND, String(round))), round, room };
      const chosen = await this.#selected?.insert(name, part);
      const sql = insertSql(this.#evaluation, name, this.#tables, open, room, this.#restriction);
      const inserted = chosen ?? (await session.write(sql.replaceAll(ROUND, String(round)), name));
      this.count(name, inserted);
      if (inserted > 0) found.add(name);
      rows += inserted;
    }
    for (const { name, rows: gone, fresh } of (await this.#selected?.subsume(found, round)) ?? []) {
      this.count(name, -gone);
      rows -= gone;
      if (!fresh) found.delete(name);
    }
    this.#fresh = found;
    return found.size === 0 ? 0 : Math.max(rows, 1);
  }

  /** Whether some relation has the size at which the stratum ends. */
  isFull(): boolean {
    return [...this.#total].some(([name, rows]) => rows >= (this.#evaluation.selection(name)?.size ?? Number.POSITIVE_INFINITY));
  }

  count(name: string, rows: number): void {
    const total = (this.#total.get(name) ?? 0) + rows;
    this.#total.set(name, total);
    if (total > this.#evaluation.input.limits.rows_derived) throw this.#evaluation.session.limitReached("rows_derived", name);
  }
}

/** A select of later rounds and the relation whose last round it reads. */
interface Step {
  readonly reads: string;
  readonly sql: string;
}

async function createRoundTable(evaluation: Evaluation, name: string): Promise<RoundTable> {
  const relation = evaluation.relation(name);
  const columns = columnsOf(relation);
  const table = evaluation.newTable();
  const typed = columns.map((column, position) => `${column} ${columnType(relation, position)}`);
  await evaluation.session.rows(`CREATE TEMP TABLE ${table} (${typed.join(", ")}, r INTEGER)`, name);
  return { table, source: { sql: table, columns, distinct: true, dedupe: false } };
}

/** The selects of round 0, and those of later rounds with the relation whose last round each one reads. */
function roundStatements(
  evaluation: Evaluation,
  name: string,
  tables: ReadonlyMap<string, RoundTable>,
  staged: ReadonlyMap<string, Source>,
): { start: string[]; steps: Step[] } {
  const relation = evaluation.relation(name);
  const members = new Set(tables.keys());
  const rules = evaluation.rules(name);
  const startRules = rules.filter((rule) => recursiveAtoms(rule, members) === 0);
  const lower = (rule: readonly IrRule[], source: ReadonlyMap<IrAtom, Source>): string => {
    return evaluation.lower(name, () => relationSelect(roundLowering(evaluation, members, source, staged), relation, rule).sql);
  };
  const steps = rules.flatMap((rule) => {
    const atoms = atomsOf(rule.body).filter((atom) => members.has(atom.relation));
    return atoms.map((delta, position) => ({
      reads: delta.relation,
      sql: lower([rule], new Map(atoms.map((atom, at) => [atom, roundSource(tables, atom, Math.sign(at - position))]))),
    }));
  });
  return { start: startRules.length > 0 ? [lower(startRules, new Map())] : [], steps };
}

/** The last round's tuples of an atom (0), those of the rounds before it (-1), or both (1). */
function roundSource(tables: ReadonlyMap<string, RoundTable>, atom: IrAtom, part: number): Source {
  const round = tables.get(atom.relation);
  if (round === undefined) throw new Error(`no table for ${atom.relation}`);
  const comparison = part === 0 ? "=" : part < 0 ? "<" : "<=";
  return { ...round.source, sql: `(SELECT * FROM ${round.table} WHERE r ${comparison} ${ROUND} - 1)` };
}

function roundLowering(
  evaluation: Evaluation,
  members: ReadonlySet<string>,
  sources: ReadonlyMap<IrAtom, Source>,
  staged: ReadonlyMap<string, Source>,
): Lowering {
  return {
    ...evaluation.lowering(),
    source: (atom) => sources.get(atom) ?? staged.get(atom.relation) ?? evaluation.source(atom.relation),
    isRecursive: (relation) => members.has(relation),
  };
}

function insertSql(
  evaluation: Evaluation,
  name: string,
  tables: ReadonlyMap<string, RoundTable>,
  selects: readonly string[],
  limit: number,
  restriction: Restriction | null,
): string {
  const columns = columnsOf(evaluation.relation(name));
  const table = tables.get(name)?.table ?? "";
  const known = columns.map((column) => `known.${column} = found.${column}`).join(" AND ");
  const found = `(SELECT DISTINCT * FROM (${selects.join(" UNION ALL ")})) AS found`;
  const same = restriction?.columns.map((column) => `wanted.${column} = found.${column}`).join(" AND ");
  const wanted = restriction === null ? "" : ` SEMI JOIN ${restriction.among} AS wanted ON (${same})`;
  return `INSERT INTO ${table} SELECT ${columns.map((column) => `found.${column}`).join(", ")}, ${ROUND} FROM ${found}${wanted} ANTI JOIN ${table} AS known ON (${known}) LIMIT ${limit}`;
}
