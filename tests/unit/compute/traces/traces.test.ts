import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Alphabet } from "../../../../compute/traces/alphabet.ts";
import { cliquePolynomial, historiesByLength } from "../../../../compute/traces/counts.ts";
import { foataOf, foataText, readWord, wordOf } from "../../../../compute/traces/foata.ts";
import { leastWord } from "../../../../compute/traces/least_word.ts";
import { isPerpendicular, isPrefix, join, meet, residual } from "../../../../compute/traces/prefix_order.ts";
import { countPrefixes } from "../../../../compute/traces/word_count.ts";
import { AssayError } from "../../../../schema/assay_error.ts";

const BOUND = { step_histories: 10_000 };

/** Letters and pairs as the reference writes them: `alphabet("abcd", "ad bc")`. */
function alphabet(letters: string, pairs = ""): Alphabet {
  const independent = pairs.split(" ").filter((pair) => pair !== "");
  return new Alphabet(
    [...letters],
    independent.map((pair) => [pair[0] ?? "", pair[1] ?? ""] as const),
  );
}

function text(letters: Alphabet, word: string): string {
  return foataText(
    letters,
    foataOf(
      letters,
      [...word].map((name) => letters.letter(name)),
    ),
  );
}

/** Every word of a history, by closing one under swaps of independent neighbours. */
function classOf(letters: Alphabet, word: string): Set<string> {
  const found = new Set([word]);
  for (const one of found) {
    for (let at = 0; at + 1 < one.length; at++) {
      const [a, b] = [one[at] ?? "", one[at + 1] ?? ""];
      if (letters.isIndependent(letters.letter(a), letters.letter(b))) found.add(one.slice(0, at) + b + a + one.slice(at + 2));
    }
  }
  return found;
}

function prefixes(letters: Alphabet, word: string): Set<string> {
  const found = new Set<string>();
  for (const one of classOf(letters, word)) {
    for (let length = 0; length <= one.length; length++) found.add(text(letters, one.slice(0, length)));
  }
  return found;
}

const four = alphabet("abcd", "ad bc");
const three = alphabet("abc", "ab");
const path = alphabet("abcd", "ab bc cd");

test("published normal forms (V1, V4, V5)", () => {
  assert.equal(text(four, "badacb"), "(b)(a d)(a)(b c)");
  assert.equal(text(four, "baadbabcca"), "(b)(a d)(a)(b)(a)(b c)(c)(a)");
  for (const word of ["aabb", "abab", "bbaa"]) assert.equal(text(three, word), "(a b)(a b)");
  const vectors: readonly (readonly [Alphabet, string, string, number, number | null])[] = [
    [three, "aabb", "(a b)(a b)", 9, 6],
    [three, "cab", "(c)(a b)", 5, null],
    [three, "acb", "(a)(c)(b)", 4, null],
    [three, "abcabc", "(a b)(c)(a b)(c)", 9, null],
    [three, "cbaabc", "(c)(a b)(a b)(c)", 11, null],
    [path, "abcd", "(a b)(c d)", 8, 5],
    [path, "aabbccdd", "(a b)(a b)(c d)(c d)", 21, 53],
  ];
  for (const [letters, word, form, below, words] of vectors) {
    assert.equal(text(letters, word), form);
    assert.equal(prefixes(letters, word).size, below, word);
    if (words !== null) assert.equal(classOf(letters, word).size, words, word);
  }
  assert.equal(text(path, "dcba"), "(c d)(a b)");
  assert.equal(text(path, "bdac"), "(b)(d)(a)(c)");
});

