import assert from "node:assert/strict";
import { truncateSync } from "node:fs";
import { test } from "node:test";
import { AssayError } from "../../../../schema/assay_error.ts";
import { randomModel } from "../../../support/gguf.ts";
import { request, withModels } from "../../../support/model_files.ts";
import { seededChoices } from "../../../support/seeded.ts";

const whole = randomModel(1);

test("malformed and truncated model files are told as such, and the process that reads them lives", async () => {
  await withModels(async (host, write) => {
    const broken = new Map<string, Buffer>([
      ["empty", Buffer.alloc(0)],
      ["text", Buffer.from("this is no model at all")],
      ["version", Buffer.concat([Buffer.from("GGUF"), Buffer.from([9, 0, 0, 0]), whole.subarray(8)])],
      ["huge count", Buffer.concat([whole.subarray(0, 8), Buffer.alloc(16, 0xff), whole.subarray(24)])],
      ["no heads", Buffer.from(whole.toString("latin1").replace("attention.head_count", "attention.head_cOunt"), "latin1")],
      ["a token twice", Buffer.from(whole.toString("latin1").replace("<0x02>", "<0x01>"), "latin1")],
      ["no such tensor", Buffer.from(whole.toString("latin1").replace("blk.1.attn_q", "blk.7.attn_q"), "latin1")],
    ]);
    for (const [name, bytes] of broken) {
      await assert.rejects(host.model({ name, path: write("x.gguf", bytes) }), { code: "model.unreadable" }, name);
    }
    const { pid } = host;
    const cuts = [...Array.from({ length: 60 }, (_, at) => at * 151), ...Array.from({ length: 17 }, (_, at) => 9_000 + at * 30_000)];
    for (const length of [...cuts, whole.length - 1]) {
      await assert.rejects(host.model({ name: "cut", path: write("cut.gguf", whole.subarray(0, length)) }), { code: "model.unreadable" });
    }
    await assert.rejects(host.model({ name: "none", path: "/no/such.gguf" }), { code: "model.not_found" });
    assert.equal(host.pid, pid);
  });
});

test("bytes changed anywhere in a header are refused or loaded, never fatal", async () => {
  await withModels(async (host, write) => {
    const choices = seededChoices(20_261_121, 10_000);
    const seen = { read: 0, refused: 0 };
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(whole);
      bytes[choices.below(8_000)] = choices.below(256);
      const model = await host.model({ name: "m", path: write(`m${round}.gguf`, bytes) }).catch((error: unknown) => error);
      if (model instanceof AssayError) assert.equal(model.code, "model.unreadable");
      seen[model instanceof AssayError ? "refused" : "read"]++;
    }
    assert.ok(seen.read > 0 && seen.refused > 0, JSON.stringify(seen));
  });
});

test("a file replaced after it was read is not the model that was asked for", async () => {
  await withModels(async (host, write) => {
    const path = write("m.gguf", whole);
    const model = await host.model({ name: "m", path });
    write("m.gguf", randomModel(2).subarray(0, whole.length - 64));
    await assert.rejects(model.complete(request({})), (error: AssayError) => ["model.changed", "model.unreadable"].includes(error.code));
    write("m.gguf", randomModel(3));
    const other = await host.model({ name: "m", path });
    assert.notEqual(other.hash, model.hash);
    const { tokens } = await other.complete(request({ tokens: 5 }));
    assert.ok(tokens > 0);
  });
});

test("a model larger than the memory is refused before it is loaded, and a context that memory cannot hold costs its job alone", async () => {
  await withModels(
    async (host, write) => {
      const large = write("large.gguf", whole);
      truncateSync(large, 300 * 1024 * 1024);
      await assert.rejects(host.model({ name: "large", path: large }), { code: "limit.model_mb" });
      const path = write("m.gguf", randomModel(1, 4_000_000));
      const endless = await host.model({ name: "endless", path, context: 4_000_000 });
      const codes = ["limit.model_mb", "model.crashed", "model.unreadable"];
      await assert.rejects(endless.complete(request({})), (error: AssayError) => codes.includes(error.code));
      const modest = await host.model({ name: "modest", path, context: 512 });
      assert.ok((await modest.complete(request({ tokens: 3 }))).tokens >= 3);
    },
    { memory_mb: 200 },
  );
});
