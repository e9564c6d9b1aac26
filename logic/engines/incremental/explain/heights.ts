import type { IrRule } from "../../../language/ir.ts";
import { EngineLimit } from "../../duckdb/engine_limit.ts";
import { IntList } from "../int_list.ts";
import { type EngineTables, tableOf } from "./engine_tables.ts";
import { type Deadline, Enumeration } from "./enumeration.ts";

const UNKNOWN = -1;

/** A rule of a recursion, and the positions of its premises that belong to the recursion. */
interface RecursiveRule {
  readonly enumeration: Enumeration;
  readonly premises: readonly { readonly position: number; readonly relation: string }[];
}

/**
 * The heights of least proofs in a recursion: the round in which semi-naive evaluation first meets a tuple, that is 0 where some
 * instance needs no tuple of the recursion, and otherwise one more than the greatest height of the least such instance's premises.
 * Found backwards from the tuples asked for: all instances that give a tuple, the tuples that these need, and so on; then
 * forwards, height by height. Good for one state of the engine.
 */
export class Heights {
  readonly #tables: EngineTables;
  readonly #deadline: Deadline;
  readonly #relations: readonly string[];
  readonly #rules = new Map<string, RecursiveRule[]>();
  /** Node by row, a relation each. */
  readonly #nodes = new Map<string, Map<number, number>>();
  readonly #heights = new IntList();
  /** Instances: the node they give, how many premises still have no height, the greatest height of the others. */
  readonly #gives = new IntList();
  readonly #missing = new IntList();
  readonly #highest = new IntList();
  /** Instances that need a node, as chains: the latest entry of each node, then instance and earlier entry of each entry. */
  readonly #latest = new IntList();
  readonly #needing = new IntList();
  readonly #earlier = new IntList();
  #open: { relation: string; row: number; node: number }[] = [];

  /** `relations` are those of one recursion. */
  constructor(tables: EngineTables, relations: readonly string[], rules: (relation: string) => readonly IrRule[], deadline: Deadline) {
    this.#tables = tables;
    this.#deadline = deadline;
    this.#relations = relations;
    for (const relation of relations) {
      this.#nodes.set(relation, new Map());
      const compiled = rules(relation).map((rule) => this.#compile(rule));
      // Rules without premises of the recursion first: where one of them gives a tuple, no other counts.
      this.#rules.set(
        relation,
        compiled.toSorted((a, b) => Math.sign(a.premises.length) - Math.sign(b.premises.length)),
      );
    }
  }

  /** The height of a visible row. Errors: `EngineLimit`. */
  of(relation: string, row: number): number {
    const node = this.#node(relation, row);
    if (this.#open.length > 0) this.#explore();
    return this.#heights.at(node);
  }

  #compile(rule: IrRule): RecursiveRule {
    const premises = rule.body.flatMap((literal, position) => {
      const isPremise = literal.kind === "atom" && !literal.negated && this.#relations.includes(literal.relation);
      return isPremise ? [{ position, relation: literal.relation }] : [];
    });
    return { enumeration: new Enumeration(this.#tables, rule.body, rule.head.args), premises };
  }

  #node(relation: string, row: number): number {
    const nodes = this.#nodes.get(relation) as Map<number, number>;
    const known = nodes.get(row);
    if (known !== undefined) return known;
    const node = this.#heights.length;
    if (node >= this.#tables.limits.rows_derived) throw new EngineLimit("rows_derived");
    nodes.set(row, node);
    this.#heights.push(UNKNOWN);
    this.#latest.push(UNKNOWN);
    this.#open.push({ relation, row, node });
    return node;
  }

  #explore(): void {
    const levels: number[][] = [];
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      this.#expand(next.relation, next.row, next.node, levels);
    }
    for (let height = 0; height < levels.length; height++) {
      for (const node of levels[height] ?? []) this.#raise(node, height, levels);
    }
  }

  /** Notes the instances that give a tuple; a tuple that needs none of the recursion has height 0. */
  #expand(relation: string, row: number, node: number, levels: number[][]): void {
    const table = tableOf(this.#tables, relation);
    const key = table.columns.map((column) => column[row] as number);
    for (const { enumeration, premises } of this.#rules.get(relation) ?? []) {
      let isGround = false;
      enumeration.each(key, this.#deadline, () => {
        isGround = premises.length === 0;
        if (!isGround) this.#instance(node, enumeration.rows, premises, levels);
        return isGround;
      });
      if (!isGround) continue;
      put(levels, 0, node);
      return;
    }
  }

  #instance(gives: number, rows: Int32Array, premises: RecursiveRule["premises"], levels: number[][]): void {
    const needed = new Set(premises.map(({ position, relation }) => this.#node(relation, rows[position] as number)));
    const instance = this.#gives.length;
    let missing = 0;
    let highest = 0;
    for (const node of needed) {
      const height = this.#heights.at(node);
      if (height !== UNKNOWN) {
        highest = Math.max(highest, height);
        continue;
      }
      missing++;
      this.#needing.push(instance);
      this.#earlier.push(this.#latest.at(node));
      this.#latest.items[node] = this.#needing.length - 1;
    }
    this.#gives.push(gives);
    this.#missing.push(missing);
    this.#highest.push(highest);
    if (missing === 0) put(levels, highest + 1, gives);
  }

  #raise(node: number, height: number, levels: number[][]): void {
    if (this.#heights.at(node) !== UNKNOWN) return;
    this.#heights.items[node] = height;
    for (let entry = this.#latest.at(node); entry !== UNKNOWN; entry = this.#earlier.at(entry)) {
      const instance = this.#needing.at(entry);
      const left = this.#missing.at(instance) - 1;
      this.#missing.items[instance] = left;
      this.#highest.items[instance] = Math.max(this.#highest.at(instance), height);
      if (left === 0) put(levels, this.#highest.at(instance) + 1, this.#gives.at(instance));
    }
  }
}

function put(levels: number[][], height: number, node: number): void {
  const level = levels[height];
  if (level !== undefined) level.push(node);
  else {
    while (levels.length < height) levels.push([]);
    levels[height] = [node];
  }
}
