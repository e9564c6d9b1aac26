import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Verdict } from "../../schema/verdict.ts";
import { pemPair } from "../support/pem_keys.ts";
import { assay, assayJson, folder } from "./assay.ts";
import { ORDERS, write, writeShop } from "./shop.ts";

const ORPHANED = `${ORDERS}o3,c9,7\n`;

function shop(context: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const cwd = folder(context);
  const { privatePem, publicPem } = pemPair();
  const other = pemPair("p256");
  writeShop(cwd, { "key.pem": privatePem, "pub.pem": publicPem, "p256.pem": other.privatePem, "p256.pub.pem": other.publicPem, ...files });
  return cwd;
}

const gate = (cwd: string, ...args: string[]) => assayJson<Verdict>(["gate", "--theory", "shop", ...args], { cwd });

test("every law that ran is told with its count, also when it holds", async (context) => {
  const cwd = shop(context, { "order.csv": ORPHANED });
  const ran = await assay(["gate", "--theory", "shop", "."], { cwd });
  assert.equal(ran.code, 1);
  for (const [mark, law, count] of [
    ["✗", "shop.customer", 1],
    ["✓", "shop.large", 0],
    ["✓", "key.order", 0],
  ]) {
    assert.ok(ran.stdout.split("\n").includes(`${mark} ${law}  ${count}`), `${law}`);
  }
  assert.ok(ran.stdout.includes("order.csv:4"));
});

test("the exit code is the verdict's", async (context) => {
  const cwd = shop(context, {
    "bad.csv": ORPHANED,
    "two.csv": `${ORPHANED}o4,c9,1\n`,
    "empty/order.csv": "id,customer,total\n",
    "typed.csv": `${ORDERS}o3,c1,many\n`,
  });
  for (const [args, code] of [
    [["."], 0],
    [["customer.csv", "order=bad.csv"], 1],
    [["customer.csv", "order=typed.csv"], 1],
    [["empty"], 2],
    [["--limit", "rows_derived=1", "customer.csv", "order=two.csv"], 2],
    [["nosuch.csv"], 3],
    [[], 3],
    [["-"], 3],
    [["--at", "yesterday", "."], 3],
    [["--at", "2026-13-01T00:00:00Z", "."], 3],
    [["--format", "sarif", "--format", "junit", "."], 3],
    [["--attest", "pub.pem", "."], 3],
    [["--profile", "strict", "."], 3],
  ] as const) {
    const ran = await gate(cwd, ...args);
    assert.equal(ran.code, code, args.join(" "));
  }
});

test("a mistyped form is answered with the nearest", async (context) => {
  const cwd = shop(context);
  const ran = await gate(cwd, "--format", "sarfi", ".");
  assert.deepEqual([ran.code, ran.envelope.error?.code], [3, "usage.arguments"]);
  assert.ok(ran.envelope.error?.detail.includes("sarif"));
});

test("several forms of one verdict go to files, one to stdout", async (context) => {
  const cwd = shop(context, { "order.csv": ORPHANED });
  const args = [
    "--format",
    "github",
    "--format",
    "sarif=a.sarif",
    "--format",
    "junit=a.xml",
    "--format",
    "markdown=a.md",
    "--format",
    "json=a.json",
  ];
  const ran = await assay(["gate", "--theory", "shop", ...args, "."], { cwd });
  assert.equal(ran.code, 1);
  assert.ok(ran.stdout.startsWith("::error file=order.csv,line=4,title=shop.customer::"));
  const read = (name: string): string => readFileSync(join(cwd, name), "utf8");
  assert.equal((JSON.parse(read("a.sarif")) as { runs: { results: unknown[] }[] }).runs[0]?.results.length, 1);
  assert.ok(read("a.xml").startsWith("<?xml"));
  assert.ok(read("a.md").includes("shop.customer"));
  assert.equal((JSON.parse(read("a.json")) as { data: Verdict }).data.verdict, "refused");
});

