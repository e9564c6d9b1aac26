import { GroupCode } from "./group_code.ts";
import { LEAST_CELL } from "./operators/failure.ts";
import type { ScanStep } from "./plan.ts";
import { ProbeCode } from "./probe_code.ts";
import type { RuleCodeInput } from "./rule_code.ts";
import type { AtomLiteral, KeyOperand, Operand, SizeLiteral } from "./rule_form.ts";
import type { SourceWriter } from "./source_writer.ts";
import { type Table, VISIBLE } from "./table.ts";
import type { TermCode, TermSource } from "./term_code.ts";

export interface AtomCodeInput extends RuleCodeInput {
  readonly writer: SourceWriter;
  readonly terms: TermCode;
  /** Variables that have a name in the source; shared with the rule. */
  readonly named: Set<number>;
}

/** The name of the row that a delta rule is run for. */
const ROW = "row";

/**
 * Writes the reading of atoms. Where the rule is run for a tuple that comes or goes, atoms of the same relation before the
 * entry are read without that tuple and those after it with it, so that each instance is met once.
 */
export class AtomCode {
  readonly probes: ProbeCode;
  readonly #input: AtomCodeInput;
  readonly #writer: SourceWriter;
  readonly #groups: GroupCode;

  constructor(input: AtomCodeInput) {
    this.#input = input;
    this.#writer = input.writer;
    this.probes = new ProbeCode(input.writer);
    this.#groups = new GroupCode(input.writer, this.probes);
  }

  /** Spends fuel, once a turn of a loop. */
  burn(): void {
    this.#writer.line(`if (--fuel < 0) fuel = ${this.#writer.object(this.#input.context.meter)}.tick();`);
  }

