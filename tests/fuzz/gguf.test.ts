import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { regressions } from "../support/regressions.ts";
import { fuzz, ModelBench } from "./gguf.ts";

let bench: ModelBench;
before(async () => {
  bench = await ModelBench.open();
});
after(() => bench.close());

test("model files that once ended the process do not any more", async () => {
  const kept = regressions("gguf");
  assert.ok(kept.length > 0, "no regressions were read");
  for (const { name, input } of kept) assert.ok(await bench.isSound(input), name);
});

test("no changed header ends the process that holds models", async () => {
  const seconds = Number(process.env["FUZZ_SECONDS"] ?? 3);
  assert.ok((await fuzz(bench, seconds, seconds > 3 ? Number(process.env["FUZZ_SEED"] ?? 1) : 1)) > 0);
});
