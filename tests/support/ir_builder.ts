import type {
  IrAggregate,
  IrAtom,
  IrComparison,
  IrConstant,
  IrLiteral,
  IrOperation,
  IrOperator,
  IrProgram,
  IrRange,
  IrRule,
  IrTerm,
  IrTest,
  IrVariable,
  Law,
  Stratum,
} from "../../logic/language/ir.ts";
import type { Relation } from "../../schema/relation.ts";
import type { ValueType } from "../../schema/value.ts";

/** Builds programs of the intermediate form by hand, for tests that must not depend on the languages. */
export const SPAN = { file: "test.dl", offset: 0, length: 0, line: 1, column: 1 };

const variable =
  (type: ValueType) =>
  (name: string): IrVariable => ({ kind: "variable", name, type });
export const n = variable("number");
export const s = variable("symbol");
export const u = variable("unsigned");
export const f = variable("float");

export function num(value: number | bigint): IrConstant {
  return { kind: "constant", value: BigInt(value), type: "number" };
}
export function uns(value: number | bigint): IrConstant {
  return { kind: "constant", value: BigInt(value), type: "unsigned" };
}
export function sym(value: string): IrConstant {
  return { kind: "constant", value, type: "symbol" };
}
export function flt(value: number): IrConstant {
  return { kind: "constant", value, type: "float" };
}
export function op(operator: IrOperator, type: ValueType, ...args: IrTerm[]): IrOperation {
  return { kind: "operation", op: operator, args, type };
}
export function atom(relation: string, ...args: (IrTerm | null)[]): IrAtom {
  return { kind: "atom", relation, args, negated: false, span: SPAN };
}
export function not(relation: string, ...args: (IrTerm | null)[]): IrAtom {
  return { ...atom(relation, ...args), negated: true };
}
export function compare(left: IrTerm, operator: IrComparison["op"], right: IrTerm): IrComparison {
  return { kind: "compare", op: operator, left, right, span: SPAN };
}
export function test(name: IrTest["test"], left: IrTerm, right: IrTerm, negated = false): IrTest {
  return { kind: "test", test: name, left, right, negated, span: SPAN };
}
export function range(result: IrTerm, from: IrTerm, to: IrTerm, step: IrTerm | null = null, inclusive = false): IrRange {
  return { kind: "range", result, from, to, step, inclusive, span: SPAN };
}

/** `outer` names the variables given from outside; each element is its keys and its body. */
export function aggregate(
  result: IrTerm,
  operator: IrAggregate["op"],
  outer: readonly string[],
  ...elements: readonly { keys: readonly IrTerm[]; body: readonly IrLiteral[] }[]
): IrAggregate {
  const type = operator === "count" ? "number" : (elements[0]?.keys[0]?.type ?? "number");
  return { kind: "aggregate", op: operator, result, type, elements, outer, span: SPAN };
}

export function rule(relation: string, args: readonly IrTerm[], ...body: IrLiteral[]): Omit<IrRule, "id"> {
  return { head: { relation, args }, body, span: SPAN };
}

const TYPES: Readonly<Record<string, ValueType>> = { n: "number", s: "symbol", u: "unsigned", f: "float" };

/** `"ns"` is a number and a symbol; attributes are called a, b, c, …. */
export function relation(name: string, role: Relation["role"], types: string): Relation {
  const attributes = [...types].map((letter, position) => {
    const type = TYPES[letter] ?? "symbol";
    return { name: String.fromCharCode(97 + position), type, declared: type, fallback: null };
  });
  return { name, role, attributes, key: null, doc: "", span: SPAN };
}

export interface ProgramParts {
  readonly base?: Readonly<Record<string, string>>;
  readonly derived: Readonly<Record<string, string>>;
  readonly rules: readonly Omit<IrRule, "id">[];
  /** Relations that are laws; their ids are `t.<relation>`. */
  readonly laws?: readonly string[];
}

export function program(parts: ProgramParts): IrProgram {
  const relations = new Map<string, Relation>();
  for (const [name, types] of Object.entries(parts.base ?? {})) relations.set(name, relation(name, "base", types));
  for (const [name, types] of Object.entries(parts.derived)) relations.set(name, relation(name, "derived", types));
  const counts = new Map<string, number>();
  const rules = parts.rules.map((bare) => {
    const count = (counts.get(bare.head.relation) ?? 0) + 1;
    counts.set(bare.head.relation, count);
    return { ...bare, id: `${bare.head.relation}#${count}` };
  });
  const laws: Law[] = (parts.laws ?? []).map((name) => {
    return { id: `t.${name}`, severity: "error", message: "", relation: name, theory: "t", doc: "", span: SPAN };
  });
  return { relations, rules, laws, strata: strataOf(Object.keys(parts.derived), rules), outputs: [] };
}

function bodyRelations(body: readonly IrLiteral[]): string[] {
  return body.flatMap((literal) => {
    if (literal.kind === "atom") return [literal.relation];
    return literal.kind === "aggregate" ? literal.elements.flatMap((element) => bodyRelations(element.body)) : [];
  });
}

/** The derived relations by strata. Components by plain reachability: small programs only. */
export function strataOf(derived: readonly string[], rules: readonly IrRule[]): Stratum[] {
  const reaches = new Map(derived.map((name) => [name, new Set<string>()]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const { head, body } of rules) {
      const reached = reaches.get(head.relation) ?? new Set();
      const before = reached.size;
      for (const name of bodyRelations(body)) {
        if (!reaches.has(name)) continue;
        reached.add(name);
        for (const further of reaches.get(name) ?? []) reached.add(further);
      }
      changed ||= reached.size > before;
    }
  }
  const strata: Stratum[] = [];
  const placed = new Set<string>();
  const place = (name: string): void => {
    if (placed.has(name)) return;
    const members = derived.filter((other) => other === name || (reaches.get(name)?.has(other) && reaches.get(other)?.has(name)));
    for (const member of members) placed.add(member);
    for (const member of members) for (const needed of reaches.get(member) ?? []) if (!members.includes(needed)) place(needed);
    strata.push({ relations: members, recursive: reaches.get(name)?.has(name) === true });
  };
  derived.forEach(place);
  return strata;
}