test("counts by length (V3) and the polynomial behind them", () => {
  const vectors: readonly (readonly [string, string, readonly number[], readonly number[]])[] = [
    ["ab", "", [1, -2], [1, 2, 4, 8, 16, 32]],
    ["ab", "ab", [1, -2, 1], [1, 2, 3, 4, 5, 6]],
    ["abc", "ab", [1, -3, 1], [1, 3, 8, 21, 55, 144, 377]],
    ["abc", "ab bc", [1, -3, 2], [1, 3, 7, 15, 31, 63, 127]],
    ["abc", "ab bc ac", [1, -3, 3, -1], [1, 3, 6, 10, 15, 21, 28]],
    ["abcd", "ad bc", [1, -4, 2], [1, 4, 14, 48, 164, 560, 1912]],
    ["abcd", "ab bc cd da", [1, -4, 4], [1, 4, 12, 32, 80, 192, 448]],
    ["abcd", "ab bc cd", [1, -4, 3], [1, 4, 13, 40, 121, 364, 1093]],
    ["abcd", "ab ac ad bc bd", [1, -4, 5, -2], [1, 4, 11, 26, 57, 120, 247]],
    ["abcde", "ab bc cd de ea", [1, -5, 5], [1, 5, 20, 75, 275, 1000, 3625]],
  ];
  for (const [letters, pairs, polynomial, counts] of vectors) {
    const made = alphabet(letters, pairs);
    assert.deepEqual(cliquePolynomial(made, BOUND), polynomial.map(BigInt));
    assert.deepEqual(historiesByLength(made, counts.length - 1, BOUND), counts.map(BigInt));
  }
});

test("the prefix order up to length 4 (V7)", () => {
  for (const [letters, histories, pairs] of [
    [three, 88, 422],
    [four, 231, 1169],
  ] as const) {
    const all = enumerate(letters, 4);
    assert.equal(all.length, histories);
    assert.equal(all.flatMap((t) => all.filter((u) => isPrefix(letters, t, u))).length, pairs);
  }
});

function enumerate(letters: Alphabet, length: number): number[][] {
  const found = new Map<string, number[]>([["e", []]]);
  for (const word of found.values()) {
    if (word.length === length) continue;
    for (let letter = 0; letter < letters.size; letter++) {
      const longer = foataOf(letters, [...word, letter]);
      const key = foataText(letters, longer);
      if (!found.has(key)) found.set(key, wordOf(longer));
    }
  }
  return [...found.values()];
}

test("meet and join are the greatest lower and least upper bounds, the residual is unique", () => {
  for (const letters of [three, path]) {
    const all = enumerate(letters, 3);
    const key = (word: readonly number[]) => foataText(letters, foataOf(letters, word));
    for (const t of all) {
      for (const u of all) {
        const lower = all.filter((one) => isPrefix(letters, one, t) && isPrefix(letters, one, u));
        const found = meet(letters, t, u);
        assert.ok(lower.every((one) => isPrefix(letters, one, found.meet)));
        assert.equal(key([...found.meet, ...found.left]), key(t));
        assert.equal(key([...found.meet, ...found.right]), key(u));
        const upper = join(letters, t, u);
        const bounds = all.filter((one) => isPrefix(letters, t, one) && isPrefix(letters, u, one));
        if (upper === null) assert.equal(bounds.length, 0);
        else assert.ok(bounds.every((one) => isPrefix(letters, upper, one)));
        const rest = residual(letters, t, u);
        if (rest !== null) assert.equal(key([...t, ...rest]), key(u));
      }
    }
  }
});

const anyAlphabet = fc
  .record({ size: fc.integer({ min: 1, max: 6 }), bits: fc.array(fc.boolean(), { minLength: 15, maxLength: 15 }) })
  .map(({ size, bits }) => {
    const names = [..."abcdef"].slice(0, size);
    const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
    return new Alphabet(
      names,
      pairs.filter((_, index) => bits[index] === true),
    );
  });

test("prefixes and words are counted as they are when written out, and the least word is the first of them", () => {
  fc.assert(
    fc.property(anyAlphabet, fc.array(fc.nat(5), { maxLength: 7 }), (letters, raw) => {
      const word = raw.map((letter) => letters.names[letter % letters.size] ?? "").join("");
      const numbers = [...word].map((name) => letters.letter(name));
      const all = classOf(letters, word);
      const counted = countPrefixes(letters, numbers, { step_histories: 1_000 });
      assert.deepEqual(counted, { prefixes: prefixes(letters, word).size, words: BigInt(all.size) });
      assert.equal(
        leastWord(letters, numbers)
          .map((letter) => letters.names[letter])
          .join(""),
        [...all].toSorted()[0],
      );
    }),
    { numRuns: 200 },
  );
});

