import type { IrRule, Selection } from "../../language/ir.ts";
import type { Evaluation } from "./evaluation.ts";
import { relationSelect } from "./select.ts";
import type { RoundTable } from "./semi_naive.ts";
import { columnsOf, type Lowering } from "./source.ts";

/** The selects of one round of one relation. */
export interface RoundPart {
  readonly selects: readonly string[];
  readonly round: number;
  /** How many rows there may still be. */
  readonly room: number;
}

/** What subsumption took away from a relation in a round. */
export interface Subsumed {
  readonly name: string;
  readonly rows: number;
  /** Whether tuples that are new in the round are left. */
  readonly fresh: boolean;
}

/** The rounds of relations that keep only some of what is derived. */
export class SelectedRounds {
  readonly #evaluation: Evaluation;
  readonly #tables: ReadonlyMap<string, RoundTable>;
  readonly #deletions: readonly { readonly name: string; readonly sql: string }[];

  private constructor(evaluation: Evaluation, tables: ReadonlyMap<string, RoundTable>) {
    this.#evaluation = evaluation;
    this.#tables = tables;
    this.#deletions = [...tables.keys()].flatMap((name) => {
      const rules = evaluation.selection(name)?.subsumptions ?? [];
      return rules.length > 0 ? [{ name, sql: deletion(evaluation, name, rules, tables) }] : [];
    });
  }

  /** Null where every relation keeps everything. */
  static over(evaluation: Evaluation, tables: ReadonlyMap<string, RoundTable>): SelectedRounds | null {
    return [...tables.keys()].some((name) => evaluation.selection(name) !== null) ? new SelectedRounds(evaluation, tables) : null;
  }

  /** Inserts what a round derives for a relation with choice domains and returns how many rows that are; undefined where it has none. */
  async insert(name: string, part: RoundPart): Promise<number | undefined> {
    const domains = this.#evaluation.selection(name)?.domains ?? [];
    if (domains.length === 0) return undefined;
    const { session } = this.#evaluation;
    const table = this.#tables.get(name)?.table ?? "";
    const columns = columnsOf(this.#evaluation.relation(name));
    const candidates = this.#evaluation.newTable();
    const taken = domains.map(
      (domain) => `ANTI JOIN ${table} AS known${domain.join("_")} ON (${sameOn(domain, `known${domain.join("_")}`)})`,
    );
    const found = `SELECT DISTINCT * FROM (${part.selects.join(" UNION ALL ")}) AS all_found`;
    const free = `SELECT row_number() OVER (ORDER BY ${columns.join(", ")}) AS n, found.* FROM (${found}) AS found ${taken.join(" ")}`;
    await session.write(`CREATE OR REPLACE TEMP TABLE ${candidates} AS ${free}`, name);
    const insert = `INSERT INTO ${table} SELECT ${columns.join(", ")}, ${part.round} FROM ${candidates}`;
    const rows = await session.write(`${insert} WHERE ${await this.#least(name, domains, candidates)} LIMIT ${part.room}`, name);
    await session.rows(`DROP TABLE ${candidates}`, name);
    return rows;
  }

  /** Which candidates to take: the least of each value of the domain, or, with several domains, whatever in ascending order is still free. */
  async #least(name: string, domains: Selection["domains"], candidates: string): Promise<string> {
    const { session } = this.#evaluation;
    const [domain = []] = domains;
    if (domains.length === 1) return `n IN (SELECT min(n) FROM ${candidates} GROUP BY ${domain.map((at) => `c${at}`).join(", ") || "()"})`;
    const keys = domains.map((positions) => `to_json([${positions.map((at) => `c${at}::VARCHAR`).join(", ")}])::VARCHAR`);
    const rows = await session.rows(`SELECT n, ${keys.join(", ")} FROM ${candidates} ORDER BY n`, name);
    const taken = domains.map(() => new Set<unknown>());
    const picked: unknown[] = [];
    for (const [n, ...values] of rows) {
      if (values.some((value, at) => taken[at]?.has(value) === true)) continue;
      for (const [at, value] of values.entries()) taken[at]?.add(value);
      picked.push(n);
    }
    return picked.length === 0 ? "false" : `n IN (${picked.join(", ")})`;
  }

  /** Takes subsumed tuples away, in a round in which something grew that a subsumption may read. */
  async subsume(grown: ReadonlySet<string>, round: number): Promise<Subsumed[]> {
    const { session } = this.#evaluation;
    const subsumed: Subsumed[] = [];
    if (grown.size === 0) return subsumed;
    for (const { name, sql } of this.#deletions) {
      const rows = await session.write(sql, name);
      const [left] = await session.rows(`SELECT 1 FROM ${this.#tables.get(name)?.table} WHERE r = ${round} LIMIT 1`, name);
      subsumed.push({ name, rows, fresh: left !== undefined });
    }
    return subsumed;
  }
}

function sameOn(domain: readonly number[], alias: string): string {
  return domain.map((at) => `${alias}.c${at} = found.c${at}`).join(" AND ") || "true";
}

function deletion(evaluation: Evaluation, name: string, rules: readonly IrRule[], tables: ReadonlyMap<string, RoundTable>): string {
  const base = evaluation.lowering();
  const lowering: Lowering = { ...base, source: (atom) => tables.get(atom.relation)?.source ?? base.source(atom) };
  const select = evaluation.lower(name, () => relationSelect(lowering, evaluation.relation(name), rules).sql);
  const columns = columnsOf(evaluation.relation(name));
  const same = columns.map((column) => `kept.${column} = gone.${column}`).join(" AND ");
  return `DELETE FROM ${tables.get(name)?.table} AS kept USING (${select}) AS gone WHERE ${same}`;
}
