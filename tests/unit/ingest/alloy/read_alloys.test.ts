import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { alloyAdapter } from "../../../../ingest/alloy/adapter.ts";
import { limitsWith } from "../../../../schema/limits.ts";
import { factsOf, folderOf, placeOf, REAL_ALLOYS, readAlloy, readGate, rowsOf, withoutRealAlloys } from "../../../support/alloys.ts";

const sha = (content: string | Uint8Array): string => `sha256:${hash("sha256", content, "hex")}`;

test("every value is one fact, with the place of its value", async () => {
  const text = [
    "{",
    '  "name": "a/b", "n": 9007199254740993,',
    '  "list": [1.50, true, null, {"deep~/": "x"}],',
    '  "huge": 99999999999999999999,',
    '  "list": []',
    "}",
  ].join("\n");
  const read = await readAlloy(text);
  assert.deepEqual(factsOf(read, "text"), [["", "name", "a/b"]]);
  assert.deepEqual(factsOf(read, "integer"), [["", "n", 9_007_199_254_740_993n]]);
  assert.deepEqual(factsOf(read, "array"), [["", "list", "/list", 0n]]);
  assert.deepEqual(factsOf(read, "repeated"), [["", "list"]]);
  assert.deepEqual(factsOf(read, "unfit_number"), [["", "huge", "99999999999999999999"]]);
  assert.equal(placeOf(read, "integer", "", "n"), "a.alloy.json:2:23");
  assert.equal(placeOf(read, "array", "", "list"), "a.alloy.json:5:11");
  assert.equal(placeOf(read, "digest"), "a.alloy.json:1:1");
});

test("pointers escape, items are numbered, decimals have places", async () => {
  const read = await readAlloy({
    "a~/b": [{ c: 1.5 }, false, null],
    long: "x".repeat(257),
    nul: "\0",
    half: JSON.parse('"\\ud800"') as string,
  });
  assert.deepEqual(factsOf(read, "array"), [["", "a~/b", "/a~0~1b", 3n]]);
  assert.deepEqual(factsOf(read, "object"), [["/a~0~1b", "0", "/a~0~1b/0"]]);
  assert.deepEqual(factsOf(read, "decimal"), [["/a~0~1b/0", "c", 1_500_000n, 1n]]);
  assert.deepEqual(factsOf(read, "flag"), [["/a~0~1b", "1", "false"]]);
  assert.deepEqual(factsOf(read, "null"), [["/a~0~1b", "2"]]);
  const long = factsOf(read, "long_text").map(([, member, digest, bytes]) => [member, digest, bytes]);
  assert.deepEqual(long, [
    ["long", sha("x".repeat(257)), 257n],
    ["nul", sha("\0"), 1n],
    ["half", sha("\ufffd"), 3n],
  ]);
  assert.equal(placeOf(read, "decimal", "/a~0~1b/0", "c"), "a.alloy.json:4:12");
});

test("what strings mean stands beside them", async () => {
  const read = await readAlloy({
    version: "1.0.2",
    finalParams: "3.8B",
    device: "RTX 5090 32GB",
    completedAt: "2026-03-31T12:13:43-0500",
    nonce: "00112233",
  });
  assert.deepEqual(factsOf(read, "version_text"), [["", "version", 1n, 0n, 2n]]);
  assert.deepEqual(factsOf(read, "count_text"), [["", "finalParams", 3_800_000_000n, 50_000_000n]]);
  assert.deepEqual(factsOf(read, "memory_text"), [["", "device", 32_000_000n]]);
  assert.deepEqual(factsOf(read, "time"), [["", "completedAt", 1_774_977_223n, "lenient"]]);
  assert.deepEqual(factsOf(read, "nonce_bytes"), [["", "nonce", 4n]]);
});

