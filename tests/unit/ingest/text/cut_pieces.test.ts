import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cutPieces } from "../../../../ingest/text/cut_pieces.ts";

const TEXTS = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc
    .array(fc.constantFrom("a", "word ", "end. ", "\n", "\n\n", "\r\n", "\u{1F984}", " \t\n"), { maxLength: 200 })
    .map((parts) => parts.join("")),
);

test("pieces are the text, in order and within their length; only space is left out, and no character is halved", () => {
  fc.assert(
    fc.property(TEXTS, fc.integer({ min: 2, max: 60 }), (text, characters) => {
      const pieces = cutPieces(text, characters);
      let at = 0;
      for (const { text: piece, from, to } of pieces) {
        assert.ok(piece.length <= characters && piece.trim() !== "");
        const begin = text.indexOf(piece, at);
        assert.equal(text.slice(at, begin).trim(), "");
        assert.equal(piece.isWellFormed() || !text.isWellFormed(), true);
        const first = begin + piece.length - piece.trimStart().length;
        const lineOf = (offset: number): number => text.slice(0, offset).split("\n").length;
        assert.equal(from, lineOf(first));
        assert.equal(to, lineOf(begin + piece.trimEnd().length));
        at = begin + piece.length;
      }
      assert.equal(text.slice(at).trim(), "");
    }),
    { numRuns: 2_000 },
  );
});

test("a text is cut where it is best cut", () => {
  const cut = (text: string, characters: number) => cutPieces(text, characters).map(({ text: piece, from, to }) => [piece, from, to]);
  assert.deepEqual(cut("first one.\nstill\n\nsecond", 20), [
    ["first one.\nstill\n\n", 1, 2],
    ["second", 4, 4],
  ]);
  assert.deepEqual(cut("A line\nanother line", 12), [
    ["A line\n", 1, 1],
    ["another line", 2, 2],
  ]);
  assert.deepEqual(cut("One is. Two is.", 10), [
    ["One is. ", 1, 1],
    ["Two is.", 1, 1],
  ]);
  assert.deepEqual(cut("abcdef ghi", 9), [
    ["abcdef ", 1, 1],
    ["ghi", 1, 1],
  ]);
  assert.deepEqual(cut("a\u{1F984}b", 1), cut("a\u{1F984}b", 2));
  assert.deepEqual(cut("a\u{1F984}b", 2), [
    ["a", 1, 1],
    ["\u{1F984}", 1, 1],
    ["b", 1, 1],
  ]);
  assert.deepEqual(cut(" \n\n ", 2), []);
});
