import type { Fact } from "../../../../schema/fact.ts";
import type { Row, Value } from "../../../../schema/value.ts";
import { AbsenceSearch, type AbsenceSource, MAX_DEPTH } from "../../../explain/absence_search.ts";
import type { Pattern } from "../../../explain/attempts.ts";
import type { Proof, WhyNot } from "../../../explain/proof.ts";
import { MAX_HEIGHT, ProofBuilder } from "../../../explain/proof_builder.ts";
import { collectSupport, type Support } from "../../../explain/support.ts";
import { findRow } from "../table_rows.ts";
import { EngineBindings } from "./engine_bindings.ts";
import { EngineDerivations, RulePlans } from "./engine_derivations.ts";
import { type EngineTables, relationOf, tableOf } from "./engine_tables.ts";
import { RowAccess } from "./row_access.ts";

/**
 * Explains what an engine holds, an open delta included, from its tables alone. Nothing is kept while the engine evaluates; plans are
 * compiled and indexes built when first asked, and stay. The answers are those of `logic/explain` over the same facts. Relations that
 * are asked about must be maintained, and so is then all they rest on.
 * Errors, of every method: `EngineLimit` where a bound of time, rows or memory is passed.
 */
export class Explainer {
  readonly #tables: EngineTables;
  readonly #plans: RulePlans;

  constructor(tables: EngineTables) {
    this.#tables = tables;
    this.#plans = new RulePlans(tables);
  }

  /** The proof of a fact, of least height within each recursion and bounded as `prove` is; null where the fact does not hold. */
  prove(fact: Fact): Proof | null {
    if (!this.#holds(fact)) return null;
    const { program, limits } = this.#tables;
    const height = Math.min(limits.explain_depth, MAX_HEIGHT);
    return new ProofBuilder(new EngineDerivations(this.#plans), program, limits).fact(fact, height);
  }

  /** The base facts behind tuples that hold, by one derivation each. */
  support(relation: string, rows: readonly Row[]): Support[] {
    const derivations = new EngineDerivations(this.#plans);
    return rows.map((row) => collectSupport(this.#tables.program, derivations, { relation, row }));
  }

  /** Why no fact matches `row`, in which null stands for any value; null where one does. */
  async whyNot(relation: string, row: Pattern): Promise<WhyNot | null> {
    if (this.#matches(relation, row)) return null;
    const bindings = new EngineBindings(this.#tables);
    const source: AbsenceSource = {
      relation: (name) => relationOf(this.#tables, name),
      rules: (name) => this.#plans.rules(name),
      matches: async (name, pattern) => this.#matches(name, pattern),
      findBindings: async (rule, literals) => bindings.find(rule, literals),
    };
    const { explain_depth, explain_nodes } = this.#tables.limits;
    return new AbsenceSearch(source, explain_nodes).whyNot(relation, row, Math.min(explain_depth, MAX_DEPTH));
  }

  #holds({ relation, row }: Fact): boolean {
    const table = tableOf(this.#tables, relation);
    return table.isVisible(findRow(table, row, this.#tables.runtime.pools));
  }

  #matches(relation: string, row: Pattern): boolean {
    const { pools } = this.#tables.runtime;
    const table = tableOf(this.#tables, relation);
    const columns = row.flatMap((value, column) => (value === null ? [] : [column]));
    const key = columns.map((column) => pools.find(row[column] as Value, table.types[column] ?? "symbol"));
    if (key.some((cell) => cell === null)) return false;
    return new RowAccess(table, columns).first(key as number[]) >= 0;
  }
}
