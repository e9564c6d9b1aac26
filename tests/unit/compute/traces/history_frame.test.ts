import assert from "node:assert/strict";
import { test } from "node:test";
import pl from "nodejs-polars";
import { Alphabet } from "../../../../compute/traces/alphabet.ts";
import { historyFrames } from "../../../../compute/traces/history_frame.ts";

test("words become histories and their schedule, each history once", () => {
  const alphabet = new Alphabet(["a", "b", "c"], [["a", "b"]]);
  const words = pl.DataFrame({ word: ["(b)(a)(c)", "(a b)(c)", "e", "(c)(a)"] }).lazy();
  const { histories, layers } = historyFrames(alphabet, words, "word");
  assert.deepEqual(histories.collectSync().toRecords(), [
    { history: "(a b)(c)", depth: 3, height: 2 },
    { history: "(c)(a)", depth: 2, height: 2 },
    { history: "e", depth: 0, height: 0 },
  ]);
  assert.deepEqual(layers.collectSync().rows(), [
    ["(a b)(c)", 1, "a"],
    ["(a b)(c)", 1, "b"],
    ["(a b)(c)", 2, "c"],
    ["(c)(a)", 1, "c"],
    ["(c)(a)", 2, "a"],
  ]);
});

test("no words give empty tables with their columns", () => {
  const { histories, layers } = historyFrames(
    new Alphabet(["a"], []),
    pl.DataFrame({ word: pl.Series("word", [], pl.Utf8) }).lazy(),
    "word",
  );
  assert.deepEqual(histories.collectSync().columns, ["history", "depth", "height"]);
  assert.equal(layers.collectSync().height, 0);
});