test("an error is printed in the form asked for, so that it passes for no verdict", async (context) => {
  const cwd = shop(context);
  for (const [format, sign] of [
    ["sarif", '"executionSuccessful":false'],
    ["junit", 'errors="1"'],
    ["github", "::error title=ingest.not_found"],
    ["markdown", "no verdict"],
    ["json", '"ok":false'],
  ] as const) {
    const ran = await assay(["gate", "--theory", "shop", "nosuch.csv", "--format", format, "--format", `${format}=copy`], { cwd });
    assert.equal(ran.code, 3, format);
    assert.ok(ran.stdout.includes(sign) || ran.stdout.includes("::error file=nosuch.csv,title=ingest.not_found"), format);
    assert.equal(readFileSync(join(cwd, "copy"), "utf8"), ran.stdout, format);
  }
  const unwritable = await assay(["gate", "--theory", "shop", ".", "--format", "sarif=no/such/folder.sarif"], { cwd });
  assert.deepEqual([unwritable.code, unwritable.stderr.includes("report.unwritable")], [3, true]);
});

test("a report lists every violation, past the page of an answer", async (context) => {
  const many = Array.from({ length: 1_200 }, (_, index) => `x${index},c9,1`).join("\n");
  const cwd = shop(context, { "order.csv": `${ORDERS}${many}\n` });
  const results = async (...args: string[]): Promise<number | undefined> => {
    const ran = await assay([...args, "--format", "sarif"], { cwd });
    return (JSON.parse(ran.stdout) as { runs: { results: unknown[] }[] }).runs[0]?.results.length;
  };
  assert.equal(await results("gate", "--theory", "shop", "."), 1_200);
  assert.equal(await results("verify", "--theory", "shop", "."), 1_200);
  assert.equal((await assay(["init", "--db", "b.db", "--theory", "shop"], { cwd })).code, 0);
  assert.equal(await results("import", "--db", "b.db", "customer.csv", "order.csv"), 1_200);
  assert.equal(await results("gate", "--base", "b.db", "--theory", "shop", "customer.csv", "order.csv"), 1_200);
  assert.equal(await results("verify", "--theory", "shop", ".", "--limit", "report_violations=700"), 700);
});

test("with a base documents are judged with what was accepted before, and acceptance commits them", async (context) => {
  const cwd = shop(context, { "more/order.csv": "id,customer,total\no7,c1,9\n", "bad/order.csv": "id,customer,total\no1,c2,9\n" });
  assert.equal((await assay(["init", "--db", "b.db", "--theory", "shop"], { cwd })).code, 0);
  const based = (...args: string[]) => gate(cwd, "--base", "b.db", ...args);
  assert.deepEqual([(await gate(cwd, "more")).code, (await based("more")).code], [1, 1]);
  const first = await based("customer.csv", "order.csv");
  assert.deepEqual([first.code, first.envelope.data?.commit], [0, 2]);
  const second = await based("more");
  assert.deepEqual([second.code, second.envelope.data?.commit], [0, 3]);
  const changed = await based("bad");
  assert.deepEqual([changed.code, changed.envelope.data?.commit, changed.envelope.data?.violations[0]?.law], [1, null, "key.order"]);
  assert.equal((await assay(["log", "--db", "b.db", "--check"], { cwd })).code, 0);
  const proved = await assayJson<{ head: { size: number } }>(["prove", "head", "--db", "b.db"], { cwd });
  assert.equal(proved.envelope.data?.head.size, 5);
});

test("a base that does not judge by what is asked for is told apart", async (context) => {
  const cwd = shop(context);
  assert.equal((await assay(["init", "--db", "b.db", "--theory", "shop"], { cwd })).code, 0);
  for (const [args, code] of [
    [["gate", "--base", "b.db", "--theory", "gitchain", "customer.csv"], "gate.theory"],
    [["gate", "--base", "b.db", "--theory", "shop", "--profile", "strict", "."], "gate.profile"],
    [["gate", "--base", "nosuch.db", "--theory", "shop", "."], "store.not_found"],
  ] as const) {
    const ran = await assayJson([...args], { cwd });
    assert.deepEqual([ran.code, ran.envelope.error?.code], [3, code], args.join(" "));
  }
});

