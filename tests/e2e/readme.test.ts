import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assay, folder } from "./assay.ts";
import { write } from "./shop.ts";

const root = join(import.meta.dirname, "..", "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

interface Block {
  /** The word behind `console`, or the path behind `file=`. */
  readonly name: string;
  readonly kind: "console" | "file";
  readonly text: string;
}

function blocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+) (\S+)\n([\s\S]*?)^```$/gm)].flatMap(([, language, rest = "", text = ""]): Block[] => {
    if (language === "console") return [{ kind: "console", name: rest, text }];
    return rest.startsWith("file=") ? [{ kind: "file", name: rest.slice(5), text }] : [];
  });
}

interface Command {
  readonly words: readonly string[];
  readonly output: string;
}

/** The commands of a console block, each with the output below it. */
function commands(text: string): Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf("\n");
      const words = [...section.slice(0, end).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
      return { words, output: section.slice(end + 1).trimEnd() };
    });
}

/** What differs from run to run or grows with the repository: durations, hashes, counts of facts, laws of shipped theories. */
function settled(text: string): string {
  return text
    .replace(/\b[\d.]+ (µs|ms|s)\b/g, "<time>")
    .replace(/\b[0-9a-f]{12,}\b|sha256:[0-9a-f]+/g, "<hash>")
    .replace(/\b\d{1,3}(,\d{3})+ facts/g, "<many> facts")
    .replace(/\b\d{2,} laws\b/g, "<many> laws")
    .replace(/\bnpm \d+, key \d+/g, "<groups>")
    .trimEnd();
}

async function replay(block: Block, cwd: string): Promise<void> {
  let code = 0;
  for (const { words, output } of commands(block.text)) {
    const [program, ...args] = words;
    if (program === "echo") {
      assert.equal(String(code), output);
      continue;
    }
    assert.equal(program, "assay");
    const ran = await assay(args, { cwd });
    code = ran.code ?? -1;
    assert.equal(settled(ran.stdout + ran.stderr), settled(output), words.join(" "));
  }
}

test("the transcripts of the README are what the commands say", async (context) => {
  const shop = folder(context);
  const found = blocks(readme);
  write(shop, Object.fromEntries(found.filter(({ kind }) => kind === "file").map(({ name, text }) => [name, text])));
  const consoles = found.filter(({ kind }) => kind === "console");
  assert.ok(consoles.length >= 3);
  for (const block of consoles) await replay(block, block.name === "repo" ? root : shop);
});

test("a transcript that says otherwise is found", async (context) => {
  const cwd = folder(context);
  const wrong = { kind: "console", name: "shop", text: "$ assay --version\n0.0.0\n" } as const;
  await assert.rejects(replay(wrong, cwd), { code: "ERR_ASSERTION" });
});

test("the README names every command and every exit code", async () => {
  const help = (await assay(["help"])).stdout;
  const names = [...help.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map((match) => match[1] as string);
  assert.equal(names.length, 9);
  for (const name of names) assert.ok(readme.includes(`| \`assay ${name} `), name);
  for (const code of [0, 1, 2, 3, 4]) assert.ok(readme.includes(`| ${code} | `), String(code));
});
