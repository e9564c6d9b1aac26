import type { Diagnostic } from "../../../schema/diagnostic.ts";
import type { Relation } from "../../../schema/relation.ts";
import type { Row } from "../../../schema/value.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import { factKey } from "../../explain/fact_key.ts";
import { compileQuery } from "../../language/compile_query.ts";
import type { IrProgram } from "../../language/ir.ts";
import type { FactChange, IncrementalEngine } from "./incremental_engine.ts";
import type { FactSource } from "./load_engine.ts";
import { UpperEngine } from "./upper_engine.ts";

/** What can be watched. A query is Datalog text: see `compileQuery`. */
export type WatchTarget =
  | { readonly kind: "relation"; readonly relation: string }
  | { readonly kind: "law"; readonly law: string }
  | { readonly kind: "query"; readonly text: string };

/** `unknown`: there is no such relation or law; `rejected`: the query does not compile. */
export type WatchOutcome =
  | { readonly kind: "watching"; readonly id: number; readonly relation: Relation }
  | { readonly kind: "unknown" }
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "undecided"; readonly undecided: Undecided };

/** Rows that came and went, in no particular order, each once and none on both sides. */
export interface RowsChanged {
  readonly added: readonly Row[];
  readonly removed: readonly Row[];
}

/** What a watch has to say. `ended` not null: it is over, because a bound was passed or there is nothing left to watch. */
export interface WatchChange extends RowsChanged {
  readonly id: number;
  readonly ended: Undecided | "gone" | null;
}

/** What a delta did to the relations that watches read. */
export type Captured = ReadonlyMap<string, RowsChanged>;

interface Watch {
  readonly id: number;
  readonly target: WatchTarget;
  /** The relation watched, in the program of the main engine or of `upper`. */
  readonly root: Relation;
  /** Null where the main engine keeps the relation itself. */
  readonly upper: UpperEngine | null;
}

/**
 * Watches over a live engine. What the engine keeps already costs nothing but to be told; for anything else a small engine is put on
 * top, fed with what the one below keeps, so that only what is new is evaluated and a query that fails or explodes ends its own watch
 * alone. Use: `capture` while a delta is open that will be kept, `advance` with it once that is certain, in the same order.
 */
export class Subscriptions {
  readonly #source: Omit<FactSource, "program">;
  readonly #watches = new Map<number, Watch>();
  #main: IncrementalEngine;
  #last = 0;

  /** `source` gives the facts of base relations that the engine does not keep, in the same state as the engine. */
  constructor(main: IncrementalEngine, source: Omit<FactSource, "program">) {
    this.#main = main;
    this.#source = source;
  }

  get count(): number {
    return this.#watches.size;
  }

  /** Watches from the present state on. The engine must have no open delta and everything captured be advanced. Errors: `SqlError`. */
  async watch(target: WatchTarget): Promise<WatchOutcome> {
    const id = this.#last + 1;
    const opened = await this.#open(id, target);
    if (opened.kind !== "opened") return opened;
    this.#last = id;
    this.#watches.set(id, opened.watch);
    return { kind: "watching", id, relation: opened.watch.root };
  }

  unwatch(id: number): void {
    this.#watches.get(id)?.upper?.release();
    this.#watches.delete(id);
  }

