import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import type { Verdict } from "../../schema/verdict.ts";
import { assay, assayJson, assayProcess, folder, launcher } from "./assay.ts";
import { ORDERS, write, writeShop } from "./shop.ts";

const judge = async (cwd: string, ...args: string[]) => await assayJson<Verdict>(["verify", ...args], { cwd });

test("lawful files are accepted, by name and by mapping alike", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, { "elsewhere.csv": ORDERS });
  for (const sources of [["customer.csv", "order.csv"], ["."], ["customer.csv", "order=elsewhere.csv"]]) {
    const { code, envelope, stderr } = await judge(cwd, "--theory", "shop", ...sources);
    assert.equal(code, 0);
    assert.equal(envelope.ok, true);
    assert.equal(envelope.data?.verdict, "accepted");
    assert.equal(envelope.data.checked.facts, 4);
    assert.equal(envelope.data.engine, "duckdb");
    assert.equal(stderr, "");
  }
});

test("a violation refuses, with its witness, its facts, its place and its rule", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, { "order.csv": `${ORDERS}o3,c9,7\n` });
  const { code, envelope } = await judge(cwd, "--theory", "shop", "customer.csv", "order.csv");
  assert.equal(code, 1);
  assert.equal(envelope.ok, true);
  const [violation, ...others] = envelope.data?.violations ?? [];
  assert.deepEqual(others, []);
  assert.equal(violation?.law, "shop.customer");
  assert.deepEqual(violation.witness, { id: "o3", customer: "c9" });
  assert.equal(violation.place, "order.csv:4");
  assert.deepEqual(violation.facts, [{ relation: "order", row: ["o3", "c9", 7], from: "delta", place: "order.csv:4" }]);
  assert.deepEqual(violation.rule, { file: "shop/shop.dl", line: 12 });
});

test("a broken key refuses", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, { "order.csv": `${ORDERS}o1,c2,7\n` });
  const { code, envelope } = await judge(cwd, "--theory", "shop", ".");
  assert.equal(code, 1);
  assert.deepEqual(new Set(envelope.data?.violations.map(({ law }) => law)), new Set(["key.order"]));
});

test("a warning is told and accepted", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, { "order.csv": `${ORDERS}o3,c1,5000\n` });
  const { code, envelope } = await judge(cwd, "--theory", "shop", ".");
  assert.equal(code, 0);
  assert.deepEqual(
    envelope.data?.violations.map(({ law, severity }) => [law, severity]),
    [["shop.large", "warn"]],
  );
});

test("records that become no fact refuse, each with its place", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, { "order.csv": `${ORDERS}o3,c1,many\no4,c9,1\n` });
  const { code, envelope } = await judge(cwd, "--theory", "shop", ".");
  assert.equal(code, 1);
  assert.deepEqual(
    envelope.data?.violations.map(({ law, place }) => [law, place]),
    [
      ["gate.types", "order.csv:4"],
      ["shop.customer", "order.csv:5"],
    ],
  );
  assert.equal(envelope.data?.total, 2);
});

test("a page of violations says how many there are, and its cursor gives the rest", async (context) => {
  const cwd = folder(context);
  const bad = ["o3,c1,many", "o4,c1,more", ...Array.from({ length: 5 }, (_, n) => `p${n},c9,1`)].join("\n");
  writeShop(cwd, { "order.csv": `${ORDERS}${bad}\n` });
  const seen: string[] = [];
  for (let cursor: string | null = null, pages = 0; pages < 4; pages += 1) {
    const args: string[] = ["--theory", "shop", "--limit", "violations_page=3", ...(cursor === null ? [] : ["--cursor", cursor]), "."];
    const { code, envelope } = await judge(cwd, ...args);
    assert.equal(code, 1);
    assert.equal(envelope.data?.total, 7);
    seen.push(...(envelope.data?.violations.map(({ fingerprint }) => fingerprint) ?? []));
    assert.equal(envelope.cursor, envelope.data?.cursor);
    cursor = envelope.cursor;
    if (cursor === null) break;
  }
  assert.equal(seen.length, 7);
  assert.equal(new Set(seen).size, 7);
});

test("nothing to check is undecided, never accepted", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, {
    "customer.csv": "id,country\n",
    "lawless/theory.toml": '[theory]\nname = "lawless"\nversion = "1.0.0"\ndescription = "no laws"\n',
    "lawless/a.dl": ".decl customer(id:symbol, country:symbol)\n.input customer\n",
    "c.csv": "id,country\nc1,DE\n",
  });
  mkdirSync(`${cwd}/empty`);
  for (const [what, args] of [
    ["facts", ["--theory", "shop", "empty"]],
    ["facts", ["--theory", "shop", "customer.csv"]],
    ["facts", ["empty"]],
    ["laws", ["--theory", "lawless", "customer=c.csv"]],
  ] as const) {
    const { code, envelope } = await judge(cwd, ...args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(envelope.data?.verdict, "undecided");
    assert.equal(envelope.data.undecided?.code, `nothing_checked.${what}`);
  }
});

