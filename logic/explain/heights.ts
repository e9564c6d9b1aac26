import type { Row } from "../../schema/value.ts";
import type { Evaluation } from "../engines/duckdb/evaluation.ts";
import { literalSql } from "../engines/duckdb/literal.ts";
import { atomsOf } from "../engines/duckdb/needs.ts";
import { stageInputs } from "../engines/duckdb/recursion.ts";
import { type RoundTable, semiNaive } from "../engines/duckdb/semi_naive.ts";
import { columnsOf, type Source } from "../engines/duckdb/source.ts";
import { factKey } from "./fact_key.ts";

/** Rows of a recursive relation, and a source of it and its height: the columns of the relation, then `r`. */
export interface HeightBatch {
  readonly rows: readonly Row[];
  readonly sources: ReadonlyMap<string, Source>;
}

/**
 * The heights of least proofs in recursive strata: the round in which semi-naive evaluation first meets a tuple. A recursion
 * that passes some columns on unchanged is run for the asked values of those columns alone.
 */
export class Heights {
  readonly #evaluation: Evaluation;
  readonly #whole = new Map<string, ReadonlyMap<string, Source>>();
  readonly #partial = new Map<string, ReadonlyMap<string, Source>>();

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation;
  }

  /** Whether the relation's proofs may lead back to it. */
  isRecursive(relation: string): boolean {
    return this.#stratum(relation).recursive;
  }

  /** Splits rows of a recursive relation by the table that has their heights. Errors: `UndecidedSignal`. */
  async batches(relation: string, rows: readonly Row[]): Promise<HeightBatch[]> {
    const { relations } = this.#stratum(relation);
    const stable = relations.length === 1 ? this.#stableColumns(relation) : [];
    if (stable.length === 0) return [{ rows, sources: await this.#wholeStratum(relations) }];
    const keyOf = (row: Row): string =>
      factKey(
        relation,
        stable.map((position) => row[position] ?? ""),
      );
    const unknown = rows.filter((row) => !this.#partial.has(keyOf(row)));
    if (unknown.length > 0) {
      const sources = await this.#restricted(relation, stable, unknown);
      for (const row of unknown) this.#partial.set(keyOf(row), sources);
    }
    const batches = new Map<ReadonlyMap<string, Source>, Row[]>();
    for (const row of rows) {
      const sources = this.#partial.get(keyOf(row)) ?? new Map();
      const batch = batches.get(sources);
      if (batch === undefined) batches.set(sources, [row]);
      else batch.push(row);
    }
    return [...batches].map(([sources, batch]) => ({ rows: batch, sources }));
  }

  #stratum(relation: string): { readonly relations: readonly string[]; readonly recursive: boolean } {
    const found = this.#evaluation.input.program.strata.find((stratum) => stratum.relations.includes(relation));
    return found ?? { relations: [relation], recursive: false };
  }

  async #wholeStratum(relations: readonly string[]): Promise<ReadonlyMap<string, Source>> {
    const [first = ""] = relations;
    const known = this.#whole.get(first);
    if (known !== undefined) return known;
    const sources = withHeights(await semiNaive(this.#evaluation, relations, await stageInputs(this.#evaluation, relations)));
    this.#whole.set(first, sources);
    return sources;
  }

  async #restricted(relation: string, stable: readonly number[], rows: readonly Row[]): Promise<ReadonlyMap<string, Source>> {
    const described = this.#evaluation.relation(relation);
    const columns = stable.map((position) => columnsOf(described)[position] ?? "");
    const tuples = new Map(
      rows.map((row) => {
        const values = stable.map((position) => literalSql(row[position] ?? "", described.attributes[position]?.type ?? "symbol"));
        return [values.join(), `(${values.join(", ")})`];
      }),
    );
    const among = `(SELECT * FROM (VALUES ${[...tuples.values()].join(", ")}) AS v(${columns.join(", ")}))`;
    const staged = await stageInputs(this.#evaluation, [relation]);
    return withHeights(await semiNaive(this.#evaluation, [relation], staged, { columns, among }));
  }

  /** Positions whose variable every recursive atom of the relation has at the same place as the head. */
  #stableColumns(relation: string): number[] {
    const rules = this.#evaluation.rules(relation);
    return this.#evaluation.relation(relation).attributes.flatMap((_, position) => {
      const stable = rules.every(({ head, body }) => {
        const mine = head.args[position];
        const own = atomsOf(body).filter((atom) => atom.relation === relation);
        return own.every((atom) => {
          const theirs = atom.args[position];
          return mine?.kind === "variable" && theirs?.kind === "variable" && mine.name === theirs.name;
        });
      });
      return stable ? [position] : [];
    });
  }
}

function withHeights(tables: ReadonlyMap<string, RoundTable>): Map<string, Source> {
  return new Map([...tables].map(([name, { source }]) => [name, { ...source, columns: [...source.columns, "r"] }]));
}
