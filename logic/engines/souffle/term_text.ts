import type { Value, ValueType } from "../../../schema/value.ts";
import type { IrTerm } from "../../language/ir.ts";

/** A part of a program that Soufflé has no word for, or means differently on purpose. */
export class NotInSouffle extends Error {
  override readonly name = "NotInSouffle";
}

const INFIX = new Set(["+", "-", "*", "/", "%", "band", "bor", "bxor", "bshl", "bshr", "bshru", "land", "lor", "lxor"]);
const PREFIX: Readonly<Record<string, string>> = { neg: "-", bnot: "bnot ", lnot: "lnot " };
const CALLS = new Set(["min", "max", "cat", "strlen", "substr", "to_number", "to_unsigned", "to_float", "to_string"]);

/** A term in Soufflé's language; `nameOf` gives a variable's name there. Errors: `NotInSouffle`. */
export function termText(term: IrTerm, nameOf: (variable: string) => string): string {
  if (term.kind === "variable") return nameOf(term.name);
  if (term.kind === "constant") return valueText(term.value, term.type);
  const args = term.args.map((arg) => termText(arg, nameOf));
  if (INFIX.has(term.op)) return `(${args.join(` ${term.op} `)})`;
  const prefix = PREFIX[term.op];
  if (prefix !== undefined) return `(${prefix}(${args[0]}))`;
  if (!CALLS.has(term.op)) throw new NotInSouffle(`the operator \`${term.op}\``);
  if (term.op === "to_string" && term.args[0]?.type === "float") throw new NotInSouffle("a float as text: zero has a sign there");
  return `${term.op}(${args.join(", ")})`;
}

/** A value as a literal. Errors: `NotInSouffle` for a float that has no literal there, and for control characters without an escape. */
export function valueText(value: Value, type: ValueType): string {
  switch (type) {
    case "symbol":
      return symbolText(String(value));
    case "unsigned":
      return `${value}u`;
    case "number":
      return String(value);
    case "float":
      return floatText(Number(value));
  }
}

function symbolText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x06\x0e-\x1f\x7f]/u.test(text)) throw new NotInSouffle("a control character in a symbol of the program");
  const escaped = text.replace(/["\\]/gu, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r");
  return `"${escaped.replaceAll("\v", "\\v").replaceAll("\f", "\\f").replaceAll("\b", "\\b").replaceAll("\u0007", "\\a")}"`;
}

/** Literals have no exponent there. */
function floatText(value: number): string {
  if (Number.isInteger(value)) return `${BigInt(value)}.0`;
  const digits = value.toFixed(100).replace(/0+$/u, "");
  if (Number(digits) !== value) throw new NotInSouffle("a float too small for a literal without exponent");
  return digits;
}
