import type { IrAggregate, IrAtom, IrLiteral, IrRule, IrTerm } from "../../logic/language/ir.ts";
import type { ValueType } from "../../schema/value.ts";
import type { Choices } from "./choices.ts";
import { aggregate, atom, compare, n, num, op, range, rule, sym, test } from "./ir_builder.ts";
import { rewrittenLiteral, rewrittenTerm } from "./rewrite_program.ts";
import { TYPE, type Vocabulary } from "./vocabulary.ts";

type Element = IrAggregate["elements"][number];
type Shapes = Readonly<Record<string, string>>;

/** Makes one safe rule: atoms first, then literals over what they bind. */
export class RuleMaker {
  readonly #choices: Choices;
  readonly #words: Vocabulary;
  readonly #positive: Shapes;
  readonly #lower: Shapes;
  readonly #depth: number;
  readonly #bound = new Map<string, IrTerm>();

  /** Positive atoms are over `positive`, negated ones and those of aggregates over `lower`; `depth` counts the aggregates around. */
  constructor(choices: Choices, words: Vocabulary, positive: Shapes, lower: Shapes, depth = 0) {
    this.#choices = choices;
    this.#words = words;
    this.#positive = positive;
    this.#lower = lower;
    this.#depth = depth;
  }

  rule(relation: string, types: string): Omit<IrRule, "id"> {
    const body: IrLiteral[] = [];
    const atoms = this.#choices.below(8) === 7 ? 0 : 1 + this.#choices.below(this.#words.most.atoms);
    for (let at = 0; at < atoms; at++) body.push(this.#atom(this.#words.focused ? this.#giving(types) : this.#positive));
    const extras = this.#choices.below(this.#words.most.extras + 1);
    for (let at = 0; at < extras; at++) body.push(this.#extra());
    const head = [...types].map((letter) => this.#term(TYPE[letter] ?? "symbol", this.#choices.below(5) === 4 ? 1 : 0));
    if (this.#choices.below(6) === 5) body.push(...this.#grouped());
    const order = this.#choices.below(3) === 2 ? body.toReversed() : body;
    return rule(relation, head, ...order);
  }

  /** Relations that have a column of a type which the head asks for and nothing gives yet; else all, derived ones more often. */
  #giving(types: string): Shapes {
    const wanted = [...types].filter((letter) => this.#boundOf(TYPE[letter] ?? "symbol").length === 0);
    const all = Object.entries(this.#positive);
    const giving = all.filter(([, shape]) => wanted.some((letter) => shape.includes(letter)));
    const derived = all.filter(([name]) => !(name in this.#words.base));
    if (giving.length > 0 && this.#choices.below(4) < 3) return Object.fromEntries(giving);
    if (derived.length > 0 && this.#choices.below(2) === 1) return Object.fromEntries(derived);
    const long = all.filter(([, shape]) => shape !== "");
    return this.#choices.below(6) === 5 ? this.#positive : Object.fromEntries(long);
  }

  #atom(relations: Shapes): IrAtom {
    const [name, types] = this.#choices.of(Object.entries(relations));
    const late: IrTerm[] = [];
    const calm = this.#words.focused && this.#choices.below(3) > 0;
    const args = [...types].map((letter) => {
      const type = TYPE[letter] ?? "symbol";
      const kind = calm ? this.#choices.below(14) % 13 : this.#choices.below(16);
      if (kind >= 14) return null;
      if (kind === 13) return this.#choices.of(this.#words.constants[type]);
      if (kind === 12 && this.#bound.size > 0) return this.#term(type, 1);
      const apart = this.#words.variables[type].filter((one) => !calm || !late.includes(one));
      const variable = this.#choices.of(apart.length > 0 ? apart : this.#words.variables[type]);
      late.push(variable);
      return variable;
    });
    for (const variable of late) if (variable.kind === "variable") this.#bound.set(variable.name, variable);
    return atom(name, ...args);
  }

  #boundOf(type: ValueType): IrTerm[] {
    return [...this.#bound.values()].filter((variable) => variable.type === type);
  }

  /** A term over bound variables. */
  #term(type: ValueType, depth: number): IrTerm {
    if (depth > 0) {
      const known = this.#words.operators[type];
      const useful = known.filter(([, operands]) => operands.some((operand) => this.#boundOf(operand).length > 0));
      if (this.#words.focused && useful.length === 0) return this.#term(type, 0);
      const [name, operands] = this.#choices.of(this.#words.focused ? useful : known);
      return op(name, type, ...operands.map((operand) => this.#term(operand, depth - 1 + (this.#choices.below(6) === 5 ? 1 : 0))));
    }
    const variables = this.#boundOf(type);
    const often = this.#words.focused ? 12 : 5;
    return variables.length > 0 && this.#choices.below(often) < often - 1
      ? this.#choices.of(variables)
      : this.#choices.of(this.#words.constants[type]);
  }

  #extra(): IrLiteral {
    const type = this.#choices.of(this.#useful(["number", "symbol", "float", "unsigned", "number"]));
    const comparisons = ["<", "<=", "!=", "=", ">", ">="] as const;
    const kind = this.#choices.below(this.#words.shared ? 5 : 7);
    const isIdle = this.#words.focused && kind > 4 && this.#boundOf("symbol").length === 0;
    switch (isIdle ? kind - 4 : kind) {
      case 0:
        return compare(this.#term(type, this.#choices.below(2)), this.#choices.of(comparisons), this.#term(type, 0));
      case 1: {
        const denied = this.#atomOverBound(this.#lower);
        return { ...denied, negated: true };
      }
      case 2: {
        const value = this.#term(type, this.#choices.below(3));
        return compare(this.#result(type), "=", value);
      }
      case 3:
        return this.#depth < 2 ? this.#aggregate() : compare(this.#term(type, 0), "!=", this.#term(type, 0));
      case 4: {
        const [from, to] = [this.#smallNumber(), this.#smallNumber()];
        if (this.#words.shared) return range(this.#result("number"), from, to);
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
    const inner = [...types].map((letter, at) => ({ kind: "variable", name: `k${at}`, type: TYPE[letter] ?? "symbol" }) as const);
    const grouped = inner.map((_, at) => (at + this.#choices.below(2)) % 2 === 0);
    const outer = inner.filter((_, at) => grouped[at]);
    const local = inner.filter((_, at) => !grouped[at]);
    for (const variable of outer) this.#bound.set(variable.name, variable);
    const asked = atom(name, ...inner.map((variable, at) => (grouped[at] ? variable : null)));
    const result = n("kc");
    this.#bound.set("kc", result);
    const names = outer.map((variable) => variable.name);
    const counted = aggregate(result, "count", names, { keys: local, body: [{ ...asked, args: inner }] });
    const asks = this.#words.focused ? ([">", ">=", "!=", ">="] as const) : ([">", ">=", "!=", "<"] as const);
    const bound = compare(result, this.#choices.of(asks), num(this.#choices.below(3)));
    return [asked, counted, bound];
  }

  /** Ranges stay small: their ends are taken modulo. */
  #smallNumber(): IrTerm {
    return this.#choices.below(2) === 0
      ? this.#choices.of([num(1), num(3), num(0), num(-2)])
      : op("%", "number", this.#term("number", 0), num(5));
  }

  #result(type: ValueType): IrTerm {
    const variable = this.#choices.of(this.#words.variables[type]);
    if (variable.kind === "variable") this.#bound.set(variable.name, variable);
    return variable;
  }

  #atomOverBound(relations: Shapes): IrAtom {
    const [name, types] = this.#choices.of(Object.entries(relations));
    const args = [...types].map((letter) =>
      this.#choices.below(4) === 3 ? null : this.#term(TYPE[letter] ?? "symbol", this.#choices.below(6) === 5 ? 1 : 0),
    );
    return atom(name, ...args);
  }

  /** Local variables have names of their own, but for those chosen as outer. */
  #aggregate(): IrLiteral {
    const outer = new Map<string, IrTerm>();
    const inner = new RuleMaker(this.#choices, this.#words, this.#lower, this.#lower, this.#depth + 1);
    const body: IrLiteral[] = [inner.#atom(this.#lower)];
    if (this.#choices.below(2) === 1) body.push(inner.#atom(this.#lower));
    for (const name of inner.#bound.keys()) {
      const mine = this.#bound.get(name);
      if (mine !== undefined) outer.set(name, mine);
    }
    if (this.#choices.below(3) === 2) body.push(...this.#tie(outer, inner));
    if (!this.#words.shared && this.#choices.below(6) === 5) body.push(inner.#extra());
    if (!this.#words.shared && this.#words.richAggregates && this.#depth === 0 && this.#choices.below(6) === 5)
      body.push(inner.#aggregate());
    const local = [...inner.#bound.values()].filter((variable) => variable.kind === "variable" && !outer.has(variable.name));
    const all = ["count", "sum", "min", "max", "mean"] as const;
    const operator = this.#choices.of(this.#words.shared ? all.slice(0, 4) : all);
    const type = this.#aggregated(operator, inner);
    const given = [...outer.values()].filter((variable) => variable.type === type);
    const target =
      given.length > 0 && this.#choices.below(6) === 5 ? this.#choices.of(given) : inner.#term(type, this.#choices.below(4) === 3 ? 1 : 0);
    const result = this.#result(operator === "count" ? "number" : operator === "mean" ? "float" : type);
    // A result that is also used inside would make the aggregate depend on itself.
    const clash = result.kind === "variable" && outer.has(result.name);
    const element = { keys: operator === "count" ? local : [target, ...local], body };
    const apart = this.#words.shared ? withOwnLocals(element, new Set(outer.keys())) : element;
    const more = this.#words.richAggregates && !this.#words.shared && this.#choices.below(8) === 7;
    const elements = more ? [apart, this.#furtherElement(operator, type, outer)] : [apart];
    return aggregate(clash ? freshResult(result) : result, operator, [...outer.keys()], ...elements);
  }

  /** One more element of an aggregate: the set of keys is that of all its elements. */
  #furtherElement(operator: IrAggregate["op"], type: ValueType, outer: ReadonlyMap<string, IrTerm>): Element {
    const inner = new RuleMaker(this.#choices, this.#words, this.#lower, this.#lower, this.#depth + 1);
    const body = [inner.#atom(this.#lower)];
    const local = [...inner.#bound.values()].filter((variable) => variable.kind === "variable" && !outer.has(variable.name));
    return { keys: operator === "count" ? local : [inner.#term(type, 0), ...local], body };
  }

  /** A comparison inside an aggregate with a variable from outside, which becomes one of `outer`. */
  #tie(outer: Map<string, IrTerm>, inner: RuleMaker): IrLiteral[] {
    const [mine, theirs] = [this.#boundOf("number"), inner.#boundOf("number")];
    if (mine.length === 0 || theirs.length === 0) return [];
    const given = this.#choices.of(mine);
    if (given.kind === "variable") outer.set(given.name, given);
    const side = this.#choices.below(3) === 2 ? op("+", "number", given, num(1)) : given;
    return [compare(this.#choices.of(theirs), this.#choices.of(["<", "!=", ">="]), side)];
  }

  #aggregated(operator: IrAggregate["op"], inner: RuleMaker): ValueType {
    const isExtreme = operator === "min" || operator === "max";
    if (!this.#words.richAggregates) return isExtreme ? this.#choices.of(["number", "symbol"] as const) : "number";
    const summed = ["number", "number", "float", "unsigned"] as const;
    return this.#choices.of(inner.#useful(isExtreme ? [...summed, "symbol"] : summed));
  }

  /** In focused programs the types that some variable has, else all of them. */
  #useful(types: readonly ValueType[]): readonly ValueType[] {
    if (!this.#words.focused) return types;
    const bound = types.filter((type) => this.#boundOf(type).length > 0);
    return bound.length > 0 ? bound : ["number"];
  }
}

/** An element whose local variables have names that no variable outside has. */
function withOwnLocals(element: Element, outer: ReadonlySet<string>): Element {
  const how = { name: (name: string) => (outer.has(name) ? name : `l_${name}`) };
  return { keys: element.keys.map((key) => rewrittenTerm(key, how)), body: element.body.map((literal) => rewrittenLiteral(literal, how)) };
}

function freshResult(term: IrTerm): IrTerm {
  return term.kind === "variable" ? { ...term, name: `${term.name}_` } : term;
}