test("repairs are told where they are asked for, with a base and without", async (context) => {
  const cwd = shop(context, { "order.csv": ORPHANED });
  assert.equal((await assay(["init", "--db", "b.db", "--theory", "shop"], { cwd })).code, 0);
  for (const base of [[], ["--base", "b.db"]]) {
    const ran = await gate(cwd, ...base, "--repairs", "1", ".");
    assert.equal(ran.code, 1);
    assert.deepEqual(
      ran.envelope.data?.repairs.map(({ changes }) => changes),
      [[{ change: "drop", relation: "order", row: ["o3", "c9", 7] }]],
    );
  }
  assert.deepEqual((await gate(cwd, ".")).envelope.data?.repairs, []);
});

test("a verdict is signed whatever it is, and checked offline", async (context) => {
  const cwd = shop(context, { "bad.csv": ORPHANED, "two.csv": `${ORPHANED}o4,c9,1\n` });
  const check = (...args: string[]) =>
    assayJson<{ ok: boolean; verdict: string | null }>(["attest", "verify", "v.jsonl", ...args], { cwd });
  for (const [pem, pub, other] of [
    ["key.pem", "pub.pem", "p256.pub.pem"],
    ["p256.pem", "p256.pub.pem", "pub.pem"],
  ] as const) {
    for (const [sources, code, verdict] of [
      [["customer.csv", "order.csv"], 0, "accepted"],
      [["customer.csv", "order=bad.csv"], 1, "refused"],
      [["--limit", "rows_derived=1", "customer.csv", "order=two.csv"], 2, "undecided"],
    ] as const) {
      const ran = await gate(cwd, "--attest", pem, "--attest-to", "v.jsonl", ...sources);
      assert.equal(ran.code, code);
      const checked = await check("--key", pub, "--subject", "customer.csv");
      assert.deepEqual([checked.code, checked.envelope.data?.ok, checked.envelope.data?.verdict], [code, true, verdict]);
      assert.deepEqual([(await check("--key", other)).code, (await check("--key", other)).envelope.data?.ok], [1, false]);
      assert.equal((await check("--key", pub, "--subject", "shop/shop.dl")).envelope.data?.ok, false);
    }
  }
  write(cwd, { "v.jsonl": readFileSync(join(cwd, "v.jsonl"), "utf8").replace('"payload":"e', '"payload":"f') });
  assert.equal((await check("--key", "p256.pub.pem")).code, 1);
  write(cwd, { "v.jsonl": "{}" });
  assert.equal((await check("--key", "pub.pem")).envelope.error?.code, "attest.malformed");
});

test("an npm project is gated by its own adapter, its facts replacing those of before", async (context) => {
  const cwd = folder(context);
  const lock = (version: string): string =>
    JSON.stringify({ name: "p", version: "1.0.0", lockfileVersion: 3, packages: { "": { name: "p", version } } }, null, 1);
  write(cwd, { "p/package.json": '{"name":"p","version":"1.0.0"}', "p/package-lock.json": lock("1.0.0") });
  const alone = await assayJson<Verdict & { subjects: readonly { name: string }[] }>(["gate", "--theory", "npm", "p"], { cwd });
  assert.ok((alone.envelope.data?.checked.facts ?? 0) > 0);
  assert.deepEqual(
    alone.envelope.data?.subjects.map(({ name }) => name),
    ["package-lock.json"],
  );
  for (const sources of [["p", "p"], ["-"]]) {
    const ran = await assayJson(["gate", "--theory", "npm", ...sources], { cwd });
    assert.deepEqual([ran.code, ran.envelope.error?.code], [3, "gate.sources"]);
  }
});