test("a document in each of its forms, and which one its own claim is of", async () => {
  const body = { name: "a", source: { baseModel: "b" }, stages: [], cycles: 1 };
  const python = '{\n  "name": "a",\n  "source": {\n    "baseModel": "b"\n  },\n  "stages": [],\n  "cycles": 1\n}';
  const jcs = '{"cycles":1,"name":"a","source":{"baseModel":"b"},"stages":[]}';
  const read = await readAlloy({ ...body, receipt: { alloyHash: sha(python) } });
  const measured = new Map(factsOf(read, "measured_digest").map(([, , rule, digest]) => [rule, digest]));
  assert.equal(measured.get("indent2_minus_receipt"), sha(python));
  assert.equal(measured.get("minus_receipt"), sha(python));
  assert.equal(measured.get("jcs_minus_receipt"), sha(jcs));
  const digests = new Map(factsOf(read, "digest").map(([rule, digest]) => [rule, digest]));
  assert.equal(digests.get("pipeline"), sha('{"cycles":1,"source":{"baseModel":"b"},"stages":[]}'));
  assert.equal(digests.get("raw"), rowsOf(read, "file")[0]?.[0]);
  const receipt = `"receipt":{"alloyHash":"${sha(python)}"},`;
  assert.equal(digests.get("jcs"), sha(jcs.replace('"source"', `${receipt}"source"`)));
  const first = await readAlloy(`{"receipt": {}, "name": "a"}`);
  assert.ok(factsOf(first, "digest").some(([rule, digest]) => rule === "minus_receipt" && digest === sha('{"name": "a"}')));
});

test("a seal inside the document names what it leaves out", async () => {
  const sealed = { name: "a", results: { integrity: { trustLevel: "self-attested", modelHash: null } } };
  const form = '{"name":"a","results":{"integrity":{"modelHash":null,"trustLevel":"self-attested"}}}';
  const signature = { algorithm: "EdDSA", value: "AAAA", publicKey: "AAAA" };
  const integrity = { ...sealed.results.integrity, alloyHash: sha(form), signature };
  const read = await readAlloy({ ...sealed, results: { integrity }, receipt: { issuedAt: "2026-01-01" } });
  const own = factsOf(read, "measured_digest").find(([, member, rule]) => member === "alloyHash" && rule === "unsealed");
  assert.equal(own?.[3], sha(form));
});

test("shards make up a model's digest, and stages know the one before", async () => {
  const shards = [
    { filename: "b.bin", sha256: "22".repeat(32), size: 2 },
    { filename: "a.bin", sha256: "11".repeat(32), size: 1 },
  ];
  const list = `[{"filename":"a.bin","sha256":"${"11".repeat(32)}"},{"filename":"b.bin","sha256":"${"22".repeat(32)}"}]`;
  const stages = [
    { type: "train", outputHash: sha("x") },
    { type: "eval", prevHash: sha("y"), inputHashes: [sha("x")] },
  ];
  const integrity = { modelHash: sha(list), fileHashes: shards };
  const read = await readAlloy({ stages, results: { integrity } });
  const measured = factsOf(read, "measured_digest").map(([, member, rule, digest]) => [member, rule, digest]);
  assert.deepEqual(measured, [
    ["prevHash", "stage", sha(`{"outputHash":"${sha("x")}","type":"train"}`)],
    ["modelHash", "shard_list", sha(list)],
  ]);
  const claimed = factsOf(read, "claimed").map(([parent, member, what]) => `${parent}/${member} ${what}`);
  assert.deepEqual(claimed, [
    "/stages/0/outputHash output",
    "/stages/1/prevHash previous",
    "/stages/1/inputHashes/0 input",
    "/results/integrity/modelHash model",
    "/results/integrity/fileHashes/0/sha256 file",
    "/results/integrity/fileHashes/1/sha256 file",
  ]);
});