test("long words are counted in a moment, and what is too wide is refused before it is laid out", () => {
  const chain = alphabet("abc", "ab");
  const long = Array.from({ length: 6_000 }, (_, at) => at % 3);
  assert.deepEqual(countPrefixes(chain, long, { step_histories: 100_000 }).prefixes, 8_001);
  assert.equal(leastWord(chain, long).length, 6_000);
  const names = Array.from({ length: 900 }, (_, at) => `s${at}`);
  const pairs = names.flatMap((one, at) => names.slice(at + 1).map((other) => [one, other] as const));
  const wide = new Alphabet(names, pairs);
  const bound = (error: unknown): boolean => error instanceof AssayError && error.code === "limit.step_histories";
  assert.throws(() => countPrefixes(wide, [...names.keys()], { step_histories: 100_000 }), bound);
  assert.throws(() => cliquePolynomial(wide, { step_histories: 100_000 }), bound);
});

test("the normal form depends on the history alone, has supported layers of independent letters, and reads back", () => {
  fc.assert(
    fc.property(anyAlphabet, fc.array(fc.nat(5), { maxLength: 30 }), fc.array(fc.nat(28), { maxLength: 60 }), (letters, raw, swaps) => {
      const word = raw.map((letter) => letter % letters.size);
      const layers = foataOf(letters, word);
      const swapped = [...word];
      for (const at of swaps) {
        const [a, b] = [swapped[at], swapped[at + 1]];
        if (a !== undefined && b !== undefined && letters.isIndependent(a, b)) swapped.splice(at, 2, b, a);
      }
      assert.deepEqual(foataOf(letters, swapped), layers);
      assert.deepEqual(foataOf(letters, wordOf(layers)), layers);
      assert.deepEqual(readWord(letters, foataText(letters, layers)), wordOf(layers));
      for (const [index, layer] of layers.entries()) {
        assert.ok(layer.every((a) => layer.every((b) => a === b || letters.isIndependent(a, b))));
        if (index > 0) assert.ok(layer.every((a) => layers[index - 1]?.some((b) => !letters.isIndependent(a, b))));
      }
    }),
    { numRuns: 500 },
  );
});

test("s · t = t · s where every letter of t is s or independent of it (V21)", () => {
  const letters = [three, four, path];
  for (const one of letters) {
    for (const t of enumerate(one, 3)) {
      for (let s = 0; s < one.size; s++) {
        const commutes = foataText(one, foataOf(one, [s, ...t])) === foataText(one, foataOf(one, [...t, s]));
        assert.equal(
          commutes,
          t.every((letter) => letter === s || one.isIndependent(letter, s)),
        );
        assert.equal(isPrefix(one, t, [s, ...t]), commutes);
        assert.equal(isPerpendicular(one, s, t), commutes && !t.includes(s));
      }
    }
  }
});

for (const [name, make, code] of [
  ["a name with a space", () => new Alphabet(["a b"], []), "machine.step_name"],
  ["a step twice", () => new Alphabet(["a", "a"], []), "machine.step_name"],
  ["a step independent of itself", () => alphabet("ab", "aa"), "machine.independence"],
  ["an unknown step in a pair", () => alphabet("ab", "ac"), "machine.unknown_step"],
  ["a history that is none", () => readWord(three, "(a b"), "machine.history"],
  ["an empty layer", () => readWord(three, "()(a)"), "machine.history"],
  ["an unknown step in a history", () => readWord(three, "(a z)"), "machine.unknown_step"],
] as const) {
  test(`refused: ${name}`, () => assert.throws(make, (error) => error instanceof AssayError && error.code === code));
}
