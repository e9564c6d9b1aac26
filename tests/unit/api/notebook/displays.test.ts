import assert from "node:assert/strict";
import { test } from "node:test";
import { Table, tableFromArrays } from "apache-arrow";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { showBars } from "../../../../api/notebook/show_bars.ts";
import { showProof } from "../../../../api/notebook/show_proof.ts";
import { showTable } from "../../../../api/notebook/show_table.ts";
import type { Proof } from "../../../../logic/explain/proof.ts";

const DISPLAY = Symbol.for("Jupyter.display");
const parser = new XMLParser({
  ignoreAttributes: false,
  isArray: (name) => ["tr", "td", "th", "text", "path", "rect", "tspan", "circle"].includes(name),
});

interface Drawn {
  readonly svg: {
    readonly text: readonly unknown[];
    readonly path?: readonly unknown[];
    readonly rect: readonly unknown[];
    readonly circle?: readonly unknown[];
  };
}

function bundle(value: object): Record<string, string> {
  return (value as { [DISPLAY](): Record<string, string> })[DISPLAY]();
}

function well(xml: string): string {
  assert.equal(XMLValidator.validate(xml), true);
  return xml;
}

test("a table shows its shape, its first and last rows, and how many lie between", () => {
  const table = tableFromArrays({
    n: Int32Array.from({ length: 1_234 }, (_, at) => at),
    s: Array.from({ length: 1_234 }, (_, at) => `<${at}>`),
  });
  const shown = showTable(table, { head: 2, tail: 1 });
  const html = well(bundle(shown)["text/html"]?.replaceAll("<br>", "<br/>") ?? "");
  const { table: read } = parser.parse(html) as { table: { caption: string; tbody: { tr: { td: unknown[] }[] } } };
  assert.equal(read.caption, "1,234 rows × 2 columns");
  assert.deepEqual(
    read.tbody.tr.map(({ td }) => td.length),
    [2, 2, 1, 2],
  );
  assert.deepEqual(read.tbody.tr[3]?.td, [1_233, "<1233>"]);
  assert.equal(String(shown).split("\n").length, 6);
});

test("a table that fits is shown whole, and one without rows by its columns", () => {
  const rows = showTable(tableFromArrays({ a: [1, null, 3] }), { head: 2, tail: 2 });
  assert.deepEqual(
    String(rows)
      .split("\n")
      .slice(2)
      .map((line) => line.trim()),
    ["1", "null", "3"],
  );
  const none = showTable(new Table(tableFromArrays({ a: [1] }).schema));
  assert.match(String(none), /^0 rows × 1 columns\na$/);
  const long = showTable(tableFromArrays({ a: ["x".repeat(500)] }));
  assert.ok(String(long).includes("(500 characters)"));
});

const base = (name: string): Proof => ({
  kind: "base",
  relation: "edge",
  row: [name, 1],
  rule: null,
  text: null,
  premises: [],
  place: "in.csv:1",
});

test("a proof is drawn a node a line, each joined to what it is a premise of", () => {
  const proof: Proof = {
    kind: "derived",
    relation: "reach",
    row: ['<&"a\u0001red\u0002'],
    rule: { id: "r", file: "x.dl", line: 3 },
    text: null,
    premises: [
      base("a"),
      { ...base("b"), kind: "derived", premises: [base("c")] },
      { kind: "condition", relation: null, row: null, rule: null, text: "1 < 2", premises: [] },
    ],
  };
  const shown = showProof({ kind: "proof", asOf: 3, proof });
  const { svg } = parser.parse(well(bundle(shown)["image/svg+xml"] ?? "")) as Drawn;
  assert.deepEqual([svg.text.length, svg.circle?.length, svg.path?.length], [5, 5, 4]);
  for (const mark of ["\u0001", "\u0002", "\u0003"]) assert.ok(!shown.html.includes(mark));
  assert.match(String(shown), /edge\("c", 1\)/);
});

test("what is missing is drawn too, and a tree past the bound says how much it leaves out", () => {
  const attempt = {
    rule: { id: "r", file: "x.dl", line: 1 },
    bindings: { x: "v" },
    missing: [{ kind: "absent" as const, relation: "edge", row: ["v", null], text: null, why: null }],
  };
  const why = { relation: "reach", row: ["v"], role: "derived" as const, attempts: [attempt] };
  const { svg } = parser.parse(well(showProof({ kind: "why_not", asOf: 1, why }).html)) as Drawn;
  assert.equal(svg.text.length, 3);
  const wide: Proof = { ...base("r"), kind: "derived", premises: Array.from({ length: 900 }, (_, at) => base(String(at))) };
  const large = parser.parse(well(showProof({ kind: "proof", asOf: 1, proof: wide }).html)) as Drawn;
  assert.equal(large.svg.text.length, 501);
  assert.match(JSON.stringify(large.svg.text.at(-1)), /401/);
});

test("bars are as long as their values", () => {
  const shown = showBars("t & u", [
    { name: "a", value: 10 },
    { name: "<b>", value: 5 },
    { name: "c", value: 0 },
  ]);
  const { svg } = parser.parse(well(bundle(shown)["image/svg+xml"] ?? "")) as Drawn;
  const lengths = svg.rect.slice(1).map((rect) => Number((rect as Record<string, string>)["@_width"]));
  assert.deepEqual(lengths, [420, 210, 0]);
  assert.equal(parser.parse(well(showBars("none", []).html)).svg.rect.length, 1);
});
