import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tableFromIPC } from "apache-arrow";
import type { Verdict } from "../../schema/verdict.ts";
import { assay, assayJson, folder } from "./assay.ts";
import { ORDERS, write, writeShop } from "./shop.ts";

const delta = (assert: object, retract: object = {}): string => JSON.stringify({ proposer: "alice", reason: "test", assert, retract });

/** A folder with the theory `shop` in force in `x.duckdb` and its files imported as commit 2. */
async function shopBase(context: Parameters<typeof folder>[0]): Promise<string> {
  const cwd = folder(context);
  writeShop(cwd);
  assert.equal((await assay(["init", "--db", "x.duckdb", "--theory", "shop"], { cwd })).code, 0);
  const imported = await assayJson<Verdict>(["import", "--db", "x.duckdb", "."], { cwd });
  assert.equal(imported.code, 0, imported.stdout);
  assert.equal(imported.envelope.data?.commit, 2);
  return cwd;
}

const propose = async (cwd: string, input: string) => await assayJson<Verdict>(["propose", "--db", "x.duckdb", "-"], { cwd, input });

test("a delta is committed once, a violation refused and explained, the log checks", async (context) => {
  const cwd = await shopBase(context);
  const lawful = delta({ order: [["o3", "c1", 5]] });
  const first = await propose(cwd, lawful);
  assert.equal(first.code, 0);
  assert.deepEqual([first.envelope.data?.commit, first.envelope.data?.base, first.envelope.data?.replayed], [3, 2, false]);
  const again = await propose(cwd, lawful);
  assert.deepEqual([again.code, again.envelope.data?.commit, again.envelope.data?.replayed], [0, 3, true]);

  const refused = await propose(cwd, delta({ order: [["o4", "c9", 5]] }));
  assert.equal(refused.code, 1);
  const [violation] = refused.envelope.data?.violations ?? [];
  assert.equal(violation?.law, "shop.customer");
  assert.equal(violation.place, "stdin:1");

  const explained = await assayJson<{ kind: string; proof: { kind: string; premises: { kind: string }[] } }>(
    ["explain", "--db", "x.duckdb", violation.fingerprint],
    { cwd },
  );
  assert.equal(explained.code, 0);
  assert.equal(explained.envelope.data?.kind, "violation");
  assert.deepEqual(
    explained.envelope.data.proof.premises.map(({ kind }) => kind),
    ["base", "absent"],
  );

  const log = await assayJson<{ head: number; entries: { seq: number }[] }>(["log", "--db", "x.duckdb"], { cwd });
  assert.deepEqual([log.code, log.envelope.data?.head, log.envelope.data?.entries.length], [0, 3, 3]);
  const check = await assayJson<{ ok: boolean; commits: number }>(["log", "--db", "x.duckdb", "--check"], { cwd });
  assert.deepEqual([check.code, check.envelope.data?.ok, check.envelope.data?.commits], [0, true, 3]);
});

test("queries answer in every format, of the present and of a commit", async (context) => {
  const cwd = await shopBase(context);
  await propose(cwd, delta({ order: [["o3", "c1", 5]] }));
  const query = async (...args: string[]) => await assay(["query", "--db", "x.duckdb", ...args], { cwd });
  const rows = async (...args: string[]) =>
    (await assayJson<{ rows: unknown[]; as_of: number }>(["query", "--db", "x.duckdb", ...args], { cwd })).envelope.data;

  assert.deepEqual((await rows("?- spent(c, t)."))?.rows, [
    ["c1", 105],
    ["c2", 250],
  ]);
  assert.deepEqual(await rows("?- spent(c, t).", "--as-of", "2"), {
    as_of: 2,
    columns: [
      { name: "c", type: "symbol" },
      { name: "t", type: "number" },
    ],
    rows: [
      ["c1", 100],
      ["c2", 250],
    ],
    more: false,
  });
  assert.deepEqual((await rows("--sql", 'SELECT customer, sum(total) FROM "order" GROUP BY ALL ORDER BY ALL'))?.rows, [
    ["c1", 105],
    ["c2", 250],
  ]);
  assert.equal((await query("?- spent(c, t).", "--format", "csv")).stdout, "c,t\r\nc1,105\r\nc2,250\r\n");
  assert.equal((await query("?- spent(c, t).", "--format", "ndjson")).stdout, '{"c":"c1","t":105}\n{"c":"c2","t":250}\n');
  assert.deepEqual(JSON.parse((await query("?- spent(c, t).", "--format", "json")).stdout), [
    { c: "c1", t: 105 },
    { c: "c2", t: 250 },
  ]);
  assert.ok((await query("?- spent(c, t).")).stdout.includes("c2"));
  assert.equal((await rows('?- customer("c1", _).'))?.rows.length, 1);
  assert.equal((await rows('?- customer("c7", _).'))?.rows.length, 0);
  assert.equal((await rows("--rows", "1", "?- order(o, c, t)."))?.rows.length, 1);
});

