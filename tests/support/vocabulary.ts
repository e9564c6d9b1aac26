import type { IrOperator, IrTerm } from "../../logic/language/ir.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import { f, flt, n, num, s, sym, u, uns } from "./ir_builder.ts";

/** What random programs are made of. A shape is a text of one letter a column: `n`umber, `s`ymbol, `f`loat, `u`nsigned. */
export interface Vocabulary {
  readonly base: Readonly<Record<string, string>>;
  /** Keys of base relations, by name. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** Shapes of derived relations. */
  readonly shapes: readonly string[];
  readonly constants: Readonly<Record<ValueType, readonly IrTerm[]>>;
  /** Operators by the type of their result, each with the types of its operands. */
  readonly operators: Operators;
  readonly variables: Readonly<Record<ValueType, readonly IrTerm[]>>;
  /** Values of facts. */
  readonly values: Readonly<Record<ValueType, readonly Value[]>>;
  /** The most of each: derived relations, rules of one, atoms of a rule, literals beside them, facts of a relation. */
  readonly most: {
    readonly derived: number;
    readonly rules: number;
    readonly atoms: number;
    readonly extras: number;
    readonly facts: number;
  };
  /** Whether rules are made so that most of them derive something from few facts. */
  readonly focused: boolean;
  /** Whether aggregates take values of every type and nest. */
  readonly richAggregates: boolean;
  /** Whether rules keep to literals and aggregates that clingo and Soufflé have too. */
  readonly shared: boolean;
}

export const TYPE: Readonly<Record<string, ValueType>> = { n: "number", s: "symbol", f: "float", u: "unsigned" };

type Operators = Readonly<Record<ValueType, readonly (readonly [IrOperator, readonly ValueType[]])[]>>;

