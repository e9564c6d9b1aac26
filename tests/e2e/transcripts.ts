import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { assay, type Ran } from "./assay.ts";

/** A fenced block of a page that is to be run: `console WHERE` holds commands, `LANGUAGE file=PATH` a file. */
export interface Block {
  /** The word behind `console`, or the path behind `file=`. */
  readonly name: string;
  readonly kind: "console" | "file";
  readonly text: string;
}

/** The blocks of a page that are to be run, in order. */
export function blocks(markdown: string): Block[] {
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
export function settled(text: string): string {
  return text
    .replace(/\b[\d.]+ (µs|ms|s)\b/g, "<time>")
    .replace(/\b[0-9a-f]{12,}\b|sha256:[0-9a-f]+/g, "<hash>")
    .replace(/\b\d{1,3}(,\d{3})+ facts/g, "<many> facts")
    .replace(/\b\d{2,} laws\b/g, "<many> laws")
    .replace(/\b(npm|machine|jobs) \d+(, shop \d+)?, key \d+/g, "<groups>")
    .trimEnd();
}

/** Runs a script of the repository. */
function script(args: readonly string[], cwd: string): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  return { code: status, stdout, stderr };
}

/** Runs the commands of a console block in a folder and holds what they print against what stands below each. `$ echo $?` prints the exit code. */
export async function replay(block: Block, cwd: string): Promise<void> {
  let code = 0;
  for (const { words, output } of commands(block.text)) {
    const [program, ...args] = words;
    if (program === "echo") {
      assert.equal(String(code), output);
      continue;
    }
    const ran = program === "node" ? script(args, cwd) : await assay(args, { cwd });
    assert.ok(program === "assay" || program === "node", program);
    code = ran.code ?? -1;
    assert.equal(settled(ran.stdout + ran.stderr), settled(output), words.join(" "));
  }
}