test("every claim has a measurement or the reason why there is none", async () => {
  const read = await readAlloy({
    results: {
      benchmarks: [{ resultHash: "x", samplesPath: "s.jsonl" }, { resultHash: "y" }],
      integrity: { code: { binaryHash: "z" }, modelHash: "m", datasets: [{ name: "d", hash: "h" }] },
    },
    receipt: { cardHash: "c" },
  });
  const why = factsOf(read, "unmeasured").map(([, member, reason]) => `${member} ${reason}`);
  assert.deepEqual(why.toSorted(), [
    "binaryHash no_rule",
    "cardHash not_asked",
    "hash not_asked",
    "modelHash no_rule",
    "resultHash no_rule",
    "resultHash not_asked",
  ]);
  const key = (row: readonly unknown[]): string => row.slice(0, 3).join(" ");
  const answered = new Set([...rowsOf(read, "measured_digest"), ...rowsOf(read, "unmeasured")].map(key));
  assert.deepEqual(
    rowsOf(read, "claimed").filter((row) => !answered.has(key(row))),
    [],
  );
});

test("the summary tells under which rule claims hold", async () => {
  const read = await readAlloy({
    name: "a",
    results: { benchmarks: [{ resultHash: "x", samplesPath: "s" }] },
    receipt: { alloyHash: sha("?") },
  });
  assert.deepEqual(read.summary, { measured: { claims: 2, holds: {}, differs: 1, unmeasured: { not_asked: 1 } } });
  const holding = await readAlloy({ name: "a", receipt: { alloyHash: sha('{\n  "name": "a"\n}') } });
  assert.deepEqual(holding.summary, { measured: { claims: 1, holds: { minus_receipt: 1 }, differs: 0, unmeasured: {} } });
});

test("what cannot be read is a fact, and the others are read", async () => {
  const folder = await folderOf({
    "bad.alloy.json": '{"a": NaN}',
    "good.alloy.json": '{"name": "g"}',
    "list.alloy.json": "[]",
    "other.json": "{}",
    "sub/deep.alloy.json": '{"name": "d"}',
    "node_modules/x.alloy.json": "{}",
    "utf.alloy.json": Buffer.from([0x7b, 0x0a, 0x22, 0xff, 0x22]),
  });
  const read = await readGate([{ path: folder }]);
  const unread = rowsOf(read, "unread").map(([path, code]) => [String(path).slice(folder.length + 1), code]);
  assert.deepEqual(unread, [
    ["bad.alloy.json", "json.syntax"],
    ["list.alloy.json", "alloy.root"],
    ["utf.alloy.json", "json.not_utf8"],
  ]);
  assert.deepEqual(factsOf(read, "file"), [[join(folder, "good.alloy.json")], [join(folder, "sub/deep.alloy.json")]]);
  const places = read.tables?.find(({ relation }) => relation === "unread");
  assert.deepEqual(
    [places?.placeOf(places.row(0)), places?.placeOf(places.row(2))],
    [`${join(folder, "bad.alloy.json")}:1:7`, `${join(folder, "utf.alloy.json")}:2`],
  );
  assert.deepEqual(
    read.subjects.map(({ name, sha256 }) => [name.slice(folder.length + 1), sha256.slice(0, 8)]),
    [
      ["bad.alloy.json", hash("sha256", '{"a": NaN}', "hex").slice(0, 8)],
      ["good.alloy.json", hash("sha256", '{"name": "g"}', "hex").slice(0, 8)],
      ["list.alloy.json", hash("sha256", "[]", "hex").slice(0, 8)],
      ["sub/deep.alloy.json", hash("sha256", '{"name": "d"}', "hex").slice(0, 8)],
      ["utf.alloy.json", hash("sha256", Buffer.from([0x7b, 0x0a, 0x22, 0xff, 0x22]), "hex").slice(0, 8)],
    ],
  );
});

test("equal bytes are one document under two names, and a name counts once", async () => {
  const folder = await folderOf({ "a.alloy.json": '{"name": "g"}', "b.alloy.json": '{"name": "g"}' });
  const read = await readGate([{ path: folder }, { path: join(folder, "a.alloy.json") }]);
  assert.equal(rowsOf(read, "file").length, 2);
  assert.equal(rowsOf(read, "text").length, 1);
  assert.equal(read.subjects.length, 1);
});

