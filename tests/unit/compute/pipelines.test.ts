import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ComputePool } from "../../../compute/compute_pool.ts";
import { gapSize, settle, shadowClass } from "../../../compute/fibers/fixed_fiber.ts";
import { settleFibers, shadowClasses } from "../../../compute/fibers/settle_fibers.ts";
import { glue } from "../../../compute/gluing/families.ts";
import { glueTables } from "../../../compute/gluing/glue_tables.ts";
import { fromFrame, fromStream, type TextTable, toFrame, toStream } from "../../../compute/text_table.ts";
import { Alphabet } from "../../../compute/traces/alphabet.ts";
import { foataOf } from "../../../compute/traces/foata.ts";
import { historyFrames } from "../../../compute/traces/history_frame.ts";
import { leastWord } from "../../../compute/traces/least_word.ts";
import { countPrefixes } from "../../../compute/traces/word_count.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { limitsWith } from "../../../schema/limits.ts";
import { posetsUpTo } from "../../support/posets.ts";

const pool = new ComputePool({ threads: 2 });
after(() => pool.close());

const isCode = (code: string) => (error: unknown) => error instanceof AssayError && error.code === code;
const abc = new Alphabet(["a", "b", "c"], [["a", "b"]]);
const presentation = { steps: abc.names, independent: abc.pairs() };

/** So many words of three letters that they are several parts' work. */
function manyWords(count: number): TextTable {
  const rows = Array.from({ length: count }, (_, index) => {
    const digits = [index % 3, Math.floor(index / 3) % 3, Math.floor(index / 9) % 3];
    return [digits.map((digit) => `(${abc.names[digit]})`).join("")];
  });
  return { columns: ["history"], rows };
}

test("normal forms are the same in workers as here, however many parts there are", async () => {
  for (const count of [7, 140_000]) {
    const words = manyWords(count);
    const { histories, layers } = await pool.histories(presentation, toStream(toFrame(words)));
    const here = historyFrames(abc, toFrame(words).lazy(), "history");
    assert.deepEqual(histories.rows(), here.histories.collectSync().rows());
    assert.deepEqual(layers.rows(), here.layers.collectSync().rows());
  }
});

test("tables are moved into a worker: whoever handed them over has them no more", async () => {
  const words = toStream(toFrame(manyWords(9)));
  assert.ok(words.buffer.byteLength > 0);
  await pool.histories(presentation, words);
  assert.equal(words.buffer.byteLength, 0);
  const { ext, ind, res } = square(1);
  const streams = { ext: toStream(toFrame(ext)), ind: toStream(toFrame(ind)), res: toStream(toFrame(res)) };
  await pool.gluing(streams);
  assert.deepEqual(
    Object.values(streams).map((stream) => stream.buffer.byteLength),
    [0, 0, 0],
  );
});

/** Squares with three sections over each side, of which the pairs that agree modulo 2 glue, but for one. */
function square(squares: number): { readonly ext: TextTable; readonly ind: TextTable; readonly res: TextTable } {
  const ext: string[][] = [];
  const res: string[][] = [];
  for (let at = 0; at < squares; at++) {
    const t = `t${at}`;
    ext.push([t, "a", `${t}a`], [t, "b", `${t}b`], [`${t}a`, "b", `${t}ab`], [`${t}b`, "a", `${t}ab`]);
    for (const x of [0, 1, 2]) for (const side of ["a", "b"]) res.push(["f", `${t}${side}`, t, String(x), String(x % 2)]);
    for (const x of [0, 1, 2]) {
      for (const y of [0, 1, 2]) {
        if ((x + y) % 2 === 1 || (x === 2 && y === 2)) continue;
        res.push(["f", `${t}ab`, `${t}a`, `${x}${y}`, String(x)], ["f", `${t}ab`, `${t}b`, `${x}${y}`, String(y)]);
      }
    }
  }
  const ind = [
    ["a", "b"],
    ["b", "a"],
  ];
  const columns = ["f", "u", "t", "x", "y"];
  return { ext: { columns: ["t", "s", "u"], rows: ext }, ind: { columns: ["a", "b"], rows: ind }, res: { columns, rows: res } };
}

