import type { Relation } from "../../../schema/relation.ts";
import { quoteName } from "../../../schema/sql_session.ts";
import type { IrRule, Selection, Stratum } from "../../language/ir.ts";
import { BoundedSession } from "./bounded_session.ts";
import type { DuckDbInput } from "./input.ts";
import { atomsOf, type Needs, needsOf, rulesByRelation } from "./needs.ts";
import { probeDuplicates } from "./probe.ts";
import { evaluateRecursion } from "./recursion.ts";
import { isTransparent } from "./recursion_shape.ts";
import { relationSelect } from "./select.ts";
import { aliases, baseSource, columnsOf, type Lowering, type Source } from "./source.ts";

let runs = 0;

/** A relation with more facts in its program is a table: as a subquery they would be read and planned anew by every user of a user. */
const FACTS_INLINE = 16;

/**
 * Computes derived relations of one program over one state, each at most once. Relations used once and unable to fail stay
 * subqueries of their user; the others become temporary tables, which `close` drops.
 */
export class Evaluation {
  readonly input: DuckDbInput;
  readonly session: BoundedSession;
  readonly #rules: ReadonlyMap<string, readonly IrRule[]>;
  readonly #needs: Needs;
  readonly #roots: ReadonlySet<string>;
  readonly #sources = new Map<string, Source>();
  readonly #tables: string[] = [];
  readonly #probed = new Set<string>();
  readonly #run = runs++;
  readonly fresh = aliases();

  /** `roots` are the relations that will be asked for; they always become tables. */
  constructor(input: DuckDbInput, roots: readonly string[]) {
    this.input = input;
    this.session = new BoundedSession(input.session, input.limits, input.clock);
    this.#rules = rulesByRelation(input.program);
    this.#needs = needsOf(input.program, this.#rules, roots);
    this.#roots = new Set(roots);
    for (const [name, source] of input.computed ?? []) this.#sources.set(name, source);
  }

  /** The derived relations that are tables of this evaluation. */
  tables(): ReadonlyMap<string, Source> {
    const own = new Set(this.#tables);
    return new Map([...this.#sources].filter(([name, { sql }]) => own.has(sql) && this.relation(name).role === "derived"));
  }

  /** Makes `relation` and all it depends on readable. Errors: `UndecidedSignal`. */
  async compute(relation: string): Promise<Source> {
    const { reached } = needsOf(this.input.program, this.#rules, [relation]);
    for (const stratum of this.input.program.strata) {
      const open = stratum.relations.filter((name) => reached.has(name) && !this.#sources.has(name));
      if (open.length > 0) await this.#computeStratum(stratum, open);
    }
    return this.source(relation);
  }

  relation(name: string): Relation {
    const relation = this.input.program.relations.get(name);
    if (relation === undefined) throw new Error(`unknown relation ${name}`);
    return relation;
  }

  rules(relation: string): readonly IrRule[] {
    return this.#rules.get(relation) ?? [];
  }

  /** What the relation keeps of what its rules derive; null where that is everything. */
  selection(name: string): Selection | null {
    return this.input.program.selections?.get(name) ?? null;
  }

  /** The tuples of a base relation or of a derived one that is computed. */
  source(name: string): Source {
    const known = this.#sources.get(name);
    if (known !== undefined) return known;
    const relation = this.relation(name);
    if (relation.role === "derived") throw new Error(`relation ${name} is not computed`);
    const source = baseSource(this.input, relation);
    this.#sources.set(name, source);
    return source;
  }

  /** What a statement needs to be lowered; `recursive` overrides the tuples of relations that it computes. */
  lowering(recursive: ReadonlyMap<string, Source> = new Map()): Lowering {
    return {
      source: (atom) => recursive.get(atom.relation) ?? this.source(atom.relation),
      isRecursive: (relation) => recursive.has(relation),
      fresh: this.fresh,
      symbolBytes: this.input.limits.symbol_bytes,
      rangeRows: this.input.limits.rows_derived,
    };
  }

  /** Creates a temporary table from a query, which it owns from then on. Errors: `UndecidedSignal` past `rows_derived`. */
  async createTable(relation: Relation, query: string): Promise<Source> {
    return (await this.createCounted(relation, query)).source;
  }

  /** As `createTable`, with the count of rows. */
  async createCounted(relation: Relation, query: string): Promise<{ readonly source: Source; readonly rows: number }> {
    const name = this.newTable();
    const limit = this.input.limits.rows_derived;
    const rows = await this.session.write(`CREATE TEMP TABLE ${name} AS ${query} LIMIT ${limit + 1}`, relation.name);
    if (rows > limit) throw this.session.limitReached("rows_derived", relation.name);
    return { source: { sql: name, columns: columnsOf(relation), distinct: true, dedupe: false, rows }, rows };
  }

  /** Lowers something of `relation`. Errors: `UndecidedSignal` where lowering itself reaches a bound. */
  lower<T>(relation: string, make: () => T): T {
    try {
      return make();
    } catch (error) {
      throw this.session.lowering(error, relation);
    }
  }

  /** A fresh name for a temporary table, dropped by `close`. */
  newTable(): string {
    const name = quoteName(`assay_run_${this.#run}_${this.#tables.length}`);
    this.#tables.push(name);
    return name;
  }

  async close(): Promise<void> {
    this.session.stop();
    const drops = this.#tables.splice(0).map((table) => `DROP TABLE IF EXISTS ${table}`);
    // In a transaction that an error has ended, the tables go with its rollback.
    if (drops.length > 0) await this.input.session.run(drops.join("; ")).catch(() => undefined);
  }

  async #computeStratum(stratum: Stratum, open: readonly string[]): Promise<void> {
    if (stratum.recursive || stratum.relations.some((name) => this.selection(name) !== null)) {
      for (const [name, source] of await evaluateRecursion(this, stratum.relations)) this.#sources.set(name, source);
      return;
    }
    for (const name of open) this.#sources.set(name, await this.#computeRelation(this.relation(name)));
  }

  /** Aggregates need sets: looks once into each base table that may hold duplicates and whose key makes looking cheap. */
  async #probeAggregated(relation: string): Promise<void> {
    const bodies = this.rules(relation).flatMap((rule) => rule.body.filter((literal) => literal.kind === "aggregate"));
    for (const { relation: name } of atomsOf(bodies)) {
      const described = this.relation(name);
      if (described.role !== "base" || described.key === null || this.#probed.has(name)) continue;
      this.#probed.add(name);
      this.#sources.set(name, await probeDuplicates(this, described, described.key));
    }
  }

  async #computeRelation(relation: Relation): Promise<Source> {
    await this.#probeAggregated(relation.name);
    const select = this.lower(relation.name, () => relationSelect(this.lowering(), relation, this.rules(relation.name)));
    const uses = this.#needs.uses.get(relation.name) ?? 0;
    const inline =
      this.rules(relation.name).filter(({ body }) => body.length === 0).length <= FACTS_INLINE &&
      !this.#roots.has(relation.name) &&
      !this.#needs.readInRecursion.has(relation.name) &&
      !select.fallible &&
      (uses <= 1 || isTransparent(this.rules(relation.name)));
    if (inline) return { sql: `(${select.sql})`, columns: columnsOf(relation), distinct: select.distinct, dedupe: true };
    return this.createTable(relation, select.distinct ? `(${select.sql})` : `SELECT DISTINCT * FROM (${select.sql})`);
  }
}