test("an Arrow answer is a stream of bytes on stdout", async (context) => {
  const cwd = await shopBase(context);
  const out = join(cwd, "out.arrow");
  const script = `"${process.execPath}" "${join(import.meta.dirname, "../../api/cli/assay.mjs")}" query --db x.duckdb "?- order(o, c, t)." --format arrow > out.arrow`;
  assert.equal(spawnSync("sh", ["-c", script], { cwd }).status, 0);
  const table = tableFromIPC(readFileSync(out));
  assert.deepEqual(
    table.toArray().map((row: { toArray(): unknown }) => row.toArray()),
    [
      ["o1", "c1", 100n],
      ["o2", "c2", 250n],
    ],
  );
});

test("what a query cannot answer is an error of its own", async (context) => {
  const cwd = await shopBase(context);
  for (const [code, exit, args] of [
    ["query.rejected", 3, ["?- ordr(o, c, t)."]],
    ["query.sql_statement", 3, ["--sql", "DELETE FROM customer"]],
    ["query.sql_file", 3, ["--sql", "SELECT * FROM 'customer.csv'"]],
    ["query.commit", 3, ["?- order(o, c, t).", "--as-of", "9"]],
    ["usage.arguments", 3, ["?- order(o, c, t).", "--sql", "SELECT 1"]],
    ["usage.arguments", 3, []],
    ["usage.arguments", 3, ["?- order(o, c, t).", "--format", "csv"]],
  ] as const) {
    const ran = await assayJson(["query", "--db", "x.duckdb", ...args], { cwd });
    assert.deepEqual([ran.envelope.error?.code, ran.code], [code, exit], args.join(" "));
  }
  assert.equal(
    (await assayJson(["query", "--db", "absent.duckdb", "?- order(o, c, t)."], { cwd })).envelope.error?.code,
    "store.not_found",
  );
});

test("explain proves what holds, says what is missing for what does not, and tells the two apart", async (context) => {
  const cwd = await shopBase(context);
  const explain = async (...args: string[]) => await assayJson<{ kind: string }>(["explain", "--db", "x.duckdb", ...args], { cwd });
  const holds = await explain('order("o1", "c1", 100)');
  assert.deepEqual([holds.code, holds.envelope.data?.kind], [0, "proof"]);
  const missing = await explain("--why-not", 'orphan("o1", "c1")');
  assert.deepEqual([missing.code, missing.envelope.data?.kind], [0, "why_not"]);
  assert.equal((await explain('orphan("o1", "c1")')).code, 1);
  assert.equal((await explain("--why-not", 'order("o1", "c1", 100)')).code, 1);
  assert.equal((await explain("ordr(1)")).envelope.error?.code, "explain.unknown_relation");
  const text = (await assay(["explain", "--db", "x.duckdb", 'order("o1", "c1", 100)'], { cwd })).stdout;
  assert.ok(text.includes("order.csv:2"));
});

test("an import refuses as a whole, or sets aside what is guilty and says which", async (context) => {
  const cwd = await shopBase(context);
  write(cwd, { "order.csv": `${ORDERS}o3,c9,7\no4,c1,many\no5,c1,9\n` });
  const run = async (...args: string[]) =>
    await assayJson<Verdict & { quarantined: { total: number }; set_aside: { row: unknown; place: string; law: string }[] }>(
      ["import", "--db", "x.duckdb", ...args, "order.csv"],
      { cwd },
    );
  const whole = await run();
  assert.deepEqual([whole.code, whole.envelope.error?.code], [1, "import.quarantined"]);
  assert.deepEqual(
    whole.envelope.error?.also?.map(({ place }) => place),
    ["order.csv:5"],
  );
  const rest = await run("--on-violation", "quarantine", "--quarantine", "left.ndjson");
  assert.equal(rest.code, 0, rest.stdout);
  assert.equal(rest.envelope.data?.quarantined.total, 1);
  assert.deepEqual(
    rest.envelope.data.set_aside.map(({ place, law }) => [place, law]),
    [["order.csv:4", "shop.customer"]],
  );
  const left = readFileSync(join(cwd, "left.ndjson"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; place: string });
  assert.deepEqual(
    left.map(({ kind, place }) => [kind, place]),
    [
      ["record", "order.csv:5"],
      ["row", "order.csv:4"],
    ],
  );
  const present = (await assay(["query", "--db", "x.duckdb", "?- order(o, _, _).", "--format", "csv"], { cwd })).stdout;
  assert.equal(present, "o\r\no1\r\no2\r\no5\r\n");
});

