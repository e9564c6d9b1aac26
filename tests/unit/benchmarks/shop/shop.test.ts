import assert from "node:assert/strict";
import { test } from "node:test";
import { type OneFactDelta, oneFactDeltas } from "../../../../benchmarks/shop/deltas.ts";
import { batchJudge } from "../../../../benchmarks/shop/duckdb_batch.ts";
import { preparedDeltas } from "../../../../benchmarks/shop/duckdb_deltas.ts";
import { generateShop, shopRelations, shopSizes } from "../../../../benchmarks/shop/generate.ts";
import { shopProgram } from "../../../../benchmarks/shop/program.ts";
import { recordsDelta, shopRecords } from "../../../../benchmarks/shop/records.ts";
import { checkLaws } from "../../../../logic/engines/duckdb/check_laws.ts";
import { loadEngine } from "../../../../logic/engines/incremental/load_engine.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { limitsWith } from "../../../../schema/limits.ts";
import { quoteName } from "../../../../schema/sql_session.ts";
import { type DuckDbSession, openMemory } from "../../../../verify/store/duckdb_session.ts";

const FACTS = 10_000;

async function brokenLaws(session: DuckDbSession): Promise<string[]> {
  const program = await shopProgram();
  const limits = limitsWith();
  const checked = await checkLaws({ program, limits, session, clock: systemClock, table: quoteName, isDistinct: () => true });
  await checked.close();
  assert.equal(checked.undecided, null);
  assert.equal(checked.laws.length, 20);
  return checked.laws.filter((law) => law.violations > 0).map((law) => law.law);
}

async function shopSession(): Promise<DuckDbSession> {
  const session = await openMemory();
  const made = await generateShop(session, FACTS);
  assert.ok(Math.abs(made - FACTS) < FACTS / 20, `${made} facts`);
  return session;
}

test("a generated shop breaks none of its twenty laws and has distinct facts", async () => {
  const session = await shopSession();
  assert.deepEqual(await brokenLaws(session), []);
  for (const relation of shopRelations) {
    const [[all, distinct] = []] = await session.rows(
      `SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT * FROM ${relation})) FROM ${relation}`,
    );
    assert.equal(all, distinct, relation);
    assert.ok(Number(all) > 0, relation);
  }
  session.close();
});

test("deltas of one fact are what they say they are, for the prepared statements and for all laws judged from nothing", async () => {
  const session = await shopSession();
  const judge = await preparedDeltas(session);
  const source = oneFactDeltas(shopSizes(FACTS));
  for (let at = 0; at < 17; at += 1) {
    const delta = source.next().value as OneFactDelta;
    const text = `${delta.sign} ${delta.relation} ${delta.row}`;
    assert.equal(await judge(delta), delta.isRefused, text);
    if (!delta.isRefused) continue;
    const values = delta.row.map((value) => (typeof value === "string" ? `'${value}'` : value)).join(", ");
    await session.run(`INSERT INTO ${delta.relation} VALUES (${values})`);
    assert.notDeepEqual(await brokenLaws(session), [], text);
    const columns = (
      await session.rows(`SELECT column_name FROM duckdb_columns() WHERE table_name = '${delta.relation}' ORDER BY column_index`)
    ).flat();
    const same = columns.map(
      (name, index) => `${name} = ${typeof delta.row[index] === "string" ? `'${delta.row[index]}'` : delta.row[index]}`,
    );
    await session.run(`DELETE FROM ${delta.relation} WHERE ${same.join(" AND ")}`);
  }
  assert.deepEqual(await brokenLaws(session), []);
  session.close();
});

test("the incremental engine decides each delta as it was made to be", async () => {
  const session = await shopSession();
  const input = { program: await shopProgram(), limits: limitsWith(), clock: systemClock, session, table: quoteName };
  const { engine, undecided } = await loadEngine(input);
  assert.equal(undecided, null);
  const source = oneFactDeltas(shopSizes(FACTS));
  for (let at = 0; at < 340; at += 1) {
    const { sign, relation, row, isRefused } = source.next().value as OneFactDelta;
    const change = [{ relation, row }];
    assert.equal(engine.apply(sign === "assert" ? { assert: change, retract: [] } : { assert: [], retract: change }).undecided, null);
    assert.equal(
      engine.lawOutcomes().some((law) => law.added > 0),
      isRefused,
      `${sign} ${relation} ${row}`,
    );
    if (isRefused) engine.rollback();
    else engine.keep();
  }
  session.close();
});

test("records: the batch judge finds those that break a law by themselves", async () => {
  const session = await shopSession();
  const records = shopRecords(shopSizes(FACTS), 300);
  assert.ok(records.every((record) => record.facts.length === 10));
  assert.equal(records.filter((record) => record.isRefused).length, 6);
  const judge = await batchJudge(session);
  assert.equal(await judge(records), 3);
  const delta = recordsDelta(records, "r");
  assert.equal([...delta.assert.values()].flat().length, 3000);
  assert.deepEqual(
    [...delta.assert].map(([relation, rows]) => rows.length === delta.places.get(relation)?.length),
    [true, true, true, true],
  );
  session.close();
});
