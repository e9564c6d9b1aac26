import type { AnswerShape } from "../../schema/text_model.ts";

/**
 * A shape as the JSON Schema text that endpoints take under `strict`: every object closed and every member required. Integers of an
 * enumeration are written exactly. Lengths of strings are left out, for some endpoints refuse a schema with them; whoever asked holds the
 * answer to them.
 */
export function answerSchema(shape: AnswerShape): string {
  if ("enum" in shape) {
    const values = shape.enum.map((value) => (typeof value === "bigint" ? String(value) : JSON.stringify(value)));
    return `{"enum":[${values.join(",")}]}`;
  }
  switch (shape.type) {
    case "object": {
      const members = Object.entries(shape.properties).map(([name, member]) => `${JSON.stringify(name)}:${answerSchema(member)}`);
      const required = JSON.stringify(shape.required);
      return `{"type":"object","properties":{${members.join(",")}},"required":${required},"additionalProperties":false}`;
    }
    case "array": {
      const least = shape.minItems === undefined ? "" : `,"minItems":${shape.minItems}`;
      return `{"type":"array","items":${answerSchema(shape.items)}${least},"maxItems":${shape.maxItems}}`;
    }
    default:
      return `{"type":"${shape.type}"}`;
  }
}
