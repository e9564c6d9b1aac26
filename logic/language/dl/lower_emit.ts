import { unreachable } from "../../../schema/unreachable.ts";
import type { Value, ValueType } from "../../../schema/value.ts";
import type { Reading } from "../compatibility.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { IrAggregate, IrAtom, IrLiteral, IrOperation, IrRule, IrTerm } from "../ir.ts";
import { integerAs } from "../literal.ts";
import type { FlatAggregate, FlatAtom, FlatLiteral, FlatRule, FlatTerm } from "./flat.ts";
import { ownVariables } from "./lower_aggregates.ts";
import { describe, type TypeInference } from "./lower_infer.ts";

/**
 * Writes a flat rule in the intermediate form, with the types that `inference` found. Literals that do not fit their type are
 * `check.number_range`. The rule is meant for use only where the sink has no error; its id is given by `compile`.
 */
export function emitRule(rule: FlatRule, inference: TypeInference, reading: Reading, sink: DiagnosticSink): IrRule {
  const emitter = new Emitter(inference, reading, sink);
  const args = rule.head.args.map((arg) => (arg === null ? zero : emitter.term(arg)));
  const body = rule.body.map((literal) => emitter.literal(literal));
  return { id: rule.head.relation, head: { relation: rule.head.relation, args }, body, span: rule.span };
}

const zero: IrTerm = { kind: "constant", value: 0n, type: "number" };

const nil: IrTerm = { kind: "constant", value: "null", type: "symbol" };

/** A branch's name as an element. */
function element(name: string): IrTerm {
  return { kind: "constant", value: JSON.stringify(name), type: "symbol" };
}

class Emitter {
  readonly #inference: TypeInference;
  readonly #reading: Reading;
  readonly #sink: DiagnosticSink;

  constructor(inference: TypeInference, reading: Reading, sink: DiagnosticSink) {
    this.#inference = inference;
    this.#reading = reading;
    this.#sink = sink;
  }

  literal(literal: FlatLiteral): IrLiteral {
    switch (literal.kind) {
      case "atom":
        return this.#atom(literal);
      case "compare":
        return { ...literal, left: this.term(literal.left), right: this.term(literal.right) };
      case "test": {
        const lenient = this.#reading.bad_patterns_fail && literal.test === "match" ? { lenient: true as const } : {};
        return { ...literal, left: this.term(literal.left), right: this.term(literal.right), ...lenient };
      }
      case "range":
        return {
          ...literal,
          result: this.term(literal.result),
          from: this.term(literal.from),
          to: this.term(literal.to),
          step: literal.step === null ? null : this.term(literal.step),
          inclusive: false,
        };
      case "aggregate":
        return this.#aggregate(literal);
      default:
        return unreachable(literal);
    }
  }

  term(term: FlatTerm): IrTerm {
    const type = this.#inference.typeOf(term);
    switch (term.kind) {
      case "variable":
        return { kind: "variable", name: term.name, type };
      case "integer":
      case "unsigned":
        return { kind: "constant", value: this.#inRange(type === "symbol" ? null : integerAs(term.value, type), term, type), type };
      case "float":
        return { kind: "constant", value: this.#inRange(Number.isFinite(term.value) ? term.value : null, term, type), type };
      case "string":
        return { kind: "constant", value: term.value, type };
      case "apply":
        return this.#wrapped({
          kind: "operation",
          op: term.op === "+" && type === "symbol" ? "cat" : term.op,
          args: term.args.map((arg) => this.term(arg)),
          type,
        });
      case "nil":
        return nil;
      case "record": {
        const name: IrTerm[] = term.branch === null ? [] : [element(term.branch)];
        return { kind: "operation", op: "record", args: [...name, ...term.args.map((arg) => this.#quoted(arg))], type: "symbol" };
      }
      case "field": {
        const position = (term.field ?? -1) + (term.branch === null ? 0 : 1);
        const index: IrTerm = { kind: "constant", value: BigInt(position), type: "number" };
        const field: IrTerm = { kind: "operation", op: "field", args: [this.term(term.of), index], type: "symbol" };
        return this.#inference.isStructure(term) ? field : { kind: "operation", op: "unquote", args: [field], type };
      }
      case "cast":
        return this.term(term.of);
      default:
        return unreachable(term);
    }
  }

  /** An integer operation under the wrap of the reading; the amount of a shift counts modulo its bits. */
  #wrapped(operation: IrOperation): IrOperation {
    const wrap = this.#reading.wrap_bits;
    if (wrap === null || (operation.type !== "number" && operation.type !== "unsigned")) return operation;
    if (wrap === 64 || !operation.op.startsWith("bsh")) return { ...operation, wrap };
    const [value, amount] = operation.args;
    if (value === undefined || amount === undefined) return operation;
    const masked = (term: IrTerm, mask: bigint): IrTerm => {
      const { type } = operation;
      return { kind: "operation", op: "band", args: [term, { kind: "constant", value: mask, type }], type };
    };
    const pattern = operation.op === "bshru" ? masked(value, 0xffff_ffffn) : value;
    return { ...operation, args: [pattern, masked(amount, 31n)], wrap };
  }

  /** A term as an element of a structure: structures stand as they are. */
  #quoted(term: FlatTerm): IrTerm {
    const inner = this.term(term);
    if (this.#inference.isStructure(term)) return inner;
    return { kind: "operation", op: "quote", args: [inner], type: "symbol" };
  }

  #atom(atom: FlatAtom): IrAtom {
    return { ...atom, args: atom.args.map((arg) => (arg === null ? null : this.term(arg))) };
  }

  /** Keys: the target, then every local variable that is not the target itself, in order of appearance. */
  #aggregate(aggregate: FlatAggregate): IrAggregate {
    const { op, target, outer, span } = aggregate;
    const locals = new Map<string, FlatTerm>();
    for (const variable of ownVariables(aggregate)) if (!outer.includes(variable.name)) locals.set(variable.name, variable);
    if (target?.kind === "variable") locals.delete(target.name);
    const keys = [...(target === null ? [] : [target]), ...locals.values()].map((key) => this.term(key));
    const body = aggregate.body.map((literal) => this.literal(literal));
    const type = target === null ? "number" : this.#inference.typeOf(target);
    return { kind: "aggregate", op, result: this.term(aggregate.result), type, elements: [{ keys, body }], outer, span };
  }

  #inRange(value: Value | null, term: FlatTerm, type: ValueType): Value {
    if (value !== null) return value;
    const text = describe(term);
    this.#sink.error("check.number_range", { span: term.span, text }, `\`${text}\` is outside the range of \`${type}\``, null);
    return 0n;
  }
}
