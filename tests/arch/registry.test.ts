import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type ErrorEntry, registry } from "../../schema/errors.ts";
import { type Limit, limits } from "../../schema/limits.ts";
import { headings, unused } from "./registry_rules.ts";
import { root, source, sourceFiles } from "./tree.ts";

const entries = Object.entries<ErrorEntry>(registry);
const page = readFileSync(join(root, "schema/errors.md"), "utf8");
const used = sourceFiles().filter((file) => !file.path.startsWith("tests/") && !/^schema\/(errors|limits)\.ts$/.test(file.path));

test("registry and page name the same errors, each once", () => {
  assert.ok(entries.length > 1);
  assert.deepEqual(
    headings(page)
      .map((heading) => heading.code)
      .toSorted(),
    entries.map(([code]) => code).toSorted(),
  );
});

test("each error on the page has its paragraph", () => {
  assert.deepEqual(
    headings(page)
      .filter((heading) => heading.words < 8)
      .map((heading) => heading.code),
    [],
  );
});

test("each entry of the registry is complete and consistent", () => {
  for (const [code, entry] of entries) {
    assert.match(code, /^[a-z_]+(\.[a-z_0-9]+)+$/, code);
    assert.match(entry.title, /^[^A-Z].*[^.]$/s, code);
    assert.ok(entry.help.length >= 10, code);
    assert.equal(entry.exit === 4, entry.http === 500, code);
  }
});

test("each error is raised somewhere", () => {
  assert.deepEqual(
    unused(
      entries.map(([code]) => code),
      used,
    ),
    [],
  );
});

test("each limit has a unit and a reason and is enforced somewhere", () => {
  const names = Object.entries<Limit>(limits);
  for (const [name, limit] of names) {
    assert.ok(Number.isSafeInteger(limit.value) && limit.value > 0, name);
    assert.ok(limit.unit.length > 0 && limit.reason.length >= 15, name);
  }
  assert.deepEqual(
    unused(
      names.map(([name]) => name),
      used,
    ),
    [],
  );
});

test("the checker finds what is missing", () => {
  assert.deepEqual(unused(["a.b", "rows"], [source("logic/x.ts", 'f("a.b"); // rows')]), ["rows"]);
  assert.deepEqual(unused(["rows", "limit.rows"], [source("logic/x.ts", "limits.rows; `limit.$\u007bname}`")]), []);
  assert.deepEqual(headings("### a.b\n\none two\n\n### c.d\n"), [
    { code: "a.b", words: 2 },
    { code: "c.d", words: 0 },
  ]);
});