  /** All rows that a watch has at present, ascending. */
  rows(id: number): Row[] {
    const watch = this.#watches.get(id);
    return watch === undefined ? [] : rowsOf(this.#main, watch);
  }

  /**
   * Takes down what the engine's open delta did, as far as watches read it. `effective` are the changes of facts, those of relations
   * that the engine does not keep included.
   */
  capture(effective: { readonly assert: readonly FactChange[]; readonly retract: readonly FactChange[] }): Captured {
    const captured = new Map<string, RowsChanged>();
    for (const { root, upper } of this.#watches.values()) {
      for (const name of upper === null ? [root.name] : upper.inputs) {
        if (captured.has(name)) continue;
        const rows = (changes: readonly FactChange[]): Row[] => changes.flatMap(({ relation, row }) => (relation === name ? [row] : []));
        const isKept = this.#main.tables.table(name) !== null;
        const added = isKept ? this.#main.added(name) : rows(effective.assert);
        const removed = isKept ? this.#main.removed(name) : rows(effective.retract);
        if (added.length + removed.length > 0) captured.set(name, { added, removed });
      }
    }
    return captured;
  }

  /** What a captured delta means to each watch; those it does not touch say nothing. */
  advance(captured: Captured): WatchChange[] {
    return [...this.#watches.values()].flatMap(({ id, root, upper }): WatchChange[] => {
      if (upper === null) {
        const changed = captured.get(root.name);
        return changed === undefined ? [] : [{ id, ...changed, ended: null }];
      }
      const { undecided, added, removed } = upper.advance(captured);
      if (undecided !== null) this.unwatch(id);
      return added.length + removed.length === 0 && undecided === null ? [] : [{ id, added, removed, ended: undecided }];
    });
  }

  /**
   * Goes over to the engine that takes the place of the present one, which must still be readable: a program has changed. Says for each watch
   * how its rows differ. Errors: `SqlError`.
   */
  async moveTo(main: IncrementalEngine): Promise<WatchChange[]> {
    const before = [...this.#watches.values()].map((watch) => ({ watch, rows: rowsOf(this.#main, watch) }));
    for (const { upper } of this.#watches.values()) upper?.release();
    this.#watches.clear();
    this.#main = main;
    const changes: WatchChange[] = [];
    for (const { watch, rows } of before) {
      const { id, target } = watch;
      const opened = await this.#open(id, target);
      if (opened.kind !== "opened") {
        changes.push({ id, added: [], removed: rows, ended: opened.kind === "undecided" ? opened.undecided : "gone" });
        continue;
      }
      this.#watches.set(id, opened.watch);
      const { added, removed } = difference(rows, rowsOf(main, opened.watch));
      if (added.length + removed.length > 0) changes.push({ id, added, removed, ended: null });
    }
    return changes;
  }

  async #open(
    id: number,
    target: WatchTarget,
  ): Promise<{ readonly kind: "opened"; readonly watch: Watch } | Exclude<WatchOutcome, { kind: "watching" }>> {
    const { program } = this.#main.tables;
    const found = targetOf(program, target);
    if (found.kind !== "found") return found;
    const { root } = found;
    if (this.#main.tables.table(root.name) !== null) return { kind: "opened", watch: { id, target, root, upper: null } };
    const { upper, undecided } = await UpperEngine.over(this.#main, found.program, root.name, this.#source);
    if (undecided === null) return { kind: "opened", watch: { id, target, root, upper } };
    upper.release();
    return { kind: "undecided", undecided };
  }
}

/** The relation that a target means, and the program it is in. */
function targetOf(
  program: IrProgram,
  target: WatchTarget,
):
  | { readonly kind: "found"; readonly program: IrProgram; readonly root: Relation }
  | { readonly kind: "unknown" }
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] } {
  if (target.kind === "query") {
    const { program: asked, relation, diagnostics } = compileQuery(program, target.text);
    return asked === null || relation === null ? { kind: "rejected", diagnostics } : { kind: "found", program: asked, root: relation };
  }
  const name = target.kind === "relation" ? target.relation : program.laws.find(({ id }) => id === target.law)?.relation;
  const root = name === undefined ? undefined : program.relations.get(name);
  return root === undefined ? { kind: "unknown" } : { kind: "found", program, root };
}

function rowsOf(main: IncrementalEngine, { root, upper }: Watch): Row[] {
  return upper === null ? main.rows(root.name) : upper.rows();
}

function difference(before: readonly Row[], after: readonly Row[]): RowsChanged {
  const [old, now] = [before, after].map((rows) => new Map(rows.map((row) => [factKey("", row), row])));
  const added = [...(now ?? [])].flatMap(([key, row]) => (old?.has(key) ? [] : [row]));
  const removed = [...(old ?? [])].flatMap(([key, row]) => (now?.has(key) ? [] : [row]));
  return { added, removed };
}