test("an import with a mapping, and one that replaces", async (context) => {
  const cwd = await shopBase(context);
  write(cwd, {
    "sales.csv": "nr;client;sum\no1;c1;100\no9;c2;1\n",
    "map.toml":
      '[[map]]\nsource = "sales.csv"\nrelation = "order"\ndelimiter = ";"\ncolumns = { id = "nr", customer = "client", total = "sum" }\n',
  });
  const ran = await assay(["import", "--db", "x.duckdb", "--map", "map.toml", "--replace", "sales.csv"], { cwd });
  assert.equal(ran.code, 0, ran.stderr);
  const present = (await assay(["query", "--db", "x.duckdb", "?- order(o, _, _).", "--format", "csv"], { cwd })).stdout;
  assert.equal(present, "o\r\no1\r\no9\r\n");
});

test("a law that present facts break refuses its load, and a ratchet waives them with a reason", async (context) => {
  const cwd = await shopBase(context);
  write(cwd, {
    "strict/theory.toml": '[theory]\nname = "strict"\nversion = "1.0.0"\ndescription = "no large orders"\nneeds = ["shop"]\n',
    "strict/a.dl":
      '/// @law strict.small error "{id}: {total}"\n.decl not_small(id:symbol, total:number)\nnot_small(id, t) :- order(id, _, t), t > 200.\n',
  });
  const load = async (...args: string[]) => await assayJson<Verdict>(["load", "--db", "x.duckdb", "--theory", "strict", ...args], { cwd });
  const refused = await load();
  assert.equal(refused.code, 1);
  assert.deepEqual(
    refused.envelope.data?.violations.map(({ witness }) => witness),
    [{ id: "o2", total: 250 }],
  );
  assert.equal((await load("--ratchet")).envelope.error?.code, "usage.arguments");
  const waived = await load("--ratchet", "--reason", "old orders stay");
  assert.deepEqual([waived.code, waived.envelope.data?.violations[0]?.waived], [0, true]);
  assert.equal((await propose(cwd, delta({ order: [["o3", "c1", 201]] }))).code, 1);
  assert.equal((await propose(cwd, delta({ order: [["o3", "c1", 200]] }))).code, 0);
  const same = await load();
  assert.deepEqual([same.code, same.envelope.data?.replayed], [0, true]);
});

test("init makes a new file or none, and a theory with errors leaves none behind", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, {
    "broken/theory.toml": '[theory]\nname = "broken"\nversion = "1.0.0"\ndescription = "x"\n',
    "broken/a.dl": "a(x) :- .\n",
  });
  assert.equal((await assay(["init", "--db", "x.duckdb"], { cwd })).code, 0);
  assert.equal((await assayJson(["init", "--db", "x.duckdb"], { cwd })).envelope.error?.code, "store.exists");
  assert.ok(existsSync(join(cwd, "x.duckdb")));
  assert.equal((await assayJson(["init", "--db", "y.duckdb", "--theory", "broken"], { cwd })).envelope.error?.code, "theory.rejected");
  assert.ok(!existsSync(join(cwd, "y.duckdb")));
});

test("a delta that is none is an error with its place", async (context) => {
  const cwd = await shopBase(context);
  for (const [code, input] of [
    ["json.syntax", '{"proposer": "a", '],
    ["json.duplicate_key", '{"proposer": "a", "proposer": "b", "assert": {}}'],
    ["delta.member", '{"assert": {}}'],
    ["delta.empty", '{"proposer": "a"}'],
  ] as const) {
    const ran = await propose(cwd, input);
    assert.deepEqual([ran.code, ran.envelope.error?.code], [3, code]);
  }
  assert.equal((await assayJson(["propose", "--db", "x.duckdb", "absent.json"], { cwd })).envelope.error?.code, "ingest.not_found");
  assert.equal(
    (await assayJson(["propose", "--db", "x.duckdb", "--limit", "json_bytes=10", "-"], { cwd, input: delta({}) })).envelope.error?.code,
    "limit.json_bytes",
  );
});

test("a reader that goes away ends the answer quietly", async (context) => {
  const cwd = await shopBase(context);
  const launcher = join(import.meta.dirname, "../../api/cli/assay.mjs");
  const script = `"${process.execPath}" "${launcher}" query --db x.duckdb --sql "SELECT range AS n FROM range(200000)" --format csv | head -n 2`;
  const ran = spawnSync("bash", ["-c", `set -o pipefail; ${script}`], { cwd, encoding: "utf8" });
  assert.equal(ran.stdout, "n\r\n0\r\n");
  assert.equal(ran.stderr, "");
  assert.equal(ran.status, 0);
});

test("an import of nothing is undecided and commits nothing", async (context) => {
  const cwd = await shopBase(context);
  write(cwd, { "empty/order.csv": "id,customer,total\n" });
  const ran = await assayJson<Verdict>(["import", "--db", "x.duckdb", "empty"], { cwd });
  assert.deepEqual([ran.code, ran.envelope.data?.undecided?.code, ran.envelope.data?.commit], [2, "nothing_checked.delta", null]);
});
