import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AssayError } from "../../schema/assay_error.ts";
import { limitsWith } from "../../schema/limits.ts";
import { NUMBER_MAX, NUMBER_MIN, type Row, UNSIGNED_MAX, type Value } from "../../schema/value.ts";
import { type AnswerRules, readAnswer } from "../../verify/jobs/read_answer.ts";
import { prepareDelta } from "../../verify/prepared_delta.ts";
import { programOf } from "../support/compile_dl.ts";

const limits = limitsWith();
const program = programOf(`
.decl mark(name:symbol, at:number, size:unsigned, weight:float)
.input mark
.decl open()
.input open
.decl other(name:symbol)
.input other
`);
const relations = ["mark", "open"].flatMap((name) => program.relations.get(name) ?? []);
const rules: AnswerRules = { relations, bounds: { rows: 4, characters: 20 }, limits, proposer: "model", reason: "test" };

const SYMBOL = fc.string({ unit: "grapheme", maxLength: 4 }).filter((text) => !text.includes("\0") && [...text].length <= 20);
const ROW: fc.Arbitrary<Row> = fc.tuple(
  SYMBOL,
  fc.bigInt({ min: NUMBER_MIN, max: NUMBER_MAX }),
  fc.bigInt({ min: 0n, max: UNSIGNED_MAX }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** A value as JSON, as some model may write it: characters escaped or not. */
function written(value: Value, isEscaped: boolean): string {
  if (typeof value !== "string") return Object.is(value, -0) ? "-0" : String(value);
  const text = JSON.stringify(value);
  return isEscaped ? text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`) : text;
}

const ANSWER = fc.tuple(fc.array(ROW, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean()).map(([rows, isEscaped, isNamed]) => {
  const names = relations[0]?.attributes.map(({ name }) => name) ?? [];
  const list = rows.map((row) => {
    const values = row.map((value, at) => `${isNamed ? `${JSON.stringify(names[at])}: ` : ""}${written(value, isEscaped)}`);
    return isNamed ? `{${values.join(", ")}}` : `[${values.join(",")}]`;
  });
  return { rows, text: `{"assert": {"mark": [${list.join(", ")}], "open": []}}` };
});

test("an answer of the shape arrives exactly, value by value", () => {
  fc.assert(
    fc.property(ANSWER, ({ rows, text }) => {
      const prepared = prepareDelta(readAnswer(text, rules), program, limits);
      assert.equal(prepared.page.total, 0);
      const plain = rows.map((row) => row.map((value) => (value === 0 ? 0 : value)));
      assert.deepEqual(
        prepared.typed.flatMap((side) => side.rows.map(({ row }) => row)),
        plain,
      );
    }),
  );
});

test("whatever a model says is a delta that the gate finds well-formed and within reach, or a typed rejection", () => {
  const pieces = [
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "-",
    "0",
    "1e9",
    ".5",
    "null",
    "true",
    "\\u",
    "\ud83e",
    '"other"',
    '"retract"',
    '"base"',
    "\n",
    "\0",
  ];
  const edit = fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.constantFrom(...pieces));
  const mangled = fc.tuple(ANSWER, fc.array(edit, { maxLength: 4 })).map(([{ text }, edits]) =>
    edits.reduce((before, [at, length, piece]) => {
      const from = at % (before.length + 1);
      return before.slice(0, from) + piece + before.slice(from + length);
    }, text),
  );
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(mangled, fc.json(), fc.string()), (text) => {
      try {
        const delta = readAnswer(text, rules);
        taken++;
        assert.equal(prepareDelta(delta, program, limits).page.total, 0);
        assert.deepEqual([delta.proposer, delta.retract.size, delta.base, delta.key], ["model", 0, null, null]);
        assert.ok([...delta.assert].every(([name, rows]) => ["mark", "open"].includes(name) && rows.length > 0 && rows.length <= 4));
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        assert.ok(["job.answer", "job.empty"].includes(error.code), error.code);
      }
    }),
    { numRuns: 3_000 },
  );
  assert.ok(taken > 100, String(taken));
});
