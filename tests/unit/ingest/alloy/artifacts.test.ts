import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { ArtifactFolder } from "../../../../ingest/alloy/artifact_folder.ts";
import { hashFiles } from "../../../../ingest/alloy/hash_files.ts";
import { merkleRoot } from "../../../../ingest/alloy/merkle_tree.ts";
import { limitsWith } from "../../../../schema/limits.ts";
import { leafHasher } from "../../../../schema/merkle.ts";
import { factsOf, folderOf, readAlloy } from "../../../support/alloys.ts";
import { INPUTS, ROOTS } from "../../../support/merkle_vectors.ts";

const sha = (content: string): string => `sha256:${hash("sha256", content, "hex")}`;
const none = "0".repeat(64);

test("Merkle roots are those of RFC 6962: the vectors of Certificate Transparency", () => {
  const hashes = INPUTS.map((leaf) => leafHasher().update(Buffer.from(leaf, "hex")).digest());
  for (const [index, root] of ROOTS.slice(1).entries()) assert.equal(merkleRoot(hashes.slice(0, index + 1))?.toString("hex"), root);
  assert.equal(merkleRoot([]), null);
});

test("files are hashed, and their sizes measured", async () => {
  const artifacts = await folderOf({
    "model.bin": "weights",
    "eval/samples.jsonl": "s",
    "README.md": "card",
    "datasets/humaneval/b.txt": "B",
    "datasets/humaneval/a/c.txt": "C",
    "one.json": "1",
  });
  const read = await readAlloy(
    {
      name: "m",
      results: {
        benchmarks: [{ resultHash: none, samplesPath: "eval/samples.jsonl", baseResultHash: none, baseSamplesPath: "gone.jsonl" }],
        integrity: {
          modelHash: none,
          fileHashes: [{ filename: "model.bin", sha256: none, size: 7 }],
          datasets: [
            { name: "humaneval", hash: none },
            { name: "one.json", hash: none },
          ],
        },
      },
      receipt: { cardHash: none },
    },
    { artifacts },
  );
  const leaf = (text: string): Buffer => leafHasher().update(text).digest();
  const root = merkleRoot([leaf("C"), leaf("B")])?.toString("hex");
  const measured = factsOf(read, "measured_digest").filter(([, , rule]) => rule === "file" || rule === "merkle");
  assert.deepEqual(measured, [
    ["/results/benchmarks/0", "resultHash", "file", sha("s")],
    ["/results/integrity", "modelHash", "file", sha("weights")],
    ["/results/integrity/fileHashes/0", "sha256", "file", sha("weights")],
    ["/results/integrity/datasets/0", "hash", "merkle", `sha256:${root}`],
    ["/results/integrity/datasets/1", "hash", "file", sha("1")],
    ["/receipt", "cardHash", "file", sha("card")],
  ]);
  assert.deepEqual(factsOf(read, "measured_bytes"), [["/results/integrity/fileHashes/0", 7n]]);
  assert.deepEqual(factsOf(read, "unmeasured"), [["/results/benchmarks/0", "baseResultHash", "absent"]]);
});

test("a folder of the document's name holds its files, where there is one", async () => {
  const artifacts = await folderOf({ "m/model.bin": "own", "model.bin": "shared", "other.bin": "x" });
  const shards = (filename: string): object => ({ results: { integrity: { fileHashes: [{ filename, sha256: none }] } } });
  const digest = async (document: object): Promise<unknown> => factsOf(await readAlloy(document, { artifacts }), "measured_digest")[0]?.[3];
  assert.equal(await digest({ name: "m", ...shards("model.bin") }), sha("own"));
  assert.equal(await digest({ name: "n", ...shards("model.bin") }), sha("shared"));
  assert.equal(await digest({ name: "../m", ...shards("model.bin") }), sha("shared"));
});

test("no name leads out of the folder, and no link is followed", async () => {
  const outside = await folderOf({ "secret.txt": "secret" });
  const artifacts = await folderOf(
    { "inside.txt": "in", "data/x.txt": "x" },
    { link: join(outside, "secret.txt"), up: outside, a: "b", b: "a", "data/loop": "..", "near.txt": "inside.txt" },
  );
  const names: readonly (readonly [string, string])[] = [
    ["../secret.txt", "outside"],
    ["data/../../x", "outside"],
    [join(outside, "secret.txt"), "outside"],
    ["C:\\secret.txt", "outside"],
    ["..\\secret.txt", "outside"],
    ["C:secret.txt", "outside"],
    ["", "outside"],
    [".", "outside"],
    ["data//x.txt", "outside"],
    ["link", "outside"],
    ["near.txt", "outside"],
    ["up/secret.txt", "outside"],
    ["a", "outside"],
    ["a/x", "outside"],
    ["data", "outside"],
    ["inside.txt/x", "absent"],
    ["none.txt", "absent"],
    ["x".repeat(5000), "absent"],
  ];
  const fileHashes = names.map(([filename]) => ({ filename, sha256: none }));
  const datasets = [{ name: "data", hash: none }];
  const read = await readAlloy({ results: { integrity: { fileHashes, datasets } } }, { artifacts });
  const why = factsOf(read, "unmeasured").map(([, , reason]) => reason);
  assert.deepEqual(why, [...names.map(([, reason]) => reason), "outside"], names.map(([name]) => name.slice(0, 20)).join("\n"));
});

test("a folder that is none is refused", async () => {
  const folder = await folderOf({ "file.txt": "" });
  await assert.rejects(ArtifactFolder.open(join(folder, "gone"), limitsWith()), { code: "alloy.artifacts" });
  await assert.rejects(ArtifactFolder.open(join(folder, "file.txt"), limitsWith()), { code: "alloy.artifacts" });
});

test("the files of a data set are bounded", async () => {
  const artifacts = await folderOf({ "d/1": "", "d/2": "", "d/3": "" });
  const document = { results: { integrity: { datasets: [{ name: "d", hash: none }] } } };
  await assert.rejects(readAlloy(document, { artifacts, limits: limitsWith({ artifact_files: 2 }) }), { code: "limit.artifact_files" });
});

test("large files are hashed in threads, with progress", async () => {
  const content = "0123456789abcdef".repeat(5 * 1024 * 1024);
  const folder = await folderOf({ a: content, b: `${content}!` });
  const files = ["a", "b", "gone"].map((name, index) => ({ path: join(folder, name), bytes: content.length + index, leaf: index === 1 }));
  const told: (readonly [number, number])[] = [];
  const digests = await hashFiles(files, (done, total) => told.push([done, total]));
  assert.deepEqual(
    digests.map((digest) => digest?.sha256 ?? null),
    [hash("sha256", content, "hex"), hash("sha256", `${content}!`, "hex"), null],
  );
  assert.equal(digests[1]?.leaf, leafHasher().update(`${content}!`).digest("hex"));
  assert.equal(told.at(-1)?.[0], 2 * content.length + 1);
});
