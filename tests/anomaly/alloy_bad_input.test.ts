import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import type { GateFacts } from "../../ingest/gate_adapter.ts";
import { limitsWith } from "../../schema/limits.ts";
import { factsOf, folderOf, readAlloy, readGate, rowsOf } from "../support/alloys.ts";

/** Long enough for a machine under load; what is not bounded takes minutes. */
const BOUND_MS = 20_000;

async function bounded<T>(action: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await action();
  assert.ok(performance.now() - start < BOUND_MS);
  return result;
}

function unread(read: GateFacts): unknown {
  return rowsOf(read, "unread").map(([, code]) => code);
}

test("a string of 10 MB is a digest", async () => {
  const long = "ä".repeat(5 * 1024 * 1024);
  const read = await bounded(() => readAlloy({ name: "a", description: long }));
  assert.deepEqual(factsOf(read, "long_text"), [["", "description", `sha256:${hash("sha256", long, "hex")}`, 10_485_760n]]);
});

test("10,000 levels are one too many", async () => {
  const read = await bounded(() => readAlloy(`{"a": ${"[".repeat(10_000)}${"]".repeat(10_000)}}`));
  assert.deepEqual(unread(read), ["limit.json_depth"]);
});

test("a million stages are too many values", async () => {
  const read = await bounded(() => readAlloy(`{"stages": [${'{"type":"eval"},'.repeat(999_999)}{"type":"eval"}]}`));
  assert.deepEqual(unread(read), ["limit.alloy_values"]);
  assert.equal(rowsOf(read, "text").length, 0);
});

test("a document of too many bytes is not parsed", async () => {
  const limits = limitsWith({ alloy_bytes: 300_000 });
  const folder = await folderOf({ "a.alloy.json": `{"a": "${"x".repeat(300_000)}"}`, "b.alloy.json": `{"a": "${"x".repeat(290_000)}"}` });
  const read = await bounded(() => readGate([{ path: folder }], { limits }));
  assert.deepEqual(unread(read), ["limit.alloy_bytes"]);
  assert.equal(rowsOf(read, "long_text").length, 1);
  assert.equal(read.subjects[0]?.sha256, hash("sha256", `{"a": "${"x".repeat(300_000)}"}`, "hex"));
});

test("many members of one object, and many of one name, take no longer than their count", async () => {
  const count = 100_000;
  const names = Array.from({ length: count }, (_, at) => `"n${at}":0`).join(",");
  const same = Array.from({ length: count }, () => '"n":0').join(",");
  const [many, one] = await bounded(() => Promise.all([readAlloy(`{${names}}`), readAlloy(`{${same}}`)]));
  assert.equal(rowsOf(many, "integer").length, count);
  assert.deepEqual([rowsOf(one, "integer").length, factsOf(one, "repeated")], [1, [["", "n"]]]);
});

test("members named as what objects inherit are members", async () => {
  const read = await readAlloy('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": "x", "length": 3, "hasOwnProperty": null}');
  assert.deepEqual(factsOf(read, "object"), [["", "__proto__", "/__proto__"]]);
  assert.deepEqual(
    factsOf(read, "integer").map(([, member]) => member),
    ["polluted", "constructor", "length"],
  );
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

test("NaN, duplicate names, comments, and numbers past all bounds are clear", async () => {
  assert.deepEqual(unread(await readAlloy('{"a": NaN}')), ["json.syntax"]);
  assert.deepEqual(unread(await readAlloy('{"a": 1} // note')), ["json.syntax"]);
  assert.deepEqual(unread(await readAlloy("")), ["json.syntax"]);
  const digits = "9".repeat(100_000);
  const read = await bounded(() => readAlloy(`{"n": ${digits}, "d": 1e${digits}, "e": 0.${digits}, "f": -1e-${digits}}`));
  assert.deepEqual(
    factsOf(read, "unfit_number").map(([, member, written]) => [member, String(written).length]),
    [
      ["n", 64],
      ["d", 64],
      ["e", 64],
      ["f", 64],
    ],
  );
});

test("no symbol holds NUL, whatever a document says", async () => {
  const documents = [
    '{"a": \0}',
    "\0",
    '{"a\\u0000": 1}',
    '{"alloyHash": "\\u0000", "receipt": {"alloyHash": "sha256:\\u0000"}}',
    '["\0"]',
  ];
  for (const document of documents) {
    const read = await readAlloy(document);
    for (const table of read.tables ?? []) {
      for (const row of [...table.batches()].flat()) assert.ok(!row.some((value) => typeof value === "string" && value.includes("\0")));
    }
  }
});

test("links that lead in a circle, folders and devices are unread, not followed", async () => {
  const folder = await folderOf(
    { "ok.alloy.json": "{}" },
    { "a.alloy.json": "b.alloy.json", "b.alloy.json": "a.alloy.json", loop: ".", "null.alloy.json": "/dev/null" },
  );
  const read = await bounded(() => readGate([{ path: folder }]));
  assert.deepEqual(
    rowsOf(read, "unread").map(([path, code]) => [String(path).slice(folder.length + 1), code]),
    [
      ["a.alloy.json", "ingest.unreadable"],
      ["b.alloy.json", "ingest.unreadable"],
      ["null.alloy.json", "json.syntax"],
    ],
  );
  await assert.rejects(readGate([{ path: join(folder, "a.alloy.json") }]), { code: "ingest.unreadable" });
  await assert.rejects(readGate([{ path: join(folder, "gone") }]), { code: "ingest.not_found" });
});

test("documents and facts of one run are bounded", async () => {
  const folder = await folderOf(Object.fromEntries(Array.from({ length: 4 }, (_, at) => [`${at}.alloy.json`, `{"n": [${at}]}`])));
  await assert.rejects(readGate([{ path: folder }], { limits: limitsWith({ alloy_documents: 3 }) }), { code: "limit.alloy_documents" });
  const files = [0, 1, 2, 3].map((at) => ({ path: join(folder, `${at}.alloy.json`) }));
  await assert.rejects(readGate(files, { limits: limitsWith({ alloy_documents: 3 }) }), { code: "limit.alloy_documents" });
  await assert.rejects(readGate([{ path: folder }], { limits: limitsWith({ alloy_facts: 10 }) }), { code: "limit.alloy_facts" });
});

test("an envelope around an envelope, or around anything, is read one level deep", async () => {
  const inner = JSON.stringify({ payloadType: "t", payload: Buffer.from('{"a":1}').toString("base64"), signatures: [] });
  const envelope = (payload: string): object => ({ payloadType: "t", payload: Buffer.from(payload).toString("base64"), signatures: [] });
  assert.deepEqual(factsOf(await readAlloy(envelope(inner)), "object"), [["", "payload", "/payload"]]);
  assert.deepEqual(factsOf(await readAlloy(envelope("[1]")), "integer"), [["/payload", "0", 1n]]);
  assert.deepEqual(factsOf(await readAlloy(envelope("no JSON")), "object"), []);
  assert.deepEqual(unread(await readAlloy(envelope("[".repeat(1000)))), ["limit.json_depth"]);
});

test("the places of a document of many lines are found in no more time than it has lines", async () => {
  const count = 60_000;
  const read = await readAlloy(`{"a": [\n${Array.from({ length: count }, (_, at) => at).join(",\n")}]}`);
  const table = read.tables?.find(({ relation }) => relation === "integer");
  const places = await bounded(async () => [...(table?.batches() ?? [])].flat().map((row) => table?.placeOf(row)));
  assert.deepEqual([places[0], places.at(-1)], ["a.alloy.json:2:1", `a.alloy.json:${count + 1}:1`]);
});
