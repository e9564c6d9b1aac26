import { after } from "node:test";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import { materialise } from "../../logic/engines/duckdb/materialise.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { compileTheories, findTheory, withNeeds } from "../../logic/theory.ts";
import type { Row } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { inputOver } from "./duckdb_facts.ts";

/** A violation as a test names it: the law and its witness by attribute. */
export interface Found {
  readonly law: string;
  readonly witness: Readonly<Record<string, string | number>>;
}

export type FactRows = ReadonlyMap<string, readonly Row[]>;

/** A shipped theory over the DuckDB engine. Open it once a test file; it closes when the file ends. */
export class TheoryOver {
  readonly program: IrProgram;
  readonly #session: DuckDbSession;

  private constructor(program: IrProgram, session: DuckDbSession) {
    this.program = program;
    this.#session = session;
  }

  static async open(name: string): Promise<TheoryOver> {
    const { program, diagnostics } = compileTheories(await withNeeds([await findTheory(name)]));
    if (program === null) throw new Error(JSON.stringify(diagnostics));
    const session = await openMemory();
    after(() => session.close());
    return new TheoryOver(program, session);
  }

  /** Every violation of every law, in the order of the program and of the witnesses' values. */
  async violations(facts: FactRows): Promise<Found[]> {
    const check = await checkLaws(await inputOver(this.#session, this.program, Object.fromEntries(facts)));
    try {
      if (check.undecided !== null) throw new Error(JSON.stringify(check.undecided));
      const found: Found[] = [];
      for (const { law, violations } of check.laws) {
        for (const row of await check.witnesses(law, 0, violations)) found.push({ law, witness: this.#witness(law, row) });
      }
      return found;
    } finally {
      await check.close();
    }
  }

  /** The laws broken, each once, sorted. */
  async broken(facts: FactRows): Promise<string[]> {
    return [...new Set((await this.violations(facts)).map(({ law }) => law))].toSorted();
  }

  /** The rows of one derived relation, as texts joined by a space, sorted. */
  async derived(facts: FactRows, relation: string): Promise<string[]> {
    const made = await materialise(await inputOver(this.#session, this.program, Object.fromEntries(facts)), [relation]);
    try {
      const rows = await this.#session.rows(`SELECT * FROM ${made.table(relation)}`);
      return rows.map((row) => row.join(" ")).toSorted();
    } finally {
      await made.close();
    }
  }

  #witness(id: string, row: Row): Record<string, string | number> {
    const relation = this.program.laws.find((law) => law.id === id)?.relation ?? "";
    const attributes = this.program.relations.get(relation)?.attributes ?? [];
    return Object.fromEntries(
      attributes.map(({ name }, index) => {
        const value = row[index] ?? "";
        return [name, typeof value === "bigint" ? Number(value) : value];
      }),
    );
  }
}
