import assert from "node:assert/strict";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assay, folder } from "./assay.ts";
import { write } from "./shop.ts";
import { blocks, replay } from "./transcripts.ts";

const root = join(import.meta.dirname, "..", "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

test("the transcripts of the README are what the commands say", async (context) => {
  const shop = folder(context);
  const found = blocks(readme);
  write(shop, Object.fromEntries(found.filter(({ kind }) => kind === "file").map(({ name, text }) => [name, text])));
  const consoles = found.filter(({ kind }) => kind === "console");
  assert.ok(consoles.length >= 3);
  const letters = folder(context);
  const golden = join(root, "tests", "golden", "extract");
  for (const entry of readdirSync(golden)) symlinkSync(join(golden, entry), join(letters, entry));
  const places = new Map([
    ["repo", root],
    ["extract", letters],
  ]);
  for (const block of consoles) await replay(block, places.get(block.name) ?? shop);
});

test("a transcript that says otherwise is found", async (context) => {
  const cwd = folder(context);
  const wrong = { kind: "console", name: "shop", text: "$ assay --version\n0.0.0\n" } as const;
  await assert.rejects(replay(wrong, cwd), { code: "ERR_ASSERTION" });
});

test("the README names every command and every exit code", async () => {
  const help = (await assay(["help"])).stdout;
  const names = [...help.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map((match) => match[1] as string);
  assert.ok(names.length >= 9);
  for (const name of names) assert.ok(readme.includes(`| \`assay ${name} `), name);
  for (const code of [0, 1, 2, 3, 4]) assert.ok(readme.includes(`| ${code} | `), String(code));
});
