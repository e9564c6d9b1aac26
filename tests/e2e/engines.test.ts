import assert from "node:assert/strict";
import { test } from "node:test";
import type { Verdict } from "../../schema/verdict.ts";
import { assayJson, folder } from "./assay.ts";
import { CUSTOMERS, ORDERS, write, writeShop } from "./shop.ts";

const choices = [
  [["--engine", "duckdb"], "duckdb"],
  [["--engine", "incremental"], "incremental"],
  [["--engines", "duckdb,incremental"], "duckdb,incremental"],
] as const;

/** What a verdict says, whoever judged. */
const said = ({ verdict, total, laws, violations, checked }: Verdict) => ({
  verdict,
  total,
  checked,
  laws: laws.map(({ micros: _micros, ...law }) => law),
  violations,
});

test("files are judged alike by each engine and by both, by DuckDB where none is named", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, { "order.csv": `${ORDERS}o3,c9,7\no1,c1,5000\no1,c1,5000\n` });
  const verify = async (...options: string[]) => await assayJson<Verdict>(["verify", "--theory", "shop", ".", ...options], { cwd });
  const plain = await verify();
  assert.deepEqual([plain.code, plain.envelope.data?.engine], [1, "duckdb"]);
  for (const [options, engine] of choices) {
    const { code, envelope } = await verify(...options);
    assert.equal(code, 1);
    assert.equal(envelope.data?.engine, engine);
    assert.deepEqual(said(envelope.data), said(plain.envelope.data as Verdict));
  }
});

test("every verdict of a fact base names who judged, and two engines may not be asked for in two ways", async (context) => {
  const cwd = folder(context);
  writeShop(cwd);
  const run = async (...words: string[]) => await assayJson<Verdict>(words, { cwd });
  const input = (id: string) => JSON.stringify({ proposer: "alice", assert: { order: [[id, "c1", 5]] } });
  for (const [index, [options, engine]] of choices.entries()) {
    const db = `${index}.duckdb`;
    const engines = [
      (await run("init", "--db", db, "--theory", "shop", ...options)).envelope.data?.engine,
      (await run("import", "--db", db, ".", ...options)).envelope.data?.engine,
      (await assayJson<Verdict>(["propose", "--db", db, "-", ...options], { cwd, input: input("o8") })).envelope.data?.engine,
    ];
    assert.deepEqual(engines, [engine, engine, engine]);
    assert.equal((await run("log", "--db", db, "--check")).code, 0);
  }
  const plain = await assayJson<Verdict>(["propose", "--db", "0.duckdb", "-"], { cwd, input: input("o9") });
  assert.equal(plain.envelope.data?.engine, "incremental");
  const twice = await run("verify", "--theory", "shop", ".", "--engine", "duckdb", "--engines", "duckdb,incremental");
  assert.deepEqual([twice.code, twice.envelope.error?.code], [3, "usage.arguments"]);
});

test("records are judged in the order of the sources; with --retry those set aside get another chance", async (context) => {
  for (const [options, left] of [
    [[], ["o1", "o2", "o3"]],
    [["--retry"], ["o3"]],
    [["--retry", "--engine", "duckdb"], ["o3"]],
  ] as const) {
    const cwd = folder(context);
    writeShop(cwd);
    write(cwd, { "customer.csv": CUSTOMERS, "order.csv": `${ORDERS}o3,c9,1\n` });
    await assayJson(["init", "--db", "x.duckdb", "--theory", "shop"], { cwd });
    const words = ["import", "--db", "x.duckdb", "--on-violation", "quarantine", ...options, "order.csv", "customer.csv"];
    const { code, envelope } = await assayJson<Verdict & { set_aside: { row: string[]; law: string }[] }>(words, { cwd });
    assert.equal(code, 0);
    assert.deepEqual(
      envelope.data?.set_aside.map(({ row, law }) => [row[0], law]),
      left.map((id) => [id, "shop.customer"]),
    );
  }
});
