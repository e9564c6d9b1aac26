import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { sourceArguments } from "../../../../api/cli/arguments.ts";
import { parseMapping } from "../../../../ingest/mapping.ts";
import type { Relation } from "../../../../schema/relation.ts";
import { folder } from "../../../e2e/assay.ts";
import { write } from "../../../e2e/shop.ts";

const span = { file: "a.dl", offset: 0, length: 1, line: 1, column: 1 };
const relation = (name: string, role: Relation["role"]): Relation => ({
  name,
  role,
  attributes: [{ name: "x", type: "symbol", declared: "symbol", fallback: null }],
  key: null,
  doc: "",
  span,
});
const relations = new Map([relation("order", "base"), relation("late", "derived")].map((each) => [each.name, each]));
const names = { relations, theories: [], mapping: null };

test("sources are told apart", async (context) => {
  const cwd = folder(context);
  write(cwd, {
    "order.csv": "x\n1\n",
    "order.md": "# no facts",
    "late.csv": "x\n",
    "p/package-lock.json": "{}",
    "p=q.csv": "x\n",
    "d.csv.gz": "",
  });
  const of = async (text: string) =>
    (await sourceArguments([text], names)).map(
      (found) => `${found.kind} ${found.kind === "relation" ? found.relation.name : found.adapter.theory}`,
    );
  assert.deepEqual(await of(join(cwd, "order.csv")), ["relation order"]);
  assert.deepEqual(await of(`order=${join(cwd, "late.csv")}`), ["relation order"]);
  assert.deepEqual(await of(`order=${join(cwd, "p=q.csv")}`), ["relation order"]);
  assert.deepEqual(await of(cwd), ["relation order"]);
  assert.deepEqual(await of(join(cwd, "p")), ["adapter npm"]);
  assert.deepEqual(await of(join(cwd, "p/package-lock.json")), ["adapter npm"]);
});

test("an adapter is asked only where its theory is", async (context) => {
  const cwd = folder(context);
  write(cwd, { "package-lock.json": "{}" });
  await assert.rejects(sourceArguments([join(cwd, "package-lock.json")], { ...names, theories: ["shop"] }), { code: "usage.source" });
});

test("what is no source is an error with the nearest name", async (context) => {
  const cwd = folder(context);
  write(cwd, { "ordr.csv": "x\n" });
  const near = (error: { code: string; help: string }): boolean => error.code === "usage.source" && error.help.includes("order");
  await assert.rejects(sourceArguments([join(cwd, "ordr.csv")], names), near);
  await assert.rejects(sourceArguments([`ordr=${join(cwd, "ordr.csv")}`], names), near);
  await assert.rejects(sourceArguments(["late=x.csv"], names), { code: "usage.source" });
  await assert.rejects(sourceArguments([join(cwd, "absent.csv")], names), { code: "ingest.not_found" });
});

test("a mapping goes before names", async (context) => {
  const cwd = folder(context);
  write(cwd, { "sales.csv": "y\n1\n" });
  const mapping = parseMapping("map.toml", '[[map]]\nsource = "sales.csv"\nrelation = "order"\ncolumns = { x = "y" }\n');
  for (const text of [cwd, join(cwd, "sales.csv")]) {
    const [found, ...others] = await sourceArguments([text], { ...names, mapping });
    assert.deepEqual(others, []);
    assert.ok(found?.kind === "relation" && found.mapping?.columns.get("x") === "y");
  }
});
