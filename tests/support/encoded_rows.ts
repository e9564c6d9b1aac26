import type { RowEncoder } from "../../api/http/rows/row_encoder.ts";
import type { Attribute, Relation } from "../../schema/relation.ts";
import type { ValueType } from "../../schema/value.ts";
import type { DuckDbSession } from "../../verify/store/duckdb_session.ts";

/** A base relation of these attributes. */
export function relationOf(attributes: readonly Pick<Attribute, "name" | "type">[]): Relation {
  return {
    name: "made",
    role: "base",
    attributes: attributes.map(({ name, type }) => ({ name, type, declared: type, fallback: null })),
    key: null,
    doc: "",
    span: { file: "made.dl", offset: 0, length: 0, line: 1, column: 1 },
  };
}

/** All that an encoder makes of the rows of a query. */
export async function encodedBy(
  session: DuckDbSession,
  encoder: RowEncoder,
  sql: string,
  types: readonly ValueType[],
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [...encoder.begin()];
  await session.chunks(sql, types, (columns, rows) => {
    pieces.push(...encoder.chunk(columns, rows));
  });
  pieces.push(...encoder.end());
  return Buffer.concat(pieces);
}
