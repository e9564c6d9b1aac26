import type { CompiledRule, RowsRun } from "./compiled_rules.ts";
import { LimitReached } from "./limit_reached.ts";
import { rowsByCell } from "./rows_by_cell.ts";
import type { Literal, Operand } from "./rule_form.ts";
import type { Store } from "./store.ts";
import type { Table } from "./table.ts";
import type { TupleOrder } from "./tuple_order.ts";

export interface RecursionInput {
  readonly store: Store;
  readonly relations: readonly number[];
  readonly rules: readonly CompiledRule[];
  readonly rounds: number;
}

/** The positive atoms of a rule that read one of these relations: position and relation. */
export function ownAtoms(rule: CompiledRule, relations: readonly number[]): [literal: number, relation: number][] {
  return rule.form.literals.flatMap((literal, at): [number, number][] => {
    return literal.kind === "atom" && relations.includes(literal.relation) ? [[at, literal.relation]] : [];
  });
}

/** Plans are made anew when the tuples have grown by this much: a good order for few may be a bad one for many. */
const REPLAN_GROWTH = 8;
/** Few enough that what a batch of tuples gives is still in the cache when its turn comes. */
const BATCH_ROWS = 128;
/** Where a rule reads the recursion twice, tuples are joined with each other: many at once share what the others are looked up by. */
const LARGE_BATCH_ROWS = 65_536;

/** Room for the tuples that a batch may give; more still find their place. */
const ROOM_ROWS = 2 ** 16;

interface Member {
  readonly table: Table;
  readonly order: TupleOrder;
  /** The first row that is not shown yet. */
  shown: number;
}

/** A compiled rule for the tuples of one atom, and the column whose cells it looks others up by. */
interface JoinStep {
  readonly run: RowsRun;
  readonly sharedColumn: number | null;
}

/** Rows of one member whose consequences are still to be drawn. */
interface Batch {
  readonly member: number;
  /** Null where the row numbers themselves are meant. */
  readonly rows: Int32Array | null;
  readonly from: number;
  readonly to: number;
}

/**
 * Evaluates a recursion from nothing, semi-naive: each tuple is joined once, when all tuples before it can be seen. Where rules make
 * new values it goes round by round, which `rounds` bounds. Otherwise the latest tuples go first, in small batches, the
 * first ones sorted by a column that the rules hand on: their consequences then fall into the same part of the set, while it is in the
 * cache. Any order gives the same tuples.
 */
export class RecursionFromNothing {
  readonly #input: RecursionInput;
  readonly #members: readonly Member[];
  #steps: readonly (readonly JoinStep[])[] = [];
  #planned = 0;
  readonly #batchRows: number;