test("the adapter takes files and folders of alloys, and no others", async () => {
  const folder = await folderOf({ "x/a.alloy.json": "{}", "y/a.json": "{}" });
  const accepted = await Promise.all(
    [folder, "x", "x/a.alloy.json", "y", "y/a.json", "z"].map((path) => alloyAdapter.accepts(path === folder ? path : join(folder, path))),
  );
  assert.deepEqual(accepted, [true, true, true, false, false, false]);
  const read = await alloyAdapter.readAll?.([join(folder, "x"), join(folder, "y/a.json")], {
    limits: limitsWith(),
    now: "2026-11-21T00:00:00Z",
  });
  assert.deepEqual(
    read?.tables?.map(({ relation, rows }) => [relation, rows]),
    [
      ["file", 2],
      ["judged", 1],
      ["digest", 3],
    ],
  );
});

test("a time that is none is refused", async () => {
  await assert.rejects(readGate([], { at: "now" }), { code: "usage.arguments" });
});

const REAL: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "published/olmoe-1b-7b-compacted-5b.v1.0.0-2026-04-08a.alloy.json": [["raw", "bba0a92ff0c8bebb"]],
  "published/qwen2.5-0.5b-general-forged.92c45df.alloy.json": [["raw", "a3750da128ba76f0"]],
  "published/qwen3-coder-30b-a3b-compacted-19b-256k.v1.0.1-1bc32d2.alloy.json": [["raw", "011970c80c2f3429"]],
  "published/qwen3.5-4b-code-forged.04e9cc5.alloy.json": [
    ["raw", "f88ce36c70be7212"],
    ["indent2", "f88ce36c70be7212"],
    ["indent2_minus_receipt", "857b4ca12cb7108d"],
    ["minus_receipt", "857b4ca12cb7108d"],
  ],
};

test("published alloys have the digests that are stated of them", { skip: withoutRealAlloys }, async () => {
  for (const [path, stated] of Object.entries(REAL)) {
    const read = await readGate([{ path: join(REAL_ALLOYS, path) }]);
    const digests = new Map(factsOf(read, "digest").map(([rule, digest]) => [rule, String(digest).slice(7, 23)]));
    for (const [rule, digest] of stated) assert.equal(digests.get(rule), digest, `${path} ${rule}`);
  }
});

test("published claims: the receipt of 4b-code-forged and the shards of 0.5b-general hold", { skip: withoutRealAlloys }, async () => {
  const read = await readGate([{ path: join(REAL_ALLOYS, "published") }]);
  const claims = rowsOf(read, "claimed").filter(([, , , what]) => what === "alloy" || what === "model");
  const holds = claims.map(([alloy, parent, member, , digest]) => {
    const same = rowsOf(read, "measured_digest").filter(
      (row) => row[0] === alloy && row[1] === parent && row[2] === member && row[4] === digest,
    );
    return `${parent}/${member} ${same.map((row) => row[3]).join()}`;
  });
  assert.deepEqual(
    holds.toSorted(),
    [
      "/receipt/alloyHash minus_receipt,indent2_minus_receipt",
      "/results/integrity/modelHash ",
      "/results/integrity/modelHash shard_list",
    ].toSorted(),
  );
});

test("all published alloys are read, each value with a place in its own file", { skip: withoutRealAlloys }, async () => {
  const read = await readGate([{ path: REAL_ALLOYS }]);
  assert.deepEqual([read.subjects.length, rowsOf(read, "unread").length], [16, 0]);
  for (const table of read.tables ?? []) {
    for (const row of [table.row(0), table.row(table.rows - 1)]) assert.match(table.placeOf(row) ?? "", /\.alloy\.json:\d+:\d+$/);
  }
});
