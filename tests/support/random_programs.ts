import type { IrAtom, IrLiteral, IrOperator, IrProgram, IrTerm } from "../../logic/language/ir.ts";
import type { Row, Value, ValueType } from "../../schema/value.ts";
import type { Facts } from "./duckdb_facts.ts";
import { aggregate, compare, f, flt, n, num, op, program, range, rule, s, sym, test, u, uns } from "./ir_builder.ts";

/** A stream of choices that ends in zeros, so that a shorter stream is a simpler program: fast-check shrinks the stream. */
export class Choices {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(bound: number): number {
    return (this.#numbers[this.#at++] ?? 0) % bound;
  }

  of<T>(options: readonly T[]): T {
    return options[this.below(options.length)] as T;
  }
}

const BASE: Readonly<Record<string, string>> = { e: "nn", q: "n", t: "ns", w: "nf", k: "nu" };
const SHAPES = ["n", "nn", "s", "ns", "", "nf", "u", "nnn"] as const;
const TYPE: Readonly<Record<string, ValueType>> = { n: "number", s: "symbol", f: "float", u: "unsigned" };
const CONSTANTS: Readonly<Record<ValueType, readonly IrTerm[]>> = {
  number: [num(1), num(0), num(2), num(-1), num(3), num(7), num(2n ** 62n)],
  symbol: [sym("a"), sym("b"), sym("ab"), sym(""), sym("é👍"), sym("12"), sym('it\'s "x"')],
  float: [flt(0.5), flt(0), flt(-1.5), flt(2), flt(1e300)],
  unsigned: [uns(1), uns(0), uns(2), uns(5)],
};
const OPERATORS: Readonly<Record<ValueType, readonly (readonly [IrOperator, readonly ValueType[]])[]>> = {
  number: [
    ...(["+", "-", "*", "/", "%", "min", "max", "band", "bor", "bxor", "land", "lor", "lxor", "^", "bshl", "bshr", "bshru"] as const).map(
      (name) => [name, ["number", "number"]] as const,
    ),
    ["neg", ["number"]],
    ["abs", ["number"]],
    ["bnot", ["number"]],
    ["lnot", ["number"]],
    ["strlen", ["symbol"]],
    ["ord", ["symbol"]],
    ["to_number", ["symbol"]],
    ["to_number", ["unsigned"]],
    ["to_number", ["float"]],
  ],
  symbol: [
    ["cat", ["symbol", "symbol"]],
    ["substr", ["symbol", "number", "number"]],
    ["to_string", ["number"]],
    ["min", ["symbol", "symbol"]],
    ["to_string", ["float"]],
  ],
  float: [
    ...(["+", "-", "*", "/", "min", "max"] as const).map((name) => [name, ["float", "float"]] as const),
    ["neg", ["float"]],
    ["to_float", ["number"]],
  ],
  unsigned: [
    ...(["+", "-", "*", "/", "%", "band", "bshl", "bshr"] as const).map((name) => [name, ["unsigned", "unsigned"]] as const),
    ["to_unsigned", ["number"]],
  ],
};
const POOL: Readonly<Record<ValueType, readonly IrTerm[]>> = {
  number: [n("x"), n("y"), n("z"), n("w")],
  symbol: [s("p"), s("r")],
  float: [f("g"), f("h")],
  unsigned: [u("v")],
};

export interface RandomCase {
  readonly program: IrProgram;
  readonly facts: Facts;
  /** Whether tables are to hold some rows twice, as files may. */
  readonly repeats: boolean;
}

const KEYS: Readonly<Record<string, readonly string[]>> = { e: ["a", "b"], t: ["a"], w: ["a"], k: ["b"] };

/** A safe, stratified program over five small base relations, with facts. Every derived relation is a law, in order. */
export function randomCase(choices: Choices): RandomCase {
  const derived: Record<string, string> = {};
  const count = 1 + choices.below(4);
  for (let at = 0; at < count; at++) derived[`d${at}`] = choices.of(SHAPES);
  const rules: ReturnType<typeof rule>[] = [];
  for (let at = 0; at < count; at++) {
    const lower = { ...BASE, ...Object.fromEntries(Object.entries(derived).slice(0, at)) };
    const recursion = choices.below(3);
    // Some recursions reach over the next relation, so that two depend on each other.
    const reach = recursion === 2 ? at + 2 : recursion === 1 ? at + 1 : at;
    const visible = { ...lower, ...Object.fromEntries(Object.entries(derived).slice(0, reach)) };
    const below = mutual(rules, at) ? Object.fromEntries(Object.entries(lower).filter(([name]) => name in BASE)) : lower;
    const total = 1 + choices.below(3);
    for (let nth = 0; nth < total; nth++)
      rules.push(new RuleMaker(choices, nth === 0 ? lower : visible, below).rule(`d${at}`, derived[`d${at}`] ?? ""));
  }
  const repeats = choices.below(3) === 2;
  const made = program({ base: BASE, derived, rules: stratified(rules), laws: Object.keys(derived) });
  const relations = new Map([...made.relations].map(([name, relation]) => [name, { ...relation, key: KEYS[name] ?? null }]));
  return { program: { ...made, relations }, facts: randomFacts(choices), repeats };
}

function mutual(rules: readonly ReturnType<typeof rule>[], at: number): boolean {
  return rules.some((made) => bodyAtoms(made.body).some((atom) => atom.relation === `d${at}`));
}

function bodyAtoms(body: readonly IrLiteral[]): IrAtom[] {
  return body.flatMap((literal) => (literal.kind === "atom" ? [literal] : []));
}

/** Drops rules that negate or aggregate a relation of their own recursion; the maker avoids most of them. */
function stratified(rules: readonly ReturnType<typeof rule>[]): ReturnType<typeof rule>[] {
  const latest = (name: string): number => (name.startsWith("d") ? Number(name.slice(1)) : -1);
  return rules.filter((made) => {
    const strict = made.body.flatMap((literal) => {
      if (literal.kind === "atom") return literal.negated ? [literal.relation] : [];
      return literal.kind === "aggregate"
        ? literal.elements.flatMap((element) => bodyAtoms(element.body).map((atom) => atom.relation))
        : [];
    });
    return strict.every((name) => latest(name) < 0 || !reaches(rules, name, made.head.relation));
  });
}

function reaches(rules: readonly ReturnType<typeof rule>[], from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const name of seen) {
    for (const made of rules) {
      if (made.head.relation !== name) continue;
      for (const literal of made.body) {
        if (literal.kind === "atom") seen.add(literal.relation);
        if (literal.kind === "aggregate")
          for (const element of literal.elements) for (const atom of bodyAtoms(element.body)) seen.add(atom.relation);
      }
    }
  }
  return seen.has(to);
}

