import type { ValueType } from "../../../schema/value.ts";
import { AtomCode } from "./atom_code.ts";
import type { EntryRuns } from "./entry_runs.ts";
import { NO_VALUE } from "./group_fold.ts";
import { compileSource, STEP, slotSource } from "./key_code.ts";
import type { KeyIndex } from "./key_index.ts";
import { LEAST_CELL } from "./operators/failure.ts";
import { rangeOperator } from "./operators/ranges.ts";
import type { Runtime } from "./operators/runtime.ts";
import { bindsFromHead, type Plan, type Step } from "./plan.ts";
import type { AtomLiteral, GroupLiteral, Literal, Operand, RangeLiteral, RuleForm, SizeLiteral } from "./rule_form.ts";
import { SourceWriter } from "./source_writer.ts";
import type { Table } from "./table.ts";
import { TermCode } from "./term_code.ts";

/** Counts the steps of generated loops, which call `tick` where the fuel is used up. */
export interface Meter {
  fuel: number;
  /** Gives the fuel to go on with. */
  tick(): number;
}

/** The groups of an aggregate: a row of `table` and an entry of `values` each, or computed where they are asked for. */
export interface GroupReader {
  readonly table: Table;
  readonly node: { readonly inline: boolean };
  /** A cell, a failure or `NO_VALUE`. */
  readonly values: Int32Array;
  /** The value of a group that is not there. */
  readonly empty: number;
  value(...outer: readonly number[]): number;
}

/** What generated code reads. */
export interface CodeContext {
  readonly runtime: Runtime;
  readonly meter: Meter;
  table(relation: number): Table;
  /** An index on these columns, or on fewer that nearly identify a row. */
  index(relation: number, columns: readonly number[]): KeyIndex;
  exactIndex(relation: number, columns: readonly number[]): KeyIndex;
  group(group: number): GroupReader;
  /** The order in which tuples of a relation of the rule's own recursion came; null for all other relations. */
  ranks(relation: number): { readonly ranks: Int32Array } | null;
}

/**
 * What becomes of an instance: `emit(...head, sign)`, or where it failed `fail(failure, sign)`; with `outer` not 0 the first
 * columns of the head go before the failure.
 */
export interface Sink {
  readonly emit: object;
  readonly fail: object;
  readonly outer: number;
  /** The table that `emit` does nothing but hold tuples in; the search is then written out. */
  readonly holds?: Table;
}

export interface RuleCodeInput {
  readonly form: RuleForm;
  readonly plan: Plan;
  readonly sink: Sink;
  readonly context: CodeContext;
  /** Of the entry `head`: the table of the row; atoms of the recursion count only where they came before `limit`. */
  readonly head: Table | null;
  /** Of the entry `atom`, all of whose tuples can be seen: what tuples that follow one another share, which is found once for them. */
  readonly runs?: EntryRuns | null;
}

/**
 * Compiles a plan into a function. Its parameters, by entry: full `()`; atom `(rows, from, to, sign)`, rows null where the row
 * numbers themselves are meant; group and size `(row, value, sign)`; head `(row, limit)`, which gives 1 where there is an
 * instance; outer `(...cells)`.
 */
export function compileRule<T>(input: RuleCodeInput): T {
  const code = new RuleCode(input);
  return compileSource<T>(code.source(), code.writer.environment);
}

/** The source and the environment of a compiled plan, for tests. */
export function ruleSource(input: RuleCodeInput): { source: string; environment: Readonly<Record<string, unknown>> } {
  const code = new RuleCode(input);
  return { source: code.source(), environment: code.writer.environment };
}

class RuleCode {
  readonly writer = new SourceWriter();
  readonly #input: RuleCodeInput;
  readonly #terms: TermCode;
  readonly #atoms: AtomCode;
  /** Variables that have a name in the source. */
  readonly #named = new Set<number>();

  constructor(input: RuleCodeInput) {
    this.#input = input;
    this.#terms = new TermCode(this.writer, input.form, input.context.runtime);
    this.#atoms = new AtomCode({ ...input, writer: this.writer, terms: this.#terms, named: this.#named });
  }

