import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { quoteName } from "../../../../schema/sql_session.ts";
import type { Row } from "../../../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../../../verify/store/duckdb_session.ts";
import { createFormat } from "../../../../verify/store/format.ts";
import { type GroupImage, logTables, type RowChange } from "../../../../verify/store/group_image.ts";
import { writeImage } from "../../../../verify/store/journal.ts";
import { moveGroups } from "../../../../verify/store/journal_move.ts";
import { journalText, placesIn } from "../../../../verify/store/journal_text.ts";
import { columnDefinitions } from "../../../../verify/store/relation_table.ts";

const SEED = 20261121;
const BASE = "2026-01-01T00:00:00.000Z";

const holder = [
  { name: "net", type: "symbol" },
  { name: "number", type: "number" },
  { name: "at", type: "unsigned" },
  { name: "weight", type: "float" },
] as const;
const relations = [
  { name: "holder", attributes: holder },
  { name: "mark", attributes: [] },
] as const;

const text = fc
  .oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "null", '"', "\\", "\n\u0001", "=", "ß👍"))
  .filter((one) => !/\0/.test(one));
const values = fc.tuple(
  text,
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(-0, 0, 5e-324, 2 ** 53 + 2, 0.1, 1e308)),
);

/** What a commit does: some rows by number come or go, whichever they can, and `mark` does if it is asked to. */
const step = fc.record({ rows: fc.uniqueArray(fc.nat(5), { maxLength: 5 }), isMarked: fc.boolean(), place: fc.option(text), reason: text });
const scenario = fc.record({
  rows: fc.array(values, { minLength: 6, maxLength: 6 }),
  groups: fc.array(fc.array(step, { maxLength: 4 }), { minLength: 1, maxLength: 5 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Groups in which the changes of each row alternate, as commits have them. */
function imagesOf({ rows, groups }: Scenario): GroupImage[] {
  const present = new Set<string>();
  let seq = 0;
  return groups.map((steps): GroupImage => {
    const changes = relations.map((relation) => ({ ...relation, changes: [] as RowChange[] }));
    const log: GroupImage["rows"] = { entry: [], delta: [], delta_part: [], verdict_text: [], violation: [], idempotency: [] };
    const change = (relation: number, row: Row, place: string | null): void => {
      const key = JSON.stringify([relation, row.map((value) => (value === 0 ? "0" : String(value)))]);
      const op = present.has(key) ? -1 : 1;
      if (op === 1) present.add(key);
      else present.delete(key);
      changes[relation]?.changes.push({ seq, op, row, place: op === 1 ? place : null });
    };
    for (const { rows: numbers, isMarked, place, reason } of steps) {
      seq += 1;
      const seen = new Set<string>();
      for (const number of numbers) {
        const row = rows[number] as Row;
        if (!seen.has(String(row))) change(0, row, place);
        seen.add(String(row));
      }
      if (isMarked) change(1, [], place);
      log.entry.push([seq, "delta", `id${seq}`, "ada", reason, "now", "{}", "h", "{}", "p", "h"]);
      log.delta.push([`id${seq}`, "delta", "accepted", "ada", reason, seq - 1, "{}", "now"]);
      log.delta_part.push([`id${seq}`, 0, reason], [`id${seq}`, 1, ""]);
      log.verdict_text.push([`id${seq}`, "h", reason, isMarked ? "laws" : null, isMarked ? "}" : null]);
      if (place !== null) log.idempotency.push([place, `id${seq}`]);
    }
    const laws = log.verdict_text.some(([, , , hash]) => hash !== null) ? ([["laws", "[]"]] as const) : [];
    const leaves = steps.map(({ reason, isMarked }, at) => {
      return isMarked ? { seq: null, delta: "d", body: reason, hash: "0a" } : { seq: at, delta: null, body: null, hash: "00" };
    });
    return { rows: log, laws, replaced: [], leaves, changes: changes.filter((relation) => relation.changes.length > 0) };
  });
}

async function openStore(): Promise<DuckDbSession> {
  const session = await openMemory();
  await createFormat(session, BASE);
  for (const { name, attributes } of relations) {
    const columns = columnDefinitions(attributes);
    await session.run(`CREATE TABLE main.${name} (${columns})`);
    await session.run(
      `CREATE TABLE assay_log.${name} (${quoteName("@commit")} BIGINT NOT NULL, ${quoteName("@op")} TINYINT NOT NULL, ${columns}, ${quoteName("@place")} VARCHAR)`,
    );
  }
  return session;
}

/** Facts are a set, and what is written at once nets them in one order, what is moved in another. The rest is in its order. */
async function tablesOf(session: DuckDbSession): Promise<unknown> {
  const found: unknown[] = [];
  for (const { name } of relations) found.push(await session.rows(`SELECT * FROM main.${name} ORDER BY ALL`));
  for (const table of [...relations.map(({ name }) => `assay_log.${name}`), ...logTables.map((name) => `assay.${name}`), "assay.leaf"]) {
    found.push([table, await session.rows(`SELECT * FROM ${table}`)]);
  }
  return [...found, await session.rows("SELECT * FROM assay.laws_text")];
}

test("groups moved together leave the tables that they leave written one by one", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const [moved, written] = [await openStore(), await openStore()];
      try {
        const images = imagesOf(given);
        const texts = images.map((image) => journalText({ base: BASE, from: 7, image }));
        fc.pre(texts.every((one) => one !== null));
        const bytes = texts.map((one) => Buffer.from(one ?? ""));
        assert.deepEqual(
          bytes.map(placesIn).map(({ base, from, laws, leaves }) => [base, from, laws, leaves.rows]),
          images.map(({ laws, leaves }) => [BASE, 7, laws, leaves.length]),
        );
        await moveGroups(moved, 0, bytes);
        for (const image of images) await writeImage(written, image);
        assert.deepEqual(await tablesOf(moved), await tablesOf(written));
      } finally {
        moved.close();
        written.close();
      }
    }),
    { seed: SEED, numRuns: 30 },
  );
});
