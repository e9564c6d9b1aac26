import assert from "node:assert/strict";
import { test } from "node:test";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { jcsForm } from "../../../ingest/alloy/jcs.ts";
import type { PlacedJson } from "../../../ingest/alloy/placed_json.ts";
import { pythonForm } from "../../../ingest/alloy/python_form.ts";
import { readPlacedJson } from "../../../ingest/alloy/read_placed_json.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { limitsWith } from "../../../schema/limits.ts";
import type { Value } from "../../../schema/value.ts";
import { factsOf, readAlloy, rowsOf } from "../../support/alloys.ts";

const SEED = 20261121;
const limits = limitsWith();
const read = (text: string): PlacedJson => readPlacedJson(text, "a.json", limits);
const json = fc.jsonValue({ stringUnit: "grapheme", maxDepth: 4 });
const object = fc.dictionary(
  fc.string({ unit: "grapheme", maxLength: 8 }).filter((name) => !name.includes("\0")),
  json,
  { maxKeys: 6 },
);
const layout = fc.constantFrom(undefined, 1, 2, "\t");

/** The relations of values themselves. */
const VALUES = ["object", "array", "text", "long_text", "integer", "decimal", "unfit_number", "flag", "null"];

test("the RFC 8785 form is that of the package canonicalize", () => {
  fc.assert(
    fc.property(json, layout, (value, space) => {
      const text = JSON.stringify(value, null, space);
      const form = jcsForm(text, read(text));
      const unsafe = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/.test(text);
      assert.ok(form === canonicalize(value) || (form === null && unsafe));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test("the Python form is JSON of the same value, and a form of itself", () => {
  fc.assert(
    fc.property(json, layout, (value, space) => {
      const text = JSON.stringify(value, null, space);
      const form = pythonForm(text, read(text));
      assert.deepEqual(JSON.parse(form), JSON.parse(text));
      assert.match(form, /^[\n -~]*$/);
      assert.equal(pythonForm(form, read(form)), form);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test("every value stands where its place says", () => {
  fc.assert(
    fc.property(json, layout, (value, space) => {
      const text = JSON.stringify(value, null, space);
      const check = (node: PlacedJson): void => {
        const written = text.slice(node.at, node.end);
        if (node.kind === "object") for (const child of node.values) check(child);
        else if (node.kind === "array") for (const child of node.items) check(child);
        else assert.deepEqual(JSON.parse(written), node.kind === "number" ? Number(node.text) : node.value);
      };
      check(read(text));
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test("any text is read as JSON.parse reads it, or refused where it refuses, but for what no name may hold", () => {
  const almost = fc
    .tuple(object, layout, fc.nat(), fc.constantFrom("", ",", '"', "\\", "}", "[", "0", "NaN", "\u0001", "e"))
    .map(([value, space, at, piece]) => {
      const text = JSON.stringify(value, null, space);
      const cut = at % (text.length + 1);
      return text.slice(0, cut) + piece + text.slice(cut + (at % 2));
    });
  const outcome = (text: string): "read" | "syntax" | "name" => {
    try {
      read(text);
      return "read";
    } catch (error) {
      assert.ok(error instanceof AssayError);
      return error.code === "json.syntax" ? "syntax" : "name";
    }
  };
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(almost, (text) => {
      const found = outcome(text);
      if (found !== "name") assert.equal(found === "read", isJson(text));
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

test("the order of members, and the layout, change no value, only where it stands", async () => {
  await fc.assert(
    fc.asyncProperty(object, fc.nat(), layout, layout, async (value, seed, one, two) => {
      const names = Object.keys(value);
      const turned = [...names.slice(seed % (names.length + 1)), ...names.slice(0, seed % (names.length + 1))];
      const other = `{${turned.map((name) => `${JSON.stringify(name)}:${JSON.stringify(value[name], null, two)}`).join(" ,\n")}}`;
      const [first, second] = await Promise.all([readAlloy(JSON.stringify(value, null, one)), readAlloy(other)]);
      for (const relation of VALUES) assert.deepEqual(sorted(factsOf(first, relation)), sorted(factsOf(second, relation)), relation);
      const jcs = (facts: Value[][]): unknown => facts.find(([rule]) => rule === "jcs")?.[1];
      assert.equal(jcs(factsOf(first, "digest")), jcs(factsOf(second, "digest")));
    }),
    { seed: SEED, numRuns: 100 },
  );
});

test("there are as many facts as values, and a place for each", async () => {
  await fc.assert(
    fc.asyncProperty(object, layout, async (value, space) => {
      const facts = await readAlloy(JSON.stringify(value, null, space));
      const count = (part: unknown): number =>
        typeof part === "object" && part !== null ? Object.values(part).reduce<number>((sum, child) => sum + 1 + count(child), 0) : 0;
      const rows = VALUES.flatMap((relation) => rowsOf(facts, relation));
      assert.equal(rows.length, count(value));
      for (const table of facts.tables ?? []) {
        for (const row of [...table.batches(3)].flat()) assert.match(table.placeOf(row) ?? "", /^a\.alloy\.json:\d+:\d+$/);
      }
    }),
    { seed: SEED, numRuns: 100 },
  );
});

function sorted(facts: Value[][]): string[] {
  return facts.map((row) => row.map((value) => `${typeof value} ${value}`).join("\0")).toSorted();
}
