import { literalVariables, variablesOf } from "../../logic/engines/duckdb/existential.ts";
import type { IrLiteral, IrProgram, IrTerm } from "../../logic/language/ir.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import type { Facts } from "./duckdb_facts.ts";

/** A part of a program that Soufflé has no word for, or means differently on purpose. */
export class NotInSouffle extends Error {}

const INFIX = new Set(["+", "-", "*", "/", "%", "band", "bor", "bxor", "bshl", "bshr", "bshru", "land", "lor", "lxor"]);
const PREFIX: Readonly<Record<string, string>> = { neg: "-", bnot: "bnot ", lnot: "lnot " };
const CALLS = new Set(["min", "max", "cat", "strlen", "substr", "to_number", "to_unsigned", "to_float", "to_string"]);

/** A program of the intermediate form, with its facts, as a Soufflé program. Errors: `NotInSouffle`. */
export function souffleText(program: IrProgram, facts: Facts): string {
  const lines: string[] = [];
  for (const relation of program.relations.values()) {
    lines.push(`.decl ${relation.name}(${relation.attributes.map(({ name, type }) => `${name}:${type}`).join(", ")})`);
    if (relation.role === "derived") lines.push(`.output ${relation.name}`);
    for (const row of facts[relation.name] ?? []) {
      lines.push(`${relation.name}(${row.map((value, at) => valueText(value, relation.attributes[at]?.type ?? "symbol")).join(", ")}).`);
    }
  }
  for (const { head, body } of program.rules) {
    refuseShadowing(body, new Set(head.args.flatMap((term) => [...variablesOf(term)])));
    const text = `${head.relation}(${head.args.map(termText).join(", ")})`;
    lines.push(body.length === 0 ? `${text}.` : `${text} :- ${body.map((literal) => literalText(literal, false)).join(", ")}.`);
  }
  return `${lines.join("\n")}\n`;
}

/** A local variable of an aggregate that has the name of another one outside would be that other one there. */
function refuseShadowing(body: readonly IrLiteral[], outside: ReadonlySet<string>): void {
  for (const literal of body) {
    if (literal.kind !== "aggregate") continue;
    const around = new Set([
      ...outside,
      ...body.flatMap((other) => (other === literal ? [] : [...literalVariables(other)])),
      ...variablesOf(literal.result),
    ]);
    for (const element of literal.elements) {
      const inside = new Set(element.body.flatMap((inner) => [...literalVariables(inner)]));
      for (const name of inside) if (!literal.outer.includes(name) && around.has(name)) throw new NotInSouffle("a shadowing variable");
      refuseShadowing(element.body, around);
    }
  }
}

function valueText(value: Value, type: ValueType): string {
  if (type === "symbol") {
    const text = String(value);
    if (!/^[\x20-\x7e]*$/.test(text)) throw new NotInSouffle("symbols are bytes there");
    return `"${text.replaceAll('"', '\\"')}"`;
  }
  if (type === "unsigned") return `${value}u`;
  if (type === "number") return String(value);
  const text = Number.isInteger(value) ? `${value}.0` : String(value);
  if (/e/.test(text)) throw new NotInSouffle("a float with an exponent");
  return text;
}

function termText(term: IrTerm): string {
  if (term.kind === "variable") return term.name;
  if (term.kind === "constant") return valueText(term.value, term.type);
  const args = term.args.map(termText);
  if (INFIX.has(term.op)) return `(${args.join(` ${term.op} `)})`;
  const prefix = PREFIX[term.op];
  if (prefix !== undefined) return `(${prefix}(${args[0]}))`;
  if (!CALLS.has(term.op)) throw new NotInSouffle(term.op);
  if (term.op === "to_string" && term.args[0]?.type === "float") throw new NotInSouffle("zero has a sign there");
  return `${term.op}(${args.join(", ")})`;
}

function literalText(literal: IrLiteral, inAggregate: boolean): string {
  switch (literal.kind) {
    case "atom":
      if (inAggregate && !literal.negated && literal.args.includes(null)) throw new NotInSouffle("an attribute that counts there");
      return `${literal.negated ? "!" : ""}${literal.relation}(${literal.args.map((term) => (term === null ? "_" : termText(term))).join(", ")})`;
    case "compare":
      return `${termText(literal.left)} ${literal.op} ${termText(literal.right)}`;
    case "test":
      return `${literal.negated ? "!" : ""}${literal.test}(${termText(literal.left)}, ${termText(literal.right)})`;
    case "range": {
      if (literal.inclusive) throw new NotInSouffle("an interval");
      const ends = [literal.from, literal.to, ...(literal.step === null ? [] : [literal.step])].map(termText);
      return `${termText(literal.result)} = range(${ends.join(", ")})`;
    }
    case "aggregate": {
      const [element, ...others] = literal.elements;
      const summable = literal.op === "count" || (literal.op !== "mean" && literal.type !== "symbol");
      if (element === undefined || others.length > 0 || !summable) throw new NotInSouffle("such an aggregate");
      const named = element.keys[0] === undefined || literal.op === "count" ? new Set() : variablesOf(element.keys[0]);
      if (literal.outer.some((name) => named.has(name))) throw new NotInSouffle("a target that is always local there");
      const target = literal.op === "count" ? "" : ` ${element.keys[0] === undefined ? "" : termText(element.keys[0])}`;
      return `${termText(literal.result)} = ${literal.op}${target} : { ${element.body.map((inner) => literalText(inner, true)).join(", ")} }`;
    }
  }
}
