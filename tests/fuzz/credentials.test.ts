import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { regressions } from "../support/regressions.ts";
import { CredentialBench, fuzz } from "./credentials.ts";

let bench: CredentialBench;
before(async () => {
  bench = await CredentialBench.open();
});
after(() => bench.close());

test("good credentials are let in, and headers that once broke the door are refused", async () => {
  assert.deepEqual(await Promise.all(bench.good.map((one) => bench.ask(`Bearer ${one}`))), ["key:root", "jwt:ann", "token:ci"]);
  for (const { name, input } of regressions("credentials")) assert.ok(await bench.isSound(input), name);
});

test("no damaged credential is let in or breaks the door", async () => {
  const seconds = Number(process.env["FUZZ_SECONDS"] ?? 3);
  assert.ok((await fuzz(bench, seconds, seconds > 3 ? Number(process.env["FUZZ_SEED"] ?? 1) : 1)) > 0);
});