  source(): string {
    const { entry } = this.#input.plan;
    if (!this.#stepsByRuns()) {
      this.#enter();
      for (const step of this.#input.plan.steps) this.#step(step);
    }
    const meter = this.writer.object(this.#input.context.meter);
    const stop = `${meter}.fuel = fuel;`;
    if (entry.kind === "head") this.writer.line(`${stop} return 1;`);
    else this.#emit();
    const keys = this.#input.form.head.map((_, column) => `k${column}`);
    switch (entry.kind) {
      case "full":
        return this.writer.finish("", meter, stop);
      case "atom":
        return this.writer.finish("rows, from, to, sign", meter, stop);
      case "group":
      case "size":
        return this.writer.finish("row, value, sign", meter, stop);
      case "head":
        return this.writer.finish("row, limit", meter, `${stop} return 0;`);
      case "outer":
        return this.writer.finish(keys.slice(0, entry.count).join(", "), meter, stop);
    }
  }

  /** Writes entry and steps run by run, where that is asked for and of use. */
  #stepsByRuns(): boolean {
    const { form, plan, runs = null } = this.#input;
    if (runs === null || plan.entry.kind !== "atom") return false;
    const literal = form.literals[plan.entry.literal] as AtomLiteral;
    this.#atoms.enterRuns(literal, runs.columns);
    for (const step of plan.steps.slice(0, runs.steps)) this.#step(step);
    this.#atoms.enterRest(literal, runs.columns);
    for (const step of plan.steps.slice(runs.steps)) this.#step(step);
    return true;
  }

  #enter(): void {
    const { form, plan, context } = this.#input;
    const { entry } = plan;
    if (entry.kind === "full") return;
    if (entry.kind === "head" || entry.kind === "outer") {
      for (const [column, operand] of form.head.entries()) {
        const binds = entry.kind === "head" ? bindsFromHead(form, column) : column < entry.count;
        if (binds) this.#name(operand, entry.kind === "head" ? this.#headCell(column) : `k${column}`);
      }
      return;
    }
    const literal = form.literals[entry.literal] as Literal;
    if (literal.kind === "atom") {
      this.#atoms.enter(literal);
      return;
    }
    if (literal.kind === "group") {
      const { table } = context.group(literal.group);
      for (const [position, operand] of literal.key.entries()) this.#name(operand, `${this.#atoms.probes.column(table, position)}[row]`);
    } else if (literal.kind === "size") {
      this.#atoms.bindColumns(
        context.table(literal.relation),
        literal.columns.map((column, at) => [column, literal.key[at] ?? null]),
        "row",
      );
    } else throw new Error("an entry that gives nothing");
    this.#name({ kind: "variable", id: literal.variable, type: "number" }, "value");
    if (form.variables[literal.variable]?.fallible === true) this.#terms.mayFail(`v${literal.variable}`);
  }

  #headCell(column: number): string {
    return `${this.#atoms.probes.column(this.#input.head as Table, column)}[row]`;
  }

  /** Gives a variable its value, or compares where it has one: a failure equals nothing. */
  #name(operand: Operand, value: string): void {
    if (operand.kind !== "variable") throw new Error("only variables have names");
    if (this.#named.has(operand.id)) {
      this.writer.open(`if (v${operand.id} === (${value}))`);
      return;
    }
    this.#named.add(operand.id);
    this.writer.line(`const v${operand.id} = ${value};`);
  }

  #step(step: Step): void {
    switch (step.kind) {
      case "exists":
        this.#atoms.exists(step.literal, step.position);
        return;
      case "scan":
        this.#atoms.scan(step);
        return;
      case "headCheck": {
        const value = this.#terms.operand(this.#input.form.head[step.column] as Operand);
        this.writer.open(`if (${value.text} === ${this.#headCell(step.column)})`);
        return;
      }
      case "judge":
        this.#judge(step.literal);
    }
  }

  #judge(literal: Exclude<Literal, { kind: "atom" }>): void {
    switch (literal.kind) {
      case "compare":
        this.#terms.compare(literal);
        return;
      case "test":
        this.#terms.test(literal);
        return;
      case "define":
        this.#define(literal.variable, literal.term.type, this.#terms.operand(literal.term).text);
        return;
      case "range":
        this.#range(literal);
        return;
      case "group":
        this.#group(literal);
        return;
      case "size":
        this.#size(literal);
    }
  }

  #define(id: number, type: ValueType, value: string): void {
    const isNew = !this.#named.has(id);
    this.#name({ kind: "variable", id, type }, value);
    if (isNew && this.#input.form.variables[id]?.fallible === true) this.#terms.mayFail(`v${id}`);
  }

  #range({ variable, from, to, step, type, inclusive }: RangeLiteral): void {
    const operator = this.writer.object(rangeOperator(type, inclusive));
    const runtime = this.writer.object(this.#input.context.runtime);
    const operands = [from, to, ...(step === null ? [] : [step])].map((operand) => this.#terms.operand(operand).text);
    const call = [runtime, ...operands, ...(step === null ? ["null"] : [])].join(", ");
    const [count, at] = [this.writer.fresh("w"), this.writer.fresh("x")];
    this.writer.line(`const ${count} = ${operator}.count(${call});`);
    // A range that fails has one value, its failure.
    this.writer.open(`for (let ${at} = 0; ${at} < (${count} < ${LEAST_CELL} ? 1 : ${count}); ${at}++)`);
    this.#atoms.burn();
    this.#define(variable, type, `${count} < ${LEAST_CELL} ? ${count} : ${operator}.at(${call}, ${at})`);
  }

  #group({ group, key, variable }: GroupLiteral): void {
    const reader = this.#input.context.group(group);
    const name = this.writer.fresh("g");
    const keys = key.map((operand) => this.#terms.operand(operand));
    const cells = keys.map((item) => item.text);
    const object = this.writer.object(reader);
    let value = `${object}.value(${cells.join(", ")})`;
    if (!reader.node.inline) {
      const row = this.#atoms.probes.held(reader.table, cells);
      value = `(${row} < 0 ? ${object}.empty : ${this.writer.hoist(`${object}.values`, "y")}[${row}])`;
    }
    this.writer.line(`const ${name} = ${this.#unlessFailed(keys, value)};`);
    this.writer.open(`if (${name} !== ${NO_VALUE})`);
    this.#define(variable, "number", name);
  }

  #size(literal: SizeLiteral): void {
    const keys = literal.key.map((operand) => this.#terms.operand(operand));
    const size = this.#atoms.size(literal, keys);
    this.#define(literal.variable, "number", this.#unlessFailed(keys, size));
  }

  #unlessFailed(keys: readonly { text: string; fallible: boolean }[], value: string): string {
    return keys.filter((key) => key.fallible).reduce((rest, { text }) => `(${text} < ${LEAST_CELL} ? ${text} : ${rest})`, value);
  }

  #emit(): void {
    const { form, sink, plan } = this.#input;
    const head = form.head.map((operand) => this.#terms.operand(operand).text);
    const { entry } = plan;
    const given = entry.kind === "atom" ? form.literals[entry.literal] : undefined;
    const signed = given?.kind === "atom" && given.negated ? "-sign" : "sign";
    const sign = entry.kind === "full" || entry.kind === "outer" ? "1" : signed;
    const emit =
      sink.holds === undefined
        ? `${this.writer.object(sink.emit)}(${[...head, sign].join(", ")});`
        : holdSource(this.writer, sink.holds, head);
    const failure = this.#terms.failure();
    if (failure === null) {
      this.writer.line(emit);
      return;
    }
    const name = this.writer.fresh("j");
    this.writer.line(`const ${name} = ${failure};`);
    const fail = [...head.slice(0, sink.outer), name, sign].join(", ");
    this.writer.line(`if (${name} < ${LEAST_CELL}) ${this.writer.object(sink.fail)}(${fail}); else { ${emit} }`);
  }
}

