import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readText } from "../../../../ingest/text/read_text.ts";

test("a file's text is read exactly; what is no text, is too long or is not there says so", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "assay-text-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  assert.equal(await readText(write("a.txt", "\ufeffZo\u00eb\r\n\u{1F984}\n"), 100), "Zo\u00eb\r\n\u{1F984}\n");
  assert.equal(await readText(write("empty.txt", ""), 100), "");
  for (const [path, code] of [
    [write("latin.txt", Buffer.from([0x5a, 0x6f, 0xeb])), "ingest.not_utf8"],
    [write("binary.txt", "a\0b"), "ingest.nul"],
    [write("long.txt", "x".repeat(101)), "limit.text_bytes"],
    [folder, "ingest.directory"],
    [join(folder, "none.txt"), "ingest.not_found"],
    [join(folder, "a.txt", "none.txt"), "ingest.not_found"],
  ] as const) {
    await assert.rejects(readText(path, 100), { code, place: path });
  }
});
