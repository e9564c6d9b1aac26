import type { Attribute, Relation } from "../../schema/relation.ts";
import type { AnswerShape } from "../../schema/text_model.ts";

export interface ShapeBounds {
  /** Rows of one relation in one answer. */
  readonly rows: number;
  /** Characters of one symbol. */
  readonly characters: number;
}

/** Values that an attribute may take, where they must be there already: `order` `customer` to the names of customers. */
export type KnownValues = ReadonlyMap<string, ReadonlyMap<string, readonly (string | bigint)[]>>;

/** The shape of a delta that asserts rows of these relations; attributes with known values are held to them, where there are any. */
export function answerShape(relations: readonly Relation[], bounds: ShapeBounds, known: KnownValues = new Map()): AnswerShape {
  const lists = relations.map((relation): [string, AnswerShape] => {
    const items = rowShape(relation, bounds, known);
    return [relation.name, { type: "array", items, maxItems: bounds.rows }];
  });
  return objectShape([["assert", objectShape(lists)]]);
}

function rowShape({ name, attributes }: Relation, { characters }: ShapeBounds, known: KnownValues): AnswerShape {
  const valueShape = ({ name: attribute, type }: Attribute): AnswerShape => {
    const values = known.get(name)?.get(attribute) ?? [];
    if (values.length > 0) return { enum: values };
    if (type === "symbol") return { type: "string", maxLength: characters };
    return { type: type === "float" ? "number" : "integer" };
  };
  return objectShape(attributes.map((attribute) => [attribute.name, valueShape(attribute)]));
}

function objectShape(members: readonly (readonly [string, AnswerShape])[]): AnswerShape {
  return { type: "object", properties: Object.fromEntries(members), required: members.map(([name]) => name) };
}
