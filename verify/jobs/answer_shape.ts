import type { Relation } from "../../schema/relation.ts";
import type { AnswerShape } from "../../schema/text_model.ts";

export interface ShapeBounds {
  /** Rows of one relation in one answer. */
  readonly rows: number;
  /** Characters of one symbol. */
  readonly characters: number;
}

/** Values that an attribute may take, where they must be there already: `order` `customer` to the names of customers. */
export type KnownValues = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** The shape of a delta that asserts rows of these relations; attributes with known values are held to them, where there are any. */
export function answerShape(relations: readonly Relation[], bounds: ShapeBounds, known: KnownValues = new Map()): AnswerShape {
  const rowOf = ({ name, attributes }: Relation): AnswerShape => {
    const properties = Object.fromEntries(
      attributes.map((attribute): [string, AnswerShape] => {
        const values = known.get(name)?.get(attribute.name) ?? [];
        if (values.length > 0) return [attribute.name, { enum: values }];
        if (attribute.type === "symbol") return [attribute.name, { type: "string", maxLength: bounds.characters }];
        return [attribute.name, { type: attribute.type === "float" ? "number" : "integer" }];
      }),
    );
    return { type: "object", properties, required: Object.keys(properties) };
  };
  const lists = Object.fromEntries(
    relations.map((relation): [string, AnswerShape] => [relation.name, { type: "array", items: rowOf(relation), maxItems: bounds.rows }]),
  );
  const assert: AnswerShape = { type: "object", properties: lists, required: Object.keys(lists) };
  return { type: "object", properties: { assert }, required: ["assert"] };
}