/**
 * Looks for a tuple, and holds it where it is new. The arrays are read once, so that the loops around need not look after them;
 * should one be replaced meanwhile, what is not found in the old one is looked for again.
 */
function holdSource(writer: SourceWriter, table: Table, head: readonly string[]): string {
  const name = writer.object(table);
  const slots = writer.hoist(`${name}.slots`, "s");
  const mask = writer.hoist(`${name}.mask`, "m");
  const shift = writer.hoist(`${name}.shift`, "z");
  const columns = head.map((_, at) => writer.hoist(`${name}.columns[${at}]`, "c"));
  const keys = head.map((_, at) => `K${at}`);
  const same = columns.map((column, at) => `${column}[f - 1] === K${at}`).join(" && ") || "true";
  return `${head.map((value, at) => `const K${at} = ${value};`).join(" ")}
    let s = ${slotSource(keys, shift)}; let f = ${slots}[s];
    while (f !== 0 && !(${same})) { s = (s + ${STEP}) & ${mask}; f = ${slots}[s]; }
    if (f === 0) {
      if (${name}.slots === ${slots}) ${writer.object(table.code.place)}(${[name, "s", ...keys].join(", ")});
      else ${writer.object(table.code.obtain)}(${[name, ...keys].join(", ")});
    }`;
}
