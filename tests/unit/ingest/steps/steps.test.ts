import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { History } from "../../../../ingest/steps/history.ts";
import { readStepStream } from "../../../../ingest/steps/step_stream.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { stepsOfName } from "../../../../schema/history.ts";
import { limitsWith } from "../../../../schema/limits.ts";
import { MemoryMachine } from "../../../support/memory_machine.ts";

const independentBy =
  (pairs: string) =>
  (a: string, b: string): boolean =>
    pairs.split(" ").some((pair) => pair === a + b || pair === b + a);

/** The name of a word of one-letter steps, and how many prefixes it has. */
function foata(word: string, pairs: string): [string, number] {
  const history = new History(independentBy(pairs), word);
  let prefixes = 1;
  const grown = new History(independentBy(pairs));
  for (const step of word) {
    const place = grown.append(step);
    prefixes += [...grown.before(place, 10_000)].length;
  }
  return [history.text(history.whole), prefixes];
}

describe("histories", () => {
  it("have the Foata forms and prefixes of the reference's V1, V4 and V5", () => {
    assert.deepEqual(foata("aabb", "ab"), ["(a b)(a b)", 9]);
    assert.deepEqual(foata("bbaa", "ab"), ["(a b)(a b)", 9]);
    assert.deepEqual(foata("cab", "ab"), ["(c)(a b)", 5]);
    assert.deepEqual(foata("acb", "ab"), ["(a)(c)(b)", 4]);
    assert.deepEqual(foata("abcabc", "ab"), ["(a b)(c)(a b)(c)", 9]);
    assert.deepEqual(foata("cbaabc", "ab"), ["(c)(a b)(a b)(c)", 11]);
    assert.deepEqual(foata("abcd", "ab bc cd"), ["(a b)(c d)", 8]);
    assert.equal(foata("bdac", "ab bc cd")[0], "(b)(d)(a)(c)");
    assert.deepEqual(foata("aabbccdd", "ab bc cd"), ["(a b)(a b)(c d)(c d)", 21]);
    assert.equal(foata("badacb", "ad bc")[0], "(b)(a d)(a)(b c)");
    assert.equal(foata("baadbabcca", "ad bc")[0], "(b)(a d)(a)(b)(a)(b c)(c)(a)");
  });

  it("read back from their names", () => {
    for (const word of ["", "abcabc", "cbaabc"]) {
      const [name] = foata(word, "ab");
      const again = new History(independentBy("ab"), stepsOfName(name) ?? assert.fail(name));
      assert.equal(again.text(again.whole), name);
    }
  });

  it("are bounded", () => {
    const history = new History(() => true, "abcdefgh");
    const place = history.append("i");
    assert.throws(
      () => [...history.before(place, 100)],
      (error) => error instanceof AssayError && error.code === "limit.step_histories",
    );
  });
});

describe("step streams", () => {
  const read = (text: string) => readStepStream(text, "in", limitsWith());
  const placeOf = (text: string): string | null => {
    try {
      read(text);
      return "none";
    } catch (error) {
      return error instanceof AssayError && error.code === "ingest.step_record" ? error.place : String(error);
    }
  };

  it("hold steps and a port", () => {
    const { port, records } = read('{"port":{"steps":["a","b"],"independent":[["a","b"]]}}\n\n{"thread":"x","seq":1,"step":"a"}\r\n');
    assert.deepEqual([...port.steps], ["a", "b"]);
    assert.equal(port.independent.size, 2);
    assert.deepEqual(
      records.map(({ thread, seq, step, place }) => [thread, seq, step, place]),
      [["x", 1, "a", "in:3"]],
    );
  });

  it("are refused at the line that does not fit", () => {
    const good = '{"thread":"x","seq":1,"step":"a"}\n';
    for (const bad of [
      "{",
      "[]",
      "7",
      "null",
      '{"thread":"x","seq":0,"step":"a"}',
      '{"thread":"x","seq":1.5,"step":"a"}',
      '{"thread":"x","step":"a"}',
    ]) {
      assert.equal(placeOf(good + bad), "in:2", bad);
    }
    assert.equal(placeOf(`${good}{"thread":"x","seq":2,"step":"a","extra":1}`), "in:2");
    assert.equal(placeOf('{"port":{"steps":["a"],"independent":[["a"]]}}'), "in:1");
  });
});

describe("taking steps", () => {
  it("counts what is new, what was there, and what waits", () => {
    const machine = new MemoryMachine();
    const port = '{"port":{"steps":["a","b","c"],"independent":[["a","b"]]}}\n';
    const line = (thread: string, seq: number, step: string): string => `${JSON.stringify({ thread, seq, step })}\n`;
    const take = (text: string): readonly (string | number)[] => {
      const { head, taken, duplicates, waiting } = machine.take(readStepStream(text, "in", limitsWith()));
      return [head, taken, duplicates, waiting];
    };
    assert.deepEqual(take(port + line("x", 1, "a") + line("x", 1, "a") + line("y", 2, "c")), ["(a)", 1, 1, 1]);
    assert.deepEqual(take(line("y", 1, "b") + line("x", 1, "a")), ["(a b)(c)", 2, 1, 0]);
    assert.deepEqual(take(port), ["(a b)(c)", 0, 0, 0]);
    assert.equal(machine.facts().get("hist")?.length, 5);
  });
});