function randomFacts(choices: Choices): Facts {
  const values: Readonly<Record<string, readonly Value[]>> = {
    n: [1n, 2n, 3n, 1n, 2n, 0n, 4n, -1n, 1n, 2n, 9223372036854775807n],
    s: ["a", "b", "ab", "é👍", "", "12"],
    f: [0.5, 0, -1.5, 2, 1e308],
    u: [1n, 0n, 2n, 18446744073709551615n],
  };
  const facts: Record<string, Row[]> = {};
  for (const [name, types] of Object.entries(BASE)) {
    const rows = Array.from({ length: 1 + choices.below(7) }, () => [...types].map((letter) => choices.of(values[letter] ?? [])));
    facts[name] = [...new Map(rows.map((row) => [row.map(String).join("|"), row])).values()];
  }
  return facts;
}

/** Makes one safe rule: atoms first, then literals over what they bind. */
class RuleMaker {
  readonly #choices: Choices;
  readonly #positive: Readonly<Record<string, string>>;
  readonly #lower: Readonly<Record<string, string>>;
  readonly #bound = new Map<string, IrTerm>();

  constructor(choices: Choices, positive: Readonly<Record<string, string>>, lower: Readonly<Record<string, string>>) {
    this.#choices = choices;
    this.#positive = positive;
    this.#lower = lower;
  }

