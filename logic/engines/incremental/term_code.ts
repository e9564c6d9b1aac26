import { comparison } from "./operators/comparisons.ts";
import { LEAST_CELL } from "./operators/failure.ts";
import { operatorOf, testOf } from "./operators/operator_of.ts";
import type { Runtime } from "./operators/runtime.ts";
import { INLINE_END } from "./pools.ts";
import { type CompareLiteral, isFallibleOperation, type Operand, type RuleForm, type TestLiteral } from "./rule_form.ts";
import type { SourceWriter } from "./source_writer.ts";

/** An operand in generated source: a name or an integer. */
export interface TermSource {
  readonly text: string;
  /** Whether it may be a failure. */
  readonly fallible: boolean;
}

/** Writes terms, comparisons and tests over cells, and keeps account of what may have failed on the way to an instance. */
export class TermCode {
  readonly #writer: SourceWriter;
  readonly #form: RuleForm;
  readonly #runtime: Runtime;
  /** Names whose value is a failure where the instance failed. */
  readonly #failables: string[] = [];

  constructor(writer: SourceWriter, form: RuleForm, runtime: Runtime) {
    this.#writer = writer;
    this.#form = form;
    this.#runtime = runtime;
  }

  /** The operand as a name or integer; operations are computed into a constant. */
  operand(operand: Operand): TermSource {
    if (operand.kind === "constant") return { text: String(operand.cell), fallible: false };
    if (operand.kind === "variable") return { text: `v${operand.id}`, fallible: this.#form.variables[operand.id]?.fallible === true };
    const args = operand.args.map((argument) => this.operand(argument));
    const fallible = isFallibleOperation(operand.operation) || args.some((argument) => argument.fallible);
    const name = this.#writer.fresh("t");
    const call = [this.#writer.object(this.#runtime), ...args.map((argument) => argument.text)].join(", ");
    this.#writer.line(`const ${name} = ${this.#writer.object(operatorOf(operand.operation))}(${call});`);
    if (fallible) this.mayFail(name);
    return { text: name, fallible };
  }

  /** Notes that the instance failed where the value of `name` is a failure. */
  mayFail(name: string): void {
    if (!this.#failables.includes(name)) this.#failables.push(name);
  }

  /** Goes on only where the comparison is not false. */
  compare({ op, left, right }: CompareLiteral): void {
    const [a, b] = [this.operand(left), this.operand(right)];
    const type = left.type;
    if (a.fallible || b.fallible) {
      this.#judge(comparison(op, type), a, b, "!== 0");
    } else if (op === "=" || op === "!=") {
      this.#writer.open(`if (${a.text} ${op === "=" ? "===" : "!=="} ${b.text})`);
    } else {
      const call = `${this.#writer.object(comparison(op, type))}(${this.#writer.object(this.#runtime)}, ${a.text}, ${b.text}) === 1`;
      const fast = `${a.text} < ${INLINE_END} && ${b.text} < ${INLINE_END} ? ${a.text} ${op} ${b.text} : ${call}`;
      this.#writer.open(`if (${type === "number" ? fast : call})`);
    }
  }

  /** Goes on only where the test is not false. */
  test({ test, left, right, negated }: TestLiteral): void {
    this.#judge(testOf(test), this.operand(left), this.operand(right), negated ? "!== 1" : "!== 0");
  }

  /** The first failure of the instance, or null where nothing in it can fail. */
  failure(): string | null {
    if (this.#failables.length === 0) return null;
    return this.#failables.reduceRight((rest, name) => `(${name} < ${LEAST_CELL} ? ${name} : ${rest})`, "0");
  }

  #judge(judge: object, a: TermSource, b: TermSource, condition: string): void {
    const name = this.#writer.fresh("q");
    this.#writer.line(`const ${name} = ${this.#writer.object(judge)}(${this.#writer.object(this.#runtime)}, ${a.text}, ${b.text});`);
    this.mayFail(name);
    this.#writer.open(`if (${name} ${condition})`);
  }
}
