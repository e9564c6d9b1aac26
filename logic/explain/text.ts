import type { Value } from "../../schema/value.ts";
import type { IrAtom, IrLiteral, IrTerm } from "../language/ir.ts";

/** A value as programs write it. */
export function valueText(value: Value | null): string {
  if (value === null) return "_";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** A term as programs write it; `show` gives variables their values. */
export function termText(term: IrTerm, show: (name: string) => string = (name) => name): string {
  if (term.kind === "constant") return valueText(term.value);
  if (term.kind === "variable") return show(term.name);
  const args = term.args.map((argument) => termText(argument, show));
  if (/^[a-z_]/.test(term.op) && term.op !== "neg") return `${term.op}(${args.join(", ")})`;
  return args.length === 1 ? `-${args[0]}` : `(${args.join(` ${term.op} `)})`;
}

/** A literal as programs write it; what is inside an aggregate's braces is left out. */
export function literalText(literal: IrLiteral, show: (name: string) => string = (name) => name): string {
  const text = (term: IrTerm): string => termText(term, show);
  switch (literal.kind) {
    case "atom":
      return `${literal.negated ? "!" : ""}${atomText(literal, show)}`;
    case "compare":
      return `${text(literal.left)} ${literal.op} ${text(literal.right)}`;
    case "test":
      return `${literal.negated ? "!" : ""}${literal.test}(${text(literal.left)}, ${text(literal.right)})`;
    case "range": {
      const ends = [literal.from, literal.to, ...(literal.step === null ? [] : [literal.step])].map(text);
      return literal.inclusive ? `${text(literal.result)} = ${ends.join("..")}` : `${text(literal.result)} = range(${ends.join(", ")})`;
    }
    case "aggregate":
      return `${text(literal.result)} = ${literal.op} : { … }`;
  }
}

function atomText(atom: IrAtom, show: (name: string) => string): string {
  return `${atom.relation}(${atom.args.map((term) => (term === null ? "_" : termText(term, show))).join(", ")})`;
}
