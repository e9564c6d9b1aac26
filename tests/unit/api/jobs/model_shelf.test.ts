import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ModelShelf } from "../../../../api/jobs/model_shelf.ts";
import { systemClock } from "../../../../schema/clock.ts";
import type { TextModel } from "../../../../schema/text_model.ts";
import { withEndpoint } from "../../../support/completions_server.ts";
import { randomModel } from "../../../support/gguf.ts";
import { request } from "../../../support/model_files.ts";

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "assay-shelf-"));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("models are named by themselves or as asked, and read when first asked for", async (context) => {
  const path = join(folder(context), "tiny.gguf");
  const shelf = new ModelShelf(
    [path, `other=${path}`, "gone=/no/such.gguf", "https://far.example/v1#big", "far=https://far.example/v1#a=b"],
    systemClock,
  );
  context.after(() => shelf.close());
  assert.deepEqual(shelf.names, ["tiny", "other", "gone", "big", "far"]);
  await assert.rejects(shelf.model("tiny"), { code: "model.not_found" });
  writeFileSync(path, randomModel(1));
  const [one, other] = [await shelf.model("tiny"), await shelf.model("other")];
  assert.deepEqual([one.name, other.name, one.hash === other.hash], ["tiny", "other", true]);
  assert.match((await shelf.model("far")).hash, /^endpoint:/);
  await assert.rejects(shelf.model("none"), { code: "job.model" });
  assert.throws(() => new ModelShelf([path, path], systemClock), { code: "usage.arguments" });
});

test("an endpoint's key comes from the environment or a file it names", async (context) => {
  const none: TextModel = { name: "none", hash: "", complete: async () => ({ text: "", tokens: 0, isWhole: true }) };
  const file = join(folder(context), "key");
  writeFileSync(file, "sk-from-file\n");
  await withEndpoint(none, async (url, asked) => {
    for (const environment of [{}, { ASSAY_MODEL_KEY: "sk-1" }, { ASSAY_MODEL_KEY_FILE: file }]) {
      const shelf = new ModelShelf([`${url}#m`], systemClock, environment);
      await (await shelf.model("m")).complete(request({}));
      await shelf.close();
    }
    assert.deepEqual(
      asked.map(({ headers }) => headers.authorization),
      [undefined, "Bearer sk-1", "Bearer sk-from-file"],
    );
    const gone = new ModelShelf([`${url}#m`, `n=${url}`], systemClock, { ASSAY_MODEL_KEY_FILE: "/no/such/key" });
    await assert.rejects(gone.model("m"), { code: "model.endpoint_key" });
    await assert.rejects(gone.model("n"), { code: "model.endpoint_url" });
  });
});
