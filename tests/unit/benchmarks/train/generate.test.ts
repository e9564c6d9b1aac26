import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, relationNames, relations } from "../../../../benchmarks/train/facts.ts";
import { generateRailway, SEED } from "../../../../benchmarks/train/generate.ts";
import { JavaRandom } from "../../../../benchmarks/train/java_random.ts";
import { countMatches, rules } from "../../../../benchmarks/train/rules.ts";
import { transform } from "../../../../benchmarks/train/transform.ts";

/** Published counts: nodes, edges, then matches in the order ConnectedSegments … SwitchSet. */
const golden = [
  ["inject", 1, 926, 2679, [3, 11, 9, 12, 0, 0]],
  ["inject", 8, 12035, 34981, [91, 191, 78, 21, 0, 14]],
  ["repair", 1, 1417, 4018, [8, 95, 18, 3, 0, 5]],
] as const;

for (const [workload, size, nodes, edges, matches] of golden) {
  test(`${workload}-${size} has the published elements and matches`, () => {
    const railway = generateRailway(workload, size);
    const counts = countMatches(railway);
    assert.deepEqual([railway.nodes(), railway.edges()], [nodes, edges]);
    assert.deepEqual(
      rules.map((rule) => counts[rule]),
      matches,
    );
  });
}

test("a batch railway breaks no rule", () => {
  const counts = countMatches(generateRailway("batch", 4));
  assert.deepEqual(
    rules.map((rule) => counts[rule]),
    [0, 0, 0, 0, 0, 0],
  );
});

for (const workload of ["inject", "repair"] as const) {
  test(`${workload}: the facts after a round are those before it with its changes made`, () => {
    const railway = generateRailway(workload, 8);
    const random = new JavaRandom(SEED);
    const snapshot = (): Set<string> =>
      new Set(relationNames.flatMap((name) => [...factsOf(railway, name)].map((row) => `${name} ${row.join(" ")}`)));
    for (let round = 0; round < 3; round += 1) {
      const facts = snapshot();
      const changes = transform(railway, workload, random);
      for (const { relation, row } of changes.retract) assert.ok(facts.delete(`${relation} ${row.join(" ")}`), `${relation} ${row}`);
      for (const { relation, row } of changes.assert) {
        assert.equal(row.length, relations[relation].length);
        const fact = `${relation} ${row.join(" ")}`;
        assert.ok(!facts.has(fact), fact);
        facts.add(fact);
      }
      assert.deepEqual(snapshot(), facts);
    }
  });
}

test("an injection adds matches of every rule that cannot undo another", () => {
  const railway = generateRailway("inject", 8);
  const before = countMatches(railway);
  transform(railway, "inject", new JavaRandom(SEED));
  const after = countMatches(railway);
  for (const rule of ["ConnectedSegments", "PosLength", "SwitchMonitored"] as const) assert.equal(after[rule], before[rule] + 10, rule);
});

test("a repair leaves fewer matches of every rule that it draws from", () => {
  const railway = generateRailway("repair", 8);
  const before = countMatches(railway);
  transform(railway, "repair", new JavaRandom(SEED));
  const after = countMatches(railway);
  for (const rule of rules) assert.ok(before[rule] < 10 || after[rule] < before[rule], `${rule}: ${before[rule]}, then ${after[rule]}`);
});