test("gluing is the same in a worker as here, and large tables go there", async () => {
  const small = square(3);
  const frames = { ext: toFrame(small.ext), ind: toFrame(small.ind), res: toFrame(small.res) };
  const there = await pool.gluing({ ext: toStream(frames.ext), ind: toStream(frames.ind), res: toStream(frames.res) });
  const here = glue({ ext: frames.ext.lazy(), ind: frames.ind.lazy(), res: frames.res.lazy() });
  for (const part of ["families", "amalgamations", "missing", "double"] as const) {
    assert.deepEqual(fromFrame(there[part]), fromFrame(here[part]), part);
  }
  assert.deepEqual(
    fromFrame(here.missing).rows,
    [0, 1, 2].map((at) => ["f", `t${at}`, `t${at}a`, `t${at}b`, `t${at}ab`, "2", "2"]),
  );
  const large = await glueTables(square(8_000), 1);
  assert.deepEqual([large.families, large.missing, large.double, large.firstMissing.rows.length], [40_000, 8_000, 0, 1]);
});

test("elements stand in a worker where they stand here, one by one", async () => {
  const plain = posetsUpTo(4).flatMap((poset) =>
    [1, 5, 6, 15].map((mask) => ({ down: poset.down, sigma: mask & poset.full, delta: poset.full, poset })),
  );
  const rows = await pool.settled(plain.map(({ down, sigma, delta }) => ({ down, sigma, delta })));
  assert.deepEqual(settleFibers(plain), rows);
  for (let row = 0; row < rows.element.length; row++) {
    const fiber = plain[rows.fiber[row] ?? 0] ?? assert.fail();
    const element = rows.element[row] ?? 0;
    assert.equal(shadowClasses[rows.shadow[row] ?? 9], shadowClass(fiber, element));
    assert.equal(rows.settled[row], settle(fiber, element));
    assert.equal(rows.gap[row], gapSize(fiber, element));
  }
});

test("an error of a worker has its code here", async () => {
  await assert.rejects(pool.histories({ steps: ["a"], independent: [] }, toStream(toFrame(manyWords(9)))), isCode("machine.unknown_step"));
  await assert.rejects(pool.settled([{ down: [2, 2], sigma: 0, delta: 0 }]), isCode("machine.poset"));
  const down = Array.from({ length: 17 }, (_, p) => 1 << p);
  await assert.rejects(pool.settled([{ down, sigma: 0, delta: 0 }]), isCode("limit.fiber_elements"));
});

test("what takes too long, or is cancelled, ends in the middle, and the pool goes on", async () => {
  // 2^16 elements, each a step of its own: seconds of work.
  const fibers = Array.from({ length: 60 }, () => ({ down: Array.from({ length: 16 }, (_, p) => 1 << p), sigma: 0xaaaa, delta: 0xffff }));
  await assert.rejects(pool.settled(fibers, { time_ms: 300 }), isCode("limit.compute_ms"));
  const control = new AbortController();
  const reason = new Error("enough");
  const run = pool.settled(fibers, { signal: control.signal });
  setTimeout(() => control.abort(reason), 200);
  await assert.rejects(run, (error) => error === reason);
  assert.deepEqual([...(await pool.settled([{ down: [1], sigma: 1, delta: 1 }])).gap], [0, 0]);
});

test("a worker that passes its memory is stopped, and the pool goes on", async () => {
  const small = new ComputePool({ threads: 1, memory_mb: 24 });
  try {
    const long = (at: number): string => [...at.toString(3).padStart(60, "0")].map((digit) => `(${abc.names[Number(digit)]})`).join("");
    const rows = Array.from({ length: 60_000 }, (_, at) => [long(at)]);
    await assert.rejects(small.histories(presentation, toStream(toFrame({ columns: ["history"], rows }))), isCode("limit.compute_mb"));
    assert.deepEqual([...(await small.settled([{ down: [1], sigma: 1, delta: 1 }])).gap], [0, 0]);
  } finally {
    await small.close();
  }
});

test("prefixes and orders are counted, within a bound; the least word is one of the orders", () => {
  const word = [0, 1, 2, 0, 1];
  assert.deepEqual(countPrefixes(abc, word, limitsWith()), { prefixes: 8, words: 4n });
  assert.throws(() => countPrefixes(abc, word, { step_histories: 7 }), isCode("limit.step_histories"));
  assert.deepEqual(countPrefixes(abc, [], limitsWith()), { prefixes: 1, words: 1n });
  assert.deepEqual(leastWord(abc, [1, 0, 2, 1, 0]), word);
  assert.deepEqual(foataOf(abc, leastWord(abc, [1, 0, 2, 1, 0])), foataOf(abc, word));
});

test("a table of texts comes back as it went", () => {
  const table = {
    columns: ["x", "y"],
    rows: [
      ["", "é"],
      ["a", "\n"],
    ],
  };
  assert.deepEqual(fromFrame(fromStream(toStream(toFrame(table)))), table);
  assert.deepEqual(fromFrame(toFrame(table), 1).rows, [["", "é"]]);
  assert.deepEqual(fromFrame(toFrame({ columns: ["x"], rows: [] })).rows, []);
});