  /** The loop over the tuples that come or go at an atom, with its variables bound. */
  enter(literal: AtomLiteral): void {
    const table = this.#input.context.table(literal.relation);
    this.#writer.open("for (let at = from; at < to; at++)");
    this.#writer.line(`const ${ROW} = rows === null ? at : rows[at];`);
    if (!this.#isRecursive(literal.relation)) this.#onlyTransition(literal, table);
    this.bindColumns(table, [...literal.args.entries()], ROW);
  }

  /** The loop over runs of tuples that share the cells of these columns, which are bound; `enterRest` is the loop over one run. */
  enterRuns(literal: AtomLiteral, shared: readonly number[]): void {
    const table = this.#input.context.table(literal.relation);
    this.#writer.open("for (let at = from; at < to; )");
    this.#writer.line(`const first = at++, leader = rows === null ? first : rows[first];`);
    this.#writer.line(`let other = rows === null ? at : rows[at];`);
    const same = shared.map((column) => this.probes.column(table, column)).map((cells) => `${cells}[other] === ${cells}[leader]`);
    this.#writer.line(`while (${["at < to", ...same].join(" && ")}) { at++; other = rows === null ? at : rows[at]; }`);
    this.#writer.line(`const end = at;`);
    const args = [...literal.args.entries()].filter(([column]) => shared.includes(column));
    this.bindColumns(table, args, "leader");
  }

  enterRest(literal: AtomLiteral, shared: readonly number[]): void {
    this.#writer.open("for (let one = first; one < end; one++)");
    this.burn();
    this.#writer.line(`const ${ROW} = rows === null ? one : rows[one];`);
    const args = [...literal.args.entries()].filter(([column]) => !shared.includes(column));
    this.bindColumns(this.#input.context.table(literal.relation), args, ROW);
  }

  /** Binds and compares the columns of a row; columns without an argument are skipped. */
  bindColumns(table: Table, args: readonly (readonly [column: number, arg: KeyOperand | null])[], row: string): void {
    for (const [column, arg] of args) {
      if (arg === null) continue;
      const cell = `${this.probes.column(table, column)}[${row}]`;
      if (arg.kind === "constant") this.#writer.open(`if (${cell} === ${arg.cell})`);
      else if (this.#input.named.has(arg.id)) this.#writer.open(`if (${cell} === v${arg.id})`);
      else {
        this.#input.named.add(arg.id);
        this.#writer.line(`const v${arg.id} = ${cell};`);
      }
    }
  }

  /** Goes on only where the atom, all of whose columns have a value, is not false. */
  exists(literal: AtomLiteral, position: number): void {
    if (this.#isRanked && this.#isRecursive(literal.relation)) {
      const keys = literal.args.flatMap((operand, column) => (operand === null ? [] : [{ column, operand }]));
      this.scan({ kind: "scan", literal, position, keys });
      return;
    }
    const columns = readColumns(literal);
    const keys = columns.map((column) => this.#input.terms.operand(literal.args[column] as KeyOperand));
    const holds = this.#holds(literal, columns, keys, this.#excludes(literal, position));
    const failed = keys.filter((key) => key.fallible).map((key) => `${key.text} < ${LEAST_CELL}`);
    this.#writer.open(`if (${[...failed, literal.negated ? `!(${holds})` : holds].join(" || ")})`);
  }

  /** The loop over the rows that an atom matches, with its variables bound. */
  scan(step: ScanStep): void {
    const { literal, position } = step;
    const table = this.#input.context.table(literal.relation);
    const keys = step.keys.map(({ column, operand }) => ({ column, operand, source: this.#input.terms.operand(operand) }));
    const row = this.#writer.fresh("r");
    const failed = this.#anyFailed(keys.map((key) => key.source));
    this.#loop(table, literal, row, keys, failed);
    this.burn();
    if (failed !== null) this.#recheck(table, row, keys);
    else this.#compareRest(literal, table, row, keys);
    const isExact = (column: number): boolean => keys.some((key) => key.column === column && key.operand === literal.args[column]);
    this.bindColumns(
      table,
      [...literal.args.entries()].filter(([column]) => !isExact(column)),
      row,
    );
    this.#restrict(table, literal, row, this.#excludes(literal, position));
  }

  /** An expression for the count of rows with these keys. */
  size(literal: SizeLiteral, keys: readonly TermSource[]): string {
    const { context } = this.#input;
    const table = context.table(literal.relation);
    const position = this.#input.form.literals.indexOf(literal);
    const excludes = this.#excludes(literal, position);
    const cells = literal.columns.map((column) => `${this.probes.column(table, column)}[${ROW}]`);
    const same = cells.map((cell, at) => `${cell} === ${keys[at]?.text}`).join(" && ") || "true";
    const minus = excludes ? ` - (${same} ? 1 : 0)` : "";
    if (literal.columns.length === 0) return `(${this.#writer.object(table)}.visible${minus})`;
    const names = keys.map((key) => key.text);
    if (literal.columns.length === table.types.length) return `((${this.probes.row(table, names)} >= 0 ? 1 : 0)${minus})`;
    const index = context.exactIndex(literal.relation, literal.columns);
    return `(${this.#writer.object(index)}.sizeOf(${this.probes.head(index, names)})${minus})`;
  }

  /** Whether only tuples of the recursion count that came before a given one. */
  get #isRanked(): boolean {
    return this.#input.plan.entry.kind === "head";
  }

  #isRecursive(relation: number): boolean {
    return this.#input.context.ranks(relation) !== null;
  }

  /** Whether an atom is to be read without the tuple that the rule is run for. */
  #excludes(literal: AtomLiteral | SizeLiteral, position: number): boolean {
    const { entry } = this.#input.plan;
    if ((entry.kind !== "atom" && entry.kind !== "size") || position >= entry.literal) return false;
    const given = this.#input.form.literals[entry.literal];
    return (
      (given?.kind === "atom" || given?.kind === "size") && given.relation === literal.relation && !this.#isRecursive(literal.relation)
    );
  }

  /** A projection changes only with the first and the last of the tuples that share it. */
  #onlyTransition(literal: AtomLiteral, table: Table): void {
    const columns = readColumns(literal);
    if (columns.length === table.types.length) return;
    if (columns.length === 0) {
      this.#writer.open(`if (${this.#writer.object(table)}.visible === 1)`);
      return;
    }
    const index = this.#input.context.index(literal.relation, columns);
    this.#writer.open(`if (${this.#groups.isAlone(index, columns, ROW)})`);
  }

  #holds({ relation }: AtomLiteral, columns: readonly number[], keys: readonly TermSource[], excludes: boolean): string {
    const table = this.#input.context.table(relation);
    if (columns.length === 0) return `${this.#writer.object(table)}.visible > ${excludes ? 1 : 0}`;
    const names = keys.map((key) => key.text);
    if (columns.length === table.types.length) {
      const row = this.probes.row(table, names);
      return excludes ? `(${row} >= 0 && ${row} !== ${ROW})` : `${row} >= 0`;
    }
    return this.#groups.holds(this.#input.context.index(relation, columns), columns, names, excludes ? ROW : null);
  }

  #anyFailed(keys: readonly TermSource[]): string | null {
    const fallible = keys.filter((key) => key.fallible);
    if (fallible.length === 0) return null;
    const name = this.#writer.fresh("b");
    this.#writer.line(`const ${name} = ${fallible.map((key) => `${key.text} < ${LEAST_CELL}`).join(" || ")};`);
    return name;
  }

  #loop(table: Table, literal: AtomLiteral, row: string, keys: readonly ScanKey[], failed: string | null): void {
    const name = this.#writer.object(table);
    if (keys.length === 0) {
      const top = this.#writer.hoist(`${name}.top`, "o");
      this.#writer.open(`for (let ${row} = 0; ${row} < ${top}; ${row}++)`);
      this.#writer.open(`if ((${this.probes.states(table)}[${row}] & ${VISIBLE}) !== 0)`);
      return;
    }
    const names = keys.map((key) => key.source.text);
    let first: string;
    let next = "-1";
    if (keys.length === table.types.length) {
      first = this.probes.row(table, names);
    } else {
      const index = this.#input.context.index(
        literal.relation,
        keys.map((key) => key.column),
      );
      first = this.probes.head(
        index,
        index.columns.map((column) => names[keys.findIndex((key) => key.column === column)] as string),
      );
      const chain = this.probes.chain(index);
      next = `${chain.chained} ? ${chain.next}[${row}] : -1`;
    }
    if (failed !== null) {
      first = `${failed} ? ${name}.nextVisible(-1) : ${first}`;
      next = `${failed} ? ${name}.nextVisible(${row}) : ${next}`;
    }
    this.#writer.open(`for (let ${row} = ${first}; ${row} >= 0; ${row} = ${next})`);
  }

  /** Where a key may not be computed, all rows may be read: those count that agree with the keys that could be. */
  #recheck(table: Table, row: string, keys: readonly ScanKey[]): void {
    const agreeing = keys.map((key) => {
      const same = `${this.probes.column(table, key.column)}[${row}] === ${key.source.text}`;
      return key.source.fallible ? `(${key.source.text} < ${LEAST_CELL} || ${same})` : same;
    });
    this.#writer.open(`if (${agreeing.join(" && ")})`);
  }

  /** The index may be on fewer columns than are known. */
  #compareRest({ relation }: AtomLiteral, table: Table, row: string, keys: readonly ScanKey[]): void {
    if (keys.length === 0 || keys.length === table.types.length) return;
    const index = this.#input.context.index(
      relation,
      keys.map((key) => key.column),
    );
    for (const { column, source } of keys) {
      if (!index.columns.includes(column)) this.#writer.open(`if (${this.probes.column(table, column)}[${row}] === ${source.text})`);
    }
  }

  #restrict(table: Table, literal: AtomLiteral, row: string, excludes: boolean): void {
    if (excludes) this.#writer.open(`if (${row} !== ${ROW})`);
    const order = this.#input.context.ranks(literal.relation);
    if (order !== null) {
      if (!this.#isRanked) return;
      const ranks = this.#writer.hoist(`${this.#writer.object(order)}.ranks`, "o");
      this.#writer.open(`if (${ranks}[${row}] < limit)`);
      return;
    }
    const columns = readColumns(literal);
    if (columns.length === table.types.length) return;
    // One row stands for all that agree in the columns that are read: the head of their group.
    const index = this.#input.context.index(literal.relation, columns);
    this.#writer.open(`if (${this.#groups.isFirst(index, columns, row, excludes ? ROW : null)})`);
  }
}

interface ScanKey {
  readonly column: number;
  readonly operand: Operand;
  readonly source: TermSource;
}

function readColumns(literal: AtomLiteral): number[] {
  return literal.args.flatMap((arg, column) => (arg === null ? [] : [column]));
}