  constructor(input: RecursionInput) {
    this.#input = input;
    this.#members = input.relations.map((relation) => {
      return { table: input.store.table(relation), order: input.store.orders[relation] as TupleOrder, shown: 0 };
    });
    const isLinear = input.rules.every((rule) => ownAtoms(rule, input.relations).length < 2);
    this.#batchRows = isLinear ? BATCH_ROWS : LARGE_BATCH_ROWS;
  }

  /** Errors: `LimitReached`. */
  run(): void {
    const { rules, relations } = this.#input;
    for (const rule of rules) if (ownAtoms(rule, relations).length === 0) rule.full()();
    if (rules.some(makesValues)) this.#byRounds();
    else this.#byBatches();
  }

  #byRounds(): void {
    for (let round = 0; ; round++) {
      const fresh = this.#members.map((member, at) => this.#show(member, at)).filter((batch) => batch.from < batch.to);
      if (fresh.length === 0) return;
      if (round >= this.#input.rounds) throw new LimitReached("rounds", this.#members[0]?.table.name ?? null);
      this.#replan();
      for (const batch of fresh) this.#join(batch);
    }
  }

  #byBatches(): void {
    const stack: Batch[] = [];
    for (const [at, member] of this.#members.entries()) {
      const { from, to } = this.#show(member, at);
      this.#push(stack, this.#inHandedOrder(at, from, to));
    }
    for (let batch = stack.pop(); batch !== undefined; batch = stack.pop()) {
      this.#replan();
      this.#join(batch);
      for (const [at, member] of this.#members.entries()) {
        if (member.shown < member.table.top) this.#push(stack, this.#show(member, at));
      }
    }
  }

  #join({ member, rows, from, to }: Batch): void {
    for (const { table } of this.#members) table.reserveMore(ROOM_ROWS);
    const sorted = new Map<number, Int32Array | null>();
    for (const { run, sharedColumn } of this.#steps[member] ?? []) {
      if (rows !== null || sharedColumn === null || to - from <= BATCH_ROWS) {
        run(rows, from, to, 1);
        continue;
      }
      if (!sorted.has(sharedColumn)) {
        sorted.set(sharedColumn, rowsByCell(this.#members[member]?.table.columns[sharedColumn] as Int32Array, from, to));
      }
      const order = sorted.get(sharedColumn) ?? null;
      if (order === null) run(null, from, to, 1);
      else run(order, 0, order.length, 1);
    }
  }

  #show(member: Member, at: number): Batch {
    const from = member.shown;
    const to = member.table.top;
    if (from < to) {
      member.table.showFrom(from);
      member.order.arriveAll(from, to);
      member.shown = to;
    }
    return { member: at, rows: null, from, to };
  }

  #replan(): void {
    let rows = 0;
    for (const { shown } of this.#members) rows += shown;
    if (rows < REPLAN_GROWTH * this.#planned) return;
    this.#planned = rows;
    const { rules, relations } = this.#input;
    const steps = this.#members.map((): JoinStep[] => []);
    for (const rule of rules) {
      for (const [literal, relation] of ownAtoms(rule, relations)) steps[relations.indexOf(relation)]?.push(rule.step(literal));
    }
    this.#steps = steps;
  }

  /** The rows in the order of the first column whose value some rule hands on to the relation's next tuples. */
  #inHandedOrder(member: number, from: number, to: number): Batch {
    const { rules, relations } = this.#input;
    const { table } = this.#members[member] as Member;
    const handed = rules.flatMap((rule) => (rule.rule.relation === relations[member] ? handedOn(rule) : []));
    const column = table.columns[Math.min(...handed)];
    const rows = column === undefined ? null : rowsByCell(column, from, to);
    return rows === null ? { member, rows, from, to } : { member, rows, from: 0, to: to - from };
  }

  /** Pushes batches so that the first of them is on top. */
  #push(stack: Batch[], { member, rows, from, to }: Batch): void {
    for (let end = to; end > from; ) {
      const start = Math.max(from, from + Math.floor((end - 1 - from) / this.#batchRows) * this.#batchRows);
      stack.push({ member, rows, from: start, to: end });
      end = start;
    }
  }
}

/** Columns of a rule's head that hold the same variable in an atom of the same relation. */
function handedOn({ rule, form }: CompiledRule): number[] {
  return form.head.flatMap((operand, column) => {
    const isSame = (literal: Literal): boolean => {
      const arg = literal.kind === "atom" && !literal.negated && literal.relation === rule.relation ? literal.args[column] : null;
      return operand.kind === "variable" && arg?.kind === "variable" && arg.id === operand.id;
    };
    return form.literals.some(isSame) ? [column] : [];
  });
}

/** Whether a rule may give values that no fact and no rule text holds, so that it might go on for ever. */
export function makesValues({ form }: CompiledRule): boolean {
  const isComputed = (operand: Operand): boolean => operand.kind === "operation";
  return (
    form.head.some(isComputed) ||
    form.literals.some(
      (literal) => literal.kind === "range" || literal.kind === "group" || (literal.kind === "define" && isComputed(literal.term)),
    )
  );
}
