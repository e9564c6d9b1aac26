import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf } from "../../../../../logic/engines/incremental/network_builder.ts";
import { Runtime } from "../../../../../logic/engines/incremental/operators/runtime.ts";
import { type Entry, planOf } from "../../../../../logic/engines/incremental/plan.ts";
import { Pools } from "../../../../../logic/engines/incremental/pools.ts";
import { ruleSource } from "../../../../../logic/engines/incremental/rule_code.ts";
import { StepMeter } from "../../../../../logic/engines/incremental/step_meter.ts";
import { Store } from "../../../../../logic/engines/incremental/store.ts";
import type { IrProgram } from "../../../../../logic/language/ir.ts";
import { systemClock } from "../../../../../schema/clock.ts";
import { limitsWith } from "../../../../../schema/limits.ts";
import { emptyEngine, kept, tuples } from "../../../../support/incremental/engine_over.ts";
import { aggregate, atom, compare, n, not, op, program, rule, s, sym } from "../../../../support/ir_builder.ts";

/** The same rules whatever things are called. */
function called(relation: string, variable: string, constant: string): IrProgram {
  const [base, other, derived] = [`${relation}b`, `${relation}o`, `${relation}d`];
  const [x, y, k] = [s(`${variable}x`), s(`${variable}y`), n(`${variable}k`)];
  return program({
    base: { [base]: "ss", [other]: "s" },
    derived: { [derived]: "sn", [`${derived}2`]: "s" },
    rules: [
      rule(
        derived,
        [op("cat", "symbol", x, sym(constant)), k],
        atom(base, x, y),
        not(other, x),
        compare(y, "!=", sym(constant)),
        aggregate(k, "count", [x.name], { keys: [y], body: [atom(base, x, y)] }),
      ),
      rule(`${derived}2`, [x], atom(base, sym(constant), x)),
      rule(`${derived}2`, [y], atom(`${derived}2`, x), atom(base, x, y)),
    ],
    laws: [derived, `${derived}2`],
  });
}

const HOSTILE = [
  '"; process.exit(1); "',
  `\`\${globalThis.x = 1}\``,
  "*/ throw 1; /*",
  "\n}; return 7; {",
  "constructor",
  "__proto__",
  "\\u0022);",
  "e0",
];

/** The source of every function that can be made of a program, for all entries. */
function sources(made: IrProgram): string[] {
  const limits = limitsWith();
  const pools = new Pools();
  const network = networkOf(
    made,
    made.laws.map((law) => law.relation),
    pools,
  );
  const runtime = new Runtime(pools, limits);
  const store = new Store({ network, limits, runtime, meter: new StepMeter(systemClock, 1000), budget: pools.budget });
  const sink = { emit: () => undefined, fail: () => undefined, outer: 0 };
  return network.rules.flatMap(({ form, relation }) => {
    const literals = form.literals.flatMap((literal, at): Entry[] => {
      return literal.kind === "atom" || literal.kind === "group" || literal.kind === "size" ? [{ kind: literal.kind, literal: at }] : [];
    });
    const entries: Entry[] = [{ kind: "full" }, { kind: "head" }, { kind: "outer", count: 0 }, ...literals];
    return entries.map((entry) => {
      const plan = planOf(form, entry, store.statistics);
      const recursion = network.relations[relation]?.recursion ?? null;
      return ruleSource({ form, plan, sink, context: store.context(recursion), head: store.table(relation) }).source;
    });
  });
}

test("names and constants change nothing in the generated source but the integers that stand for constants", () => {
  const integers = (text: string): string => text.replace(/-?\d+/g, "0");
  const plain = sources(called("r", "v", "c")).map(integers);
  assert.ok(plain.length >= 15);
  for (const text of HOSTILE) assert.deepEqual(sources(called(text, text, text)).map(integers), plain, text);
});

test("the generated source uses no name but its own, those of its environment and those of typed arrays", () => {
  const words = new Set(sources(called("r", "v", "c")).flatMap((source) => source.match(/[A-Za-z_$][\w$]*/g) ?? []));
  const known = new Set(
    "return function let const for while if else null Math imul rows row at from to sign value limit fuel tick columns states slots mask shift next prev chained top visible sizeOf nextVisible values empty ranks h".split(
      " ",
    ),
  );
  const made = [...words].filter((word) => !known.has(word) && !/^[a-zA-Z]\d+$/.test(word));
  assert.deepEqual(made, []);
});

test("hostile names and constants mean what harmless ones mean", () => {
  for (const text of HOSTILE) {
    const engine = emptyEngine(called(text, text, text));
    const facts = [
      { relation: `${text}b`, row: [text, "1"] },
      { relation: `${text}b`, row: ["1", text] },
      { relation: `${text}b`, row: ["1", "2"] },
      { relation: `${text}o`, row: [text] },
    ];
    kept(engine, facts);
    assert.deepEqual(tuples(engine, `${text}d`), [`1${text} 2`]);
    assert.deepEqual(
      tuples(engine, `${text}d2`),
      [...["1", "2", text]].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    kept(engine, [], facts.slice(0, 1));
    assert.deepEqual(tuples(engine, `${text}d2`), []);
  }
  assert.equal(Object.hasOwn(globalThis, "x"), false);
});
