import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { npmAdapter } from "../../../ingest/npm/adapter.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { limitsWith } from "../../../schema/limits.ts";

const directory = mkdtempSync(join(tmpdir(), "assay-npm-"));
after(() => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, "package-lock.json");
const original = readFileSync(join(import.meta.dirname, "../../golden/npm/express/package-lock.json"), "utf8");

async function readOrRefuse(content: string | Uint8Array): Promise<void> {
  writeFileSync(file, content);
  const read = await npmAdapter.read(file, { limits: limitsWith(), now: "2026-11-21T00:00:00Z" }).catch((error: unknown) => {
    assert.ok(error instanceof AssayError, String(error));
    return null;
  });
  for (const [relation, rows] of read?.facts ?? []) {
    assert.equal(read?.places.get(relation)?.length, rows.length);
    for (const value of rows.flat()) assert.ok(typeof value === "bigint" || (typeof value === "string" && value.isWellFormed()));
  }
}

test("a lockfile with any value in any place is read or refused", async () => {
  const lines = original.split("\n");
  await fc.assert(
    fc.asyncProperty(fc.nat(lines.length - 1), fc.jsonValue({ maxDepth: 3 }), async (at, value) => {
      const changed = lines.map((line, index) =>
        index === at ? line.replace(/: (?:".*"|[{[]|\S+?)(,?)$/, `: ${JSON.stringify(value)}$1`) : line,
      );
      await readOrRefuse(changed.join("\n"));
    }),
    { numRuns: 60 },
  );
});

test("a lockfile with any text for a range, a path or a licence is read or refused", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), fc.record({ version: fc.string(), license: fc.string(), resolved: fc.string() })),
      async (packages) => {
        const lock = {
          lockfileVersion: 3,
          packages: { "": { dependencies: Object.fromEntries(Object.entries(packages).map(([p, e]) => [p, e.version])) }, ...packages },
        };
        await readOrRefuse(JSON.stringify(lock));
      },
    ),
    { numRuns: 60 },
  );
});

test("any bytes are read or refused", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), readOrRefuse), { numRuns: 60 });
});
