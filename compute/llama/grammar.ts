import type { AnswerShape } from "../../schema/text_model.ts";

const DIGITS = 19;

/**
 * The grammar, in llama.cpp's GBNF, of JSON texts of a shape, without space between tokens. Integers have no exponent and at most 20 digits,
 * lists and strings an end, so no answer goes on for ever. What it admits is still read anew: a number may not fit its type.
 */
export function grammarOf(shape: AnswerShape): string {
  const rules: string[] = [];
  const rule = (body: string): string => {
    const name = `r${rules.length}`;
    rules.push(`${name} ::= ${body}`);
    return name;
  };
  const visit = (part: AnswerShape): string => {
    if ("enum" in part)
      return rule(part.enum.map((value) => quoted(typeof value === "bigint" ? String(value) : JSON.stringify(value))).join(" | "));
    switch (part.type) {
      case "object": {
        const members = Object.entries(part.properties).map(([name, member]) => `${quoted(`${JSON.stringify(name)}:`)} ${visit(member)}`);
        return rule(`"{" ${members.join(' "," ')} "}"`);
      }
      case "array": {
        const item = visit(part.items);
        const least = part.minItems ?? 0;
        if (part.maxItems === 0) return rule('"[]"');
        const more = `${item} ("," ${item}){${Math.max(least - 1, 0)},${part.maxItems - 1}}`;
        return rule(least > 0 ? `"[" ${more} "]"` : `"[" (${more})? "]"`);
      }
      case "string":
        return rule(`"\\"" char{0,${part.maxLength}} "\\""`);
      case "integer":
        return "integer";
      case "number":
        return rule(`integer ("." [0-9]{1,15})?`);
    }
  };
  const root = visit(shape);
  return [
    `root ::= ${root}`,
    ...rules,
    `integer ::= "-"? ("0" | [1-9] [0-9]{0,${DIGITS}})`,
    `char ::= [^"\\\\\\x00-\\x1F] | "\\\\" (["\\\\bfnrt/] | "u" [0-9a-fA-F]{4})`,
    "",
  ].join("\n");
}

/** A text as a GBNF literal. */
function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `"${escaped}"`;
}
