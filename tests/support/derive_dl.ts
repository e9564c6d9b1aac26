import { materialise } from "../../logic/engines/duckdb/materialise.ts";
import { assayReading, type Reading } from "../../logic/language/compatibility.ts";
import { compile } from "../../logic/language/compile.ts";
import { parseDl } from "../../logic/language/dl/parse.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { DuckDbSession } from "../../verify/store/duckdb_session.ts";
import { type Facts, inputOver } from "./duckdb_facts.ts";

/** The tuples of a relation as the DuckDB engine derives them, sorted, values joined by spaces; `undecided <code>`, or the codes of what is wrong with the text. */
export async function deriveDl(
  session: DuckDbSession,
  text: string,
  relation: string,
  facts: Facts = {},
  reading: Reading = assayReading,
): Promise<readonly string[]> {
  const parsed = parseDl("test.dl", text);
  const compiled = compile([{ theory: "t", programs: [parsed.program] }], limitsWith(), reading);
  const errors = [...parsed.diagnostics, ...compiled.diagnostics].filter(({ severity }) => severity === "error");
  if (errors.length > 0 || compiled.program === null) return errors.map(({ code, text: offending }) => `${code} ${offending}`);
  const made = await materialise(await inputOver(session, compiled.program, facts, { rounds: 300 }), [relation]);
  try {
    if (made.undecided !== null) return [`undecided ${made.undecided.code}`];
    const rows = await session.rows(`SELECT * FROM ${made.table(relation)} ORDER BY ALL`);
    return rows.map((row) => row.map(String).join(" "));
  } finally {
    await made.close();
  }
}