test("a bound that is passed is undecided and named", async (context) => {
  const cwd = folder(context);
  write(cwd, {
    "endless/theory.toml": '[theory]\nname = "endless"\nversion = "1.0.0"\ndescription = "counts without end"\n',
    "endless/a.dl":
      '.decl start(x:number)\n.input start\n.decl n(x:number)\nn(x) :- start(x).\nn(x+1) :- n(x).\n/// @law endless.negative error "{x}"\n.decl negative(x:number)\nnegative(x) :- n(x), x < 0.\n',
    "start.csv": "x\n1\n",
  });
  const { code, envelope } = await judge(cwd, "--theory", "endless", "--limit", "rounds=50", "start.csv");
  assert.equal(code, 2);
  assert.equal(envelope.data?.undecided?.code, "limit.rounds");
  assert.equal(envelope.data.undecided.bound, 50);
  assert.equal(envelope.data.undecided.relation, "n");
});

test("input that cannot be judged is an error with a code, a place and a next step", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, {
    "one/package-lock.json": "{}",
    "two/package-lock.json": "{}",
    "broken/theory.toml": '[theory]\nname = "broken"\nversion = "1.0.0"\ndescription = "x"\n',
    "broken/a.dl": ".decl a(x:symbl)\nb(x) :- a(x).\n",
  });
  for (const [expected, args] of [
    ["ingest.not_found", ["--theory", "shop", "order=absent.csv"]],
    ["ingest.not_found", ["--theory", "shop", "absent"]],
    ["usage.source", ["--theory", "shop", "ordr=order.csv"]],
    ["usage.arguments", ["one/package-lock.json", "two/package-lock.json"]],
    ["usage.arguments", ["--cursor", "nonsense", "."]],
    ["usage.source", ["--theory", "shop", "orphan=order.csv"]],
    ["theory.not_found", ["--theory", "shp", "."]],
    ["theory.rejected", ["--theory", "broken", "."]],
  ] as const) {
    const { code, envelope } = await judge(cwd, ...args);
    assert.equal(code, 3, args.join(" "));
    assert.equal(envelope.error?.code, expected);
    assert.ok((envelope.error?.help ?? "").length > 0);
  }
  const rejected = (await judge(cwd, "--theory", "broken", ".")).envelope.error;
  assert.deepEqual(
    new Set(rejected?.also?.map(({ code, place }) => `${code} ${place?.split(":")[0]}`)),
    new Set(["check.unknown_type broken/a.dl", "check.unknown_relation broken/a.dl"]),
  );
});

test("the readable form goes to stdout, without colour where it is no terminal", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, { "order.csv": `${ORDERS}o3,c9,7\n` });
  const plain = await assay(["verify", "--theory", "shop", "."], { cwd });
  assert.equal(plain.code, 1);
  for (const part of ["shop.customer", "order.csv:4", 'order("o3", "c9", 7)', "shop/shop.dl:12"])
    assert.ok(plain.stdout.includes(part), part);
  assert.ok(!plain.stdout.includes("\u001b["));
  assert.ok(assayProcess(["verify", "--theory", "shop", "."], { cwd, env: { FORCE_COLOR: "1" } }).stdout.includes("\u001b["));
});

const hasScript = spawnSync("script", ["--version"]).status === 0;

test("on a terminal there is colour, unless NO_COLOR asks for none", { skip: !hasScript && "needs script(1)" }, async (context) => {
  const cwd = folder(context);
  writeShop(cwd);
  const onTerminal = (env: Record<string, string>): string => {
    const command = `${process.execPath} ${launcher} verify --theory shop .`;
    // Node takes a terminal under `CI` for one without colours.
    const { FORCE_COLOR: _force, NO_COLOR: _no, CI: _ci, ...rest } = process.env;
    return spawnSync("script", ["-qec", command, "/dev/null"], { cwd, encoding: "utf8", env: { ...rest, TERM: "xterm-256color", ...env } })
      .stdout;
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  const coloured = /\u001b\[\d+m/;
  assert.match(onTerminal({}), coloured);
  const plain = onTerminal({ NO_COLOR: "1" });
  assert.ok(plain.includes("accepted"));
  assert.doesNotMatch(plain, coloured);
});