  rule(relation: string, types: string): ReturnType<typeof rule> {
    const body: IrLiteral[] = [];
    const atoms = this.#choices.below(8) === 7 ? 0 : 1 + this.#choices.below(2);
    for (let at = 0; at < atoms; at++) body.push(this.#atom(this.#positive));
    const extras = this.#choices.below(4);
    for (let at = 0; at < extras; at++) body.push(this.#extra());
    const head = [...types].map((letter) => this.#term(TYPE[letter] ?? "symbol", this.#choices.below(5) === 4 ? 1 : 0));
    if (this.#choices.below(6) === 5) body.push(...this.#grouped());
    const order = this.#choices.below(3) === 2 ? body.toReversed() : body;
    return rule(relation, head, ...order);
  }

  #atom(relations: Readonly<Record<string, string>>): IrAtom {
    const [name, types] = this.#choices.of(Object.entries(relations));
    const late: IrTerm[] = [];
    const args = [...types].map((letter) => {
      const type = TYPE[letter] ?? "symbol";
      const kind = this.#choices.below(16);
      if (kind >= 14) return null;
      if (kind === 13) return this.#choices.of(CONSTANTS[type]);
      if (kind === 12 && this.#bound.size > 0) return this.#term(type, 1);
      const variable = this.#choices.of(POOL[type]);
      late.push(variable);
      return variable;
    });
    for (const variable of late) if (variable.kind === "variable") this.#bound.set(variable.name, variable);
    return { kind: "atom", relation: name, args, negated: false, span: { file: "", offset: 0, length: 0, line: 1, column: 1 } };
  }

  #boundOf(type: ValueType): IrTerm[] {
    return [...this.#bound.values()].filter((variable) => variable.type === type);
  }

  /** A term over bound variables. */
  #term(type: ValueType, depth: number): IrTerm {
    if (depth > 0) {
      const [name, operands] = this.#choices.of(OPERATORS[type]);
      return op(name, type, ...operands.map((operand) => this.#term(operand, depth - 1 + (this.#choices.below(6) === 5 ? 1 : 0))));
    }
    const variables = this.#boundOf(type);
    return variables.length > 0 && this.#choices.below(5) < 4 ? this.#choices.of(variables) : this.#choices.of(CONSTANTS[type]);
  }

  #extra(): IrLiteral {
    const type = this.#choices.of(["number", "symbol", "float", "unsigned", "number"] as const);
    const comparisons = ["<", "<=", "!=", "=", ">", ">="] as const;
    switch (this.#choices.below(7)) {
      case 0:
        return compare(this.#term(type, this.#choices.below(2)), this.#choices.of(comparisons), this.#term(type, 0));
      case 1: {
        const atom = this.#atomOverBound(this.#lower);
        return { ...atom, negated: true };
      }
      case 2: {
        const value = this.#term(type, this.#choices.below(3));
        return compare(this.#result(type), "=", value);
      }
      case 3:
        return this.#aggregate();
      case 4: {
        const [from, to] = [this.#smallNumber(), this.#smallNumber()];
        const step = this.#choices.below(3) === 2 ? num(this.#choices.below(5) - 2) : null;
        return range(this.#result("number"), from, to, step, step === null && this.#choices.below(2) === 1);
      }
      case 5:
        return test("contains", this.#term("symbol", 0), this.#term("symbol", this.#choices.below(2)), this.#choices.below(2) === 1);
      default:
        return test("match", sym(this.#choices.of(["a.*", "[ab]+", "[0-9]*"])), this.#term("symbol", 0), this.#choices.below(2) === 1);
    }
  }

  /** `r(x, _), c = count : { r(x, y) }, c > n`: how keys and quotas are written. */
  #grouped(): IrLiteral[] {
    const [name, types] = this.#choices.of(Object.entries(this.#lower).filter(([, shape]) => shape.length > 1));
    const span = { file: "", offset: 0, length: 0, line: 1, column: 1 };
    const inner = [...types].map((letter, at) => ({ kind: "variable", name: `k${at}`, type: TYPE[letter] ?? "symbol" }) as const);
    const grouped = inner.map((_, at) => (at + this.#choices.below(2)) % 2 === 0);
    const outer = inner.filter((_, at) => grouped[at]);
    const local = inner.filter((_, at) => !grouped[at]);
    for (const variable of outer) this.#bound.set(variable.name, variable);
    const asked: IrAtom = {
      kind: "atom",
      relation: name,
      args: inner.map((variable, at) => (grouped[at] ? variable : null)),
      negated: false,
      span,
    };
    const result = n("kc");
    this.#bound.set("kc", result);
    const counted = aggregate(
      result,
      "count",
      outer.map((variable) => variable.name),
      { keys: local, body: [{ ...asked, args: inner }] },
    );
    const bound = compare(result, this.#choices.of([">", ">=", "!=", "<"]), num(this.#choices.below(3)));
    return [asked, counted, bound];
  }

  /** Ranges stay small: their ends are taken modulo. */
  #smallNumber(): IrTerm {
    return this.#choices.below(2) === 0
      ? this.#choices.of([num(1), num(3), num(0), num(-2)])
      : op("%", "number", this.#term("number", 0), num(5));
  }

  #result(type: ValueType): IrTerm {
    const variable = this.#choices.of(POOL[type]);
    if (variable.kind === "variable") this.#bound.set(variable.name, variable);
    return variable;
  }

  #atomOverBound(relations: Readonly<Record<string, string>>): IrAtom {
    const [name, types] = this.#choices.of(Object.entries(relations));
    const args = [...types].map((letter) =>
      this.#choices.below(4) === 3 ? null : this.#term(TYPE[letter] ?? "symbol", this.#choices.below(6) === 5 ? 1 : 0),
    );
    return { kind: "atom", relation: name, args, negated: false, span: { file: "", offset: 0, length: 0, line: 1, column: 1 } };
  }

  /** Local variables have names of their own, but for those chosen as outer. */
  #aggregate(): IrLiteral {
    const outer = new Map<string, IrTerm>();
    const inner = new RuleMaker(this.#choices, this.#lower, this.#lower);
    const body: IrLiteral[] = [inner.#atom(this.#lower)];
    if (this.#choices.below(2) === 1) body.push(inner.#atom(this.#lower));
    for (const name of inner.#bound.keys()) {
      const mine = this.#bound.get(name);
      if (mine !== undefined) outer.set(name, mine);
    }
    if (this.#choices.below(3) === 2) {
      const [mine, theirs] = [this.#boundOf("number"), inner.#boundOf("number")];
      if (mine.length > 0 && theirs.length > 0) {
        const given = this.#choices.of(mine);
        if (given.kind === "variable") outer.set(given.name, given);
        body.push(
          compare(
            this.#choices.of(theirs),
            this.#choices.of(["<", "!=", ">="]),
            this.#choices.below(3) === 2 ? op("+", "number", given, num(1)) : given,
          ),
        );
      }
    }
    if (this.#choices.below(6) === 5) body.push(inner.#extra());
    const local = [...inner.#bound.values()].filter((variable) => variable.kind === "variable" && !outer.has(variable.name));
    const operator = this.#choices.of(["count", "sum", "min", "max", "mean"] as const);
    const type = operator === "min" || operator === "max" ? this.#choices.of(["number", "symbol"] as const) : "number";
    const given = [...outer.values()].filter((variable) => variable.type === type);
    const target =
      given.length > 0 && this.#choices.below(6) === 5 ? this.#choices.of(given) : inner.#term(type, this.#choices.below(4) === 3 ? 1 : 0);
    const result = this.#result(operator === "count" ? "number" : operator === "mean" ? "float" : type);
    // A result that is also used inside would make the aggregate depend on itself.
    const clash = result.kind === "variable" && outer.has(result.name);
    const keys = operator === "count" ? local : [target, ...local];
    return aggregate(clash ? freshResult(result) : result, operator, [...outer.keys()], { keys, body });
  }
}

function freshResult(term: IrTerm): IrTerm {
  return term.kind === "variable" ? { ...term, name: `${term.name}_` } : term;
}
