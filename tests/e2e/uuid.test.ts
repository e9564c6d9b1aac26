import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import pl from "nodejs-polars";
import { openMemory } from "../../verify/store/duckdb_session.ts";
import { assay, assayJson, folder } from "./assay.ts";

const of = ["--service", "https://example.org/shop", "--kind", "customer", "--key", "country,number"];

test("the same rows get the same ids from CSV and from Parquet, in any order", async (context) => {
  const cwd = folder(context);
  const rows = { country: ["DE", "FR", "DE"], number: ["007", "7", "7"], name: ["a", "b", "c"] };
  writeFileSync(join(cwd, "a.csv"), "country,number,name\nDE,007,a\nFR,7,b\nDE,7,c\n");
  pl.DataFrame({ country: rows.country.toReversed(), number: rows.number.toReversed(), name: rows.name.toReversed() }).writeParquet(
    join(cwd, "b.parquet"),
  );
  const csv = await assay(["uuid", ...of, "a.csv"], { cwd });
  const parquet = await assay(["uuid", ...of, "b.parquet"], { cwd });
  assert.equal(csv.code, 0);
  assert.equal(parquet.code, 0);
  const [head, ...lines] = csv.stdout.trimEnd().split("\n");
  assert.equal(head, "id,country,number,name");
  assert.equal(new Set(lines.map((line) => line.slice(0, 36))).size, 3);
  assert.deepEqual(parquet.stdout.trimEnd().split("\n").slice(1).toSorted(), lines.toSorted());
});

test("the macros give the same ids in DuckDB", async (context) => {
  const cwd = folder(context);
  writeFileSync(join(cwd, "a.csv"), "country,number\nDE,é 7\n");
  const { stdout } = await assay(["uuid", ...of, "a.csv"], { cwd });
  const macros = await assay(["uuid", "--macros"]);
  const session = await openMemory();
  for (const statement of macros.stdout.trimEnd().split(/;\n|;$/)) if (statement !== "") await session.run(statement);
  const rows = await session.rows("SELECT entity_uuid('https://example.org/shop', 'customer', ['DE', 'é 7'])");
  session.close();
  assert.equal(stdout.split("\n")[1]?.slice(0, 36), rows[0]?.[0]);
  assert.equal((await assayJson(["uuid", "--macros", "a.csv"], { cwd })).envelope.error?.code, "usage.arguments");
  assert.equal((await assayJson(["uuid", "a.csv"], { cwd })).envelope.error?.code, "usage.arguments");
});

test("rows without a part of their key are left out and counted", async (context) => {
  const cwd = folder(context);
  writeFileSync(join(cwd, "a.csv"), "country,number\nDE,1\n,2\n");
  const ran = await assayJson(["uuid", ...of, "--quarantine", "left.csv", "a.csv"], { cwd });
  assert.equal(readFileSync(join(cwd, "left.csv"), "utf8"), "country,number\n,2\n");
  assert.equal(ran.code, 1);
  assert.deepEqual(ran.envelope.data, { columns: ["id", "country", "number"], identified: 1, missing: 1 });
  assert.equal(ran.envelope.events[0]?.code, "identity.part_missing");
});

for (const [name, file, text, code] of [
  ["no such file", "none.csv", null, "identity.unreadable"],
  ["a file of another kind", "a.txt", "x", "identity.file_format"],
  ["a Parquet file that is none", "a.parquet", "PAR1 and then nothing", "identity.unreadable"],
  ["no such column", "a.csv", "country\nDE\n", "identity.key_missing"],
  ["a column of the ids' name", "a.csv", "id,country,number\n1,DE,1\n", "identity.taken"],
] as const) {
  test(`refused: ${name}`, async (context) => {
    const cwd = folder(context);
    if (text !== null) writeFileSync(join(cwd, file), text);
    const ran = await assayJson(["uuid", ...of, file], { cwd });
    assert.equal(ran.code, 3);
    assert.equal(ran.envelope.error?.code, code);
  });
}
