import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { regressions } from "../support/regressions.ts";
import { StagingBench } from "../support/staging.ts";
import { fuzz, isSound } from "./file_readers.ts";

let bench: StagingBench;
before(async () => {
  bench = await StagingBench.open();
});
after(() => bench.close());

test("files that once broke a reader do not any more", async () => {
  const kept = regressions("file_readers");
  assert.ok(kept.length > 0, "no regressions were read");
  for (const { name, input } of kept) assert.ok(await isSound(bench, input), name);
});

test("no damaged file crashes or hangs a reader", async () => {
  const seconds = Number(process.env["FUZZ_SECONDS"] ?? 3);
  assert.ok((await fuzz(bench, seconds, seconds > 3 ? Number(process.env["FUZZ_SEED"] ?? 1) : 1)) > 0);
});
