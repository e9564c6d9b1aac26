import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder } from "./assay.ts";
import { write } from "./shop.ts";
import { blocks, replay } from "./transcripts.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "logic", "theories", "machine", "README.md"), "utf8");

test("the worked example of the machine's page is what the commands say", async (context) => {
  const trip = folder(context);
  const found = blocks(page);
  write(trip, Object.fromEntries(found.filter(({ kind }) => kind === "file").map(({ name, text }) => [name, text])));
  const consoles = found.filter(({ kind }) => kind === "console");
  assert.ok(consoles.length >= 5);
  for (const block of consoles) await replay(block, trip);
});