const OPERATORS: Operators = {
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

/** Operators that have a value for all operands, or nearly all. */
const CALM: Operators = {
  number: [
    ...(["+", "-", "min", "max", "band", "bor", "land", "bshr"] as const).map((name) => [name, ["number", "number"]] as const),
    ["strlen", ["symbol"]],
    ["bnot", ["number"]],
  ],
  symbol: [
    ["cat", ["symbol", "symbol"]],
    ["substr", ["symbol", "number", "number"]],
    ["to_string", ["number"]],
    ["max", ["symbol", "symbol"]],
  ],
  float: [...(["min", "max"] as const).map((name) => [name, ["float", "float"]] as const), ["neg", ["float"]], ["to_float", ["number"]]],
  unsigned: [
    ["band", ["unsigned", "unsigned"]],
    ["bshr", ["unsigned", "unsigned"]],
    ["max", ["unsigned", "unsigned"]],
  ],
};

function oftenCalm(type: ValueType): Operators[ValueType] {
  return [...CALM[type], ...CALM[type], ...CALM[type], ...OPERATORS[type]];
}

const VARIABLES: Vocabulary["variables"] = {
  number: [n("x"), n("y"), n("z"), n("w")],
  symbol: [s("p"), s("r")],
  float: [f("g"), f("h")],
  unsigned: [u("v")],
};

/** Few relations and values: every program is small enough for an evaluator that follows the definitions. */
export const NARROW: Vocabulary = {
  base: { e: "nn", q: "n", t: "ns", w: "nf", k: "nu" },
  keys: { e: ["a", "b"], t: ["a"], w: ["a"], k: ["b"] },
  shapes: ["n", "nn", "s", "ns", "", "nf", "u", "nnn"],
  constants: {
    number: [num(1), num(0), num(2), num(-1), num(3), num(7), num(2n ** 62n)],
    symbol: [sym("a"), sym("b"), sym("ab"), sym(""), sym("é👍"), sym("12"), sym('it\'s "x"')],
    float: [flt(0.5), flt(0), flt(-1.5), flt(2), flt(1e300)],
    unsigned: [uns(1), uns(0), uns(2), uns(5)],
  },
  operators: OPERATORS,
  variables: VARIABLES,
  values: {
    number: [1n, 2n, 3n, 1n, 2n, 0n, 4n, -1n, 1n, 2n, 9223372036854775807n],
    symbol: ["a", "b", "ab", "é👍", "", "12"],
    float: [0.5, 0, -1.5, 2, 1e308],
    unsigned: [1n, 0n, 2n, 18446744073709551615n],
  },
  most: { derived: 4, rules: 3, atoms: 2, extras: 3, facts: 7 },
  focused: false,
  richAggregates: false,
  shared: false,
};

/** Every shape of relation, values at the edges of their types and of small representations, aggregates of every type. */
export const WIDE: Vocabulary = {
  base: { e: "nn", q: "n", t: "ns", w: "nf", k: "nu", z: "", h: "ss", m: "nnn", a: "fu" },
  keys: { e: ["a", "b"], t: ["a"], w: ["a"], k: ["b"] },
  shapes: ["n", "nn", "nn", "s", "ns", "", "nf", "u", "nnn", "ss", "fu", "nn"],
  constants: {
    number: [num(1), num(0), num(2), num(-1), num(3), num(7), num(1), num(2), num(2n ** 30n), num(-(2n ** 63n)), num(2n ** 62n)],
    symbol: NARROW.constants.symbol,
    float: [flt(0.5), flt(0), flt(-1.5), flt(2), flt(0.1), flt(1e300)],
    unsigned: [uns(1), uns(0), uns(2), uns(5), uns(2n ** 63n), uns(2n ** 30n)],
  },
  operators: { number: oftenCalm("number"), symbol: oftenCalm("symbol"), float: oftenCalm("float"), unsigned: oftenCalm("unsigned") },
  variables: VARIABLES,
  values: {
    number: [
      ...Array.from({ length: 12 }, () => [1n, 2n, 3n, 1n, 2n, 0n, 4n]).flat(),
      -1n,
      ...[2n ** 63n - 1n, -(2n ** 63n), 2n ** 30n, 2n ** 30n - 1n, -(2n ** 30n), -(2n ** 30n) - 1n, 2n ** 53n + 1n],
    ],
    symbol: [...Array.from({ length: 6 }, () => ["a", "b", "ab"]).flat(), "é👍", "", "12", "\ue000", "9223372036854775808", "it's"],
    float: [...Array.from({ length: 3 }, () => [0.5, 0, -1.5, 2, 0.1, 0.2, 0.3]).flat(), 0.7, 1e16, -1e16, 1e308, -1e308, 5e-324, 2 ** 53],
    unsigned: [...Array.from({ length: 8 }, () => [1n, 0n, 2n]).flat(), 2n ** 64n - 1n, 2n ** 63n, 2n ** 30n, 2n ** 30n - 1n],
  },
  most: { derived: 6, rules: 4, atoms: 3, extras: 2, facts: 16 },
  focused: true,
  richAggregates: true,
  shared: false,
};

/** What clingo and Soufflé have too: small integers and ASCII symbols, operators that mean the same there. */
export const SHARED: Vocabulary = {
  ...WIDE,
  shared: true,
  base: { e: "nn", q: "n", t: "ns", z: "", h: "ss", m: "nnn" },
  keys: {},
  shapes: ["n", "nn", "nn", "s", "ns", "", "nnn", "ss"],
  constants: {
    ...WIDE.constants,
    number: [num(1), num(0), num(2), num(-1), num(3), num(7)],
    symbol: [sym("a"), sym("b"), sym("ab"), sym("12")],
  },
  operators: {
    ...CALM,
    number: [
      ...(["+", "-", "band", "bor", "bxor"] as const).map((name) => [name, ["number", "number"]] as const),
      ["neg", ["number"]],
      ["bnot", ["number"]],
    ],
    symbol: [],
  },
  values: { ...WIDE.values, number: [1n, 2n, 3n, 0n, 4n, -1n], symbol: ["a", "b", "ab", "12"] },
};
