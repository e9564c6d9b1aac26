import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Places } from "../../../../ingest/alloy/places.ts";
import { POLICY_RELATIONS } from "../../../../ingest/alloy/policy_relations.ts";
import { makeTables } from "../../../../ingest/alloy/sheet.ts";
import { limitsWith } from "../../../../schema/limits.ts";
import { folderOf, readGate, rowsOf } from "../../../support/alloys.ts";
import { programOf } from "../../../support/compile_dl.ts";

const KEY = "8JSvZGyeFlBkV5Ck_PKQyP9QKmN6eKxSqi0jUrXKcvg";

function read(files: Readonly<Record<string, string>>): ReturnType<typeof readGate> {
  return folderOf(files).then((policy) => readGate([], { policy }));
}

test("tables of TOML, lists of JSON and rows of CSV are facts, with their places", async () => {
  const facts = await read({
    "keys.toml": [
      "# the registry",
      "[[registered_key]]",
      'key = "k1"',
      'algorithm = "EdDSA"',
      `public_key = "${KEY}"`,
      'owner = "forge"',
      "from = 2026-01-01T00:00:00Z",
      'until = "2027-01-01T00:00:00+01:00"',
      "",
      "[[registered_key]]",
      'key = "k2"',
      'algorithm = "EdDSA"',
      `public_key = "${KEY}"`,
      'owner = "forge"',
      "",
      "[[declared_device]]",
      'device = "toaster"',
      "gb = 0.5",
    ].join("\n"),
    "quorum.json": '[{"domain": "llm-forge", "signers": 2},\n {"domain": "ticketing", "signers": 3, "skill": "audit-vdd"}]',
    "skilled.csv": 'party,skill,from\nalice,audit-vdd,1700000000\n"bob, b",gpu:24gb,2026-01-01\n',
    "declared_bound.json": '[{"shape": "s", "member": "m", "most": 0.9}]',
    "README.md": "not a policy",
    "other.csv": "a\nb",
  });
  assert.deepEqual(
    rowsOf(facts, "registered_key").map(([key, algorithm, digest, owner, from, until]) => [
      key,
      algorithm,
      String(digest).length,
      owner,
      from,
      until,
    ]),
    [
      ["k1", "EdDSA", 71, "forge", 1_767_225_600n, 1_798_758_000n],
      ["k2", "EdDSA", 71, "forge", 0n, 253_402_300_799n],
    ],
  );
  assert.deepEqual(facts.places.get("registered_key"), ["keys.toml:2", "keys.toml:10"]);
  assert.deepEqual(rowsOf(facts, "declared_device"), [["toaster", 500_000n]]);
  assert.deepEqual(rowsOf(facts, "quorum"), [
    ["llm-forge", 2n, ""],
    ["ticketing", 3n, "audit-vdd"],
  ]);
  assert.deepEqual(facts.places.get("quorum"), ["quorum.json:1", "quorum.json:2"]);
  assert.deepEqual(rowsOf(facts, "skilled"), [
    ["alice", "audit-vdd", 1_700_000_000n, 253_402_300_799n],
    ["bob, b", "gpu:24gb", 1_767_225_600n, 253_402_300_799n],
  ]);
  assert.deepEqual(facts.places.get("skilled"), ["skilled.csv:2", "skilled.csv:3"]);
  assert.deepEqual(rowsOf(facts, "declared_bound"), [["s", "m", -(10n ** 18n), 900_000n]]);
  assert.deepEqual(facts.replaces.toSorted(), [...POLICY_RELATIONS.keys()].toSorted());
  assert.deepEqual((await readGate([])).replaces, []);
});

const bad: readonly (readonly [string, string, string, string])[] = [
  ["an unknown relation", "p.toml", "[[keys]]\na = 1", "p.toml:1"],
  ["an unknown attribute", "p.toml", '\n[[own_audience]]\naudience = "a"\nmore = 1', "p.toml:2"],
  ["a missing attribute", "p.toml", '[[revoked_key]]\nkey = "k"', "p.toml:1"],
  ["a number for a text", "p.toml", "[[own_audience]]\naudience = 1", "p.toml:1"],
  ["a text for a number", "quorum.json", '[{"domain": "d", "signers": "many"}]', "quorum.json:1"],
  ["a fraction for a whole number", "quorum.json", '[{"domain": "d", "signers": 1.5}]', "quorum.json:1"],
  ["no time", "p.toml", '[[revoked_key]]\nkey = "k"\nat = "yesterday"', "p.toml:1"],
  ["no amount", "declared_device.csv", "device,gb\nx,much", "declared_device.csv:2"],
  ["no key", "p.toml", '[[registered_key]]\nkey = "k"\nalgorithm = "EdDSA"\nowner = "o"\npublic_key = "AAAA"', "p.toml:1"],
  [
    "a key of another algorithm",
    "p.toml",
    `[[registered_key]]\nkey = "k"\nalgorithm = "ES256"\nowner = "o"\npublic_key = "${KEY}"`,
    "p.toml:1",
  ],
  ["no certificate", "p.toml", '[[trusted_root]]\ncertificate = "x"', "p.toml:1"],
  ["TOML that is none", "p.toml", "[[own_audience]\n", "p.toml:1:16"],
  ["a table where a list stands", "p.toml", "[own_audience]\na = 1", "p.toml:1"],
  ["a value that is a list", "p.toml", "[[own_audience]]\naudience = []", "p.toml:1"],
  ["JSON that is no list", "quorum.json", "{}", "quorum.json:1"],
  ["an item that is no object", "quorum.json", "[\n1]", "quorum.json:1"],
  ["a row of too few fields", "skilled.csv", "party,skill\na", "skilled.csv:2"],
  ["an open quote", "skilled.csv", 'party,skill\n"a,b', "skilled.csv:2"],
];

for (const [name, file, text, place] of bad) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(read({ [file]: text }), { code: "alloy.policy", place });
  });
}

test("a folder that is not there, and bytes that are no text, are refused", async () => {
  await assert.rejects(readGate([], { policy: "/nowhere/at/all" }), { code: "alloy.policy" });
  const policy = await folderOf({ "p.toml": Buffer.from([0xff]) });
  await assert.rejects(readGate([], { policy }), { code: "alloy.policy" });
  await assert.rejects(read({ "quorum.json": "[{]" }), { code: "json.syntax" });
});

test("the relations that are filled are the base relations of the theory, with its attributes", () => {
  const { relations } = programOf(readFileSync("logic/theories/alloy/relations.dl", "utf8"));
  const declared = [...relations.values()].filter(({ role }) => role === "base");
  const tables = makeTables(new Places(limitsWith()));
  const filled = new Map<string, readonly string[]>([
    ...Object.values(tables).map(({ relation, types }) => [relation, types] as const),
    ...[...POLICY_RELATIONS].map(([relation, attributes]) => [relation, attributes.map(({ name }) => name)] as const),
  ]);
  assert.deepEqual([...filled.keys()].toSorted(), declared.map(({ name }) => name).toSorted());
  for (const { name, attributes } of declared) {
    const isPolicy = POLICY_RELATIONS.has(name);
    assert.deepEqual(
      attributes.map((attribute) => (isPolicy ? attribute.name : attribute.type)),
      filled.get(name),
      name,
    );
  }
  for (const [name, attributes] of POLICY_RELATIONS) {
    const types = relations.get(name)?.attributes.map(({ type }) => type);
    assert.deepEqual(
      attributes.map(({ kind }) => (kind === "text" || kind === "key" ? "symbol" : "number")),
      types,
      name,
    );
  }
});
