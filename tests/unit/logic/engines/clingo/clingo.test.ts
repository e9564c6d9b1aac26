import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clingo, ClingoAnswer, ClingoJob } from "../../../../../logic/engines/clingo/clingo.ts";
import { factText, symbolText } from "../../../../../logic/engines/clingo/fact_text.ts";
import { isClingo } from "../../../../../logic/engines/clingo/native_clingo.ts";
import { openClingo } from "../../../../../logic/engines/clingo/open_clingo.ts";
import type { GroundFunction } from "../../../../../logic/engines/clingo/read_term.ts";
import { clingos, withClingo } from "../../../../support/clingos.ts";
import { ownChildren, tellsChildren } from "../../../../support/own_children.ts";

const BOUNDS = { time_ms: 30_000, memory_mb: 1_024 };
/** 13 pigeons, 12 holes: no answer set, and no clingo finds that out in this life. */
const PIGEONS = `1 { in(P,H) : H = 1..12 } 1 :- P = 1..13.
:- in(P,H), in(Q,H), P < Q.`;

function solve(clingo: Clingo, program: string, mode: ClingoJob["mode"] = "all", more: Partial<ClingoJob> = {}): Promise<ClingoAnswer> {
  return clingo.solve({ program, mode, ...BOUNDS, ...more });
}

function atoms(answer: ClingoAnswer): string[][] {
  assert.equal(answer.kind, "satisfiable", JSON.stringify(answer));
  if (answer.kind !== "satisfiable") return [];
  return answer.models.map((model) => model.atoms.map((atom) => (typeof atom === "object" ? atomText(atom) : String(atom))).toSorted());
}

function atomText({ name, args }: GroundFunction): string {
  return `${name}(${args.map((arg) => (typeof arg === "object" ? atomText(arg) : JSON.stringify(arg))).join(",")})`;
}

for (const kind of clingos) {
  describe(`clingo, ${kind.name}`, { skip: kind.skip }, () => {
    test("gives every answer set, typed", () =>
      withClingo(kind, async (clingo) => {
        const found = atoms(await solve(clingo, '{ a(1;2) }.\nb("x", f(-3,(y,"z"))).\n#show a/1.\n#show b/2.'));
        assert.equal(found.length, 4);
        assert.ok(found.every((model) => model.includes('b("x",f(-3,(y(),"z")))')));
      }));

    test("decides, and finds the optimum", () =>
      withClingo(kind, async (clingo) => {
        const choice = "1 { a(1..3) }.\n#minimize { X : a(X) }.";
        assert.equal(atoms(await solve(clingo, choice, "decide")).length, 1);
        const best = await solve(clingo, choice, "best");
        assert.deepEqual(atoms(best), [["a(1)"]]);
        assert.deepEqual(best.kind === "satisfiable" && best.models[0]?.costs, [1]);
        assert.deepEqual(await solve(clingo, "a. :- a.", "decide"), { kind: "unsatisfiable" });
      }));

    test("symbols cross exactly, whatever is in them", () =>
      withClingo(kind, async (clingo) => {
        const controls = Array.from({ length: 31 }, (_unused, index) => String.fromCharCode(index + 1)).join("");
        const symbols = [
          "",
          'say "hi"',
          "a\\nb",
          "\\",
          'tail\\"',
          controls,
          "grün 😀 \uffff",
          "% not a comment",
          '")',
          "#show.",
          "x".repeat(100_000),
        ];
        const answer = await solve(
          clingo,
          symbols
            .map((symbol, at) =>
              factText("s", [BigInt(at), symbol], (value) => (typeof value === "string" ? symbolText(value) : String(value))),
            )
            .join("\n"),
        );
        assert.equal(answer.kind, "satisfiable");
        const back = answer.kind === "satisfiable" ? (answer.models[0]?.atoms ?? []) : [];
        const byPlace = new Map(back.map((atom) => (atom as GroundFunction).args as [number, string]));
        for (const [at, symbol] of symbols.entries()) assert.equal(byPlace.get(at), symbol);
      }));

    test("a misspelt predicate and a dropped instance are no answer", () =>
      withClingo(kind, async (clingo) => {
        const misspelt = await solve(clingo, "p(1).\nq :- pp(1).");
        assert.deepEqual(misspelt.kind === "rejected" && misspelt.messages.map(({ line, severity }) => [line, severity]), [[2, "info"]]);
        const dropped = await solve(clingo, "p(0).\nq(1/X) :- p(X).");
        assert.deepEqual(dropped.kind === "rejected" && dropped.messages.map(({ line }) => line), [2]);
        const broken = await solve(clingo, "p(1)\nq.");
        assert.equal(broken.kind === "rejected" && broken.messages[0]?.severity, "error");
        assert.deepEqual(atoms(await solve(clingo, "#defined pp/1.\np(1).\nq :- pp(1).")), [["p(1)"]]);
      }));

    test("an endless solve ends at its bound, and the next one runs", () =>
      withClingo(kind, async (clingo) => {
        const started = performance.now();
        assert.deepEqual(await solve(clingo, PIGEONS, "decide", { time_ms: 1_000 }), { kind: "stopped", by: "time" });
        assert.ok(performance.now() - started < 10_000);
        assert.deepEqual(atoms(await solve(clingo, "p(1).")), [["p(1)"]]);
      }));

    test("a solve is cancelled in its middle, while others go on", () =>
      withClingo(kind, async (clingo) => {
        const controller = new AbortController();
        const endless = solve(clingo, PIGEONS, "decide", { signal: controller.signal });
        const other = solve(clingo, "p(1).");
        assert.deepEqual(atoms(await other), [["p(1)"]]);
        controller.abort();
        assert.deepEqual(await endless, { kind: "stopped", by: "cancelled" });
        assert.deepEqual(atoms(await solve(clingo, "p(2).")), [["p(2)"]]);
        assert.deepEqual(await solve(clingo, "p(2).", "all", { signal: controller.signal }), { kind: "stopped", by: "cancelled" });
      }));

    test("grounding without end stops at the memory bound, and the next one runs", () =>
      withClingo(kind, async (clingo) => {
        const endless = await solve(clingo, "n(0).\nn(X+1) :- n(X).", "decide", { memory_mb: 100 });
        assert.deepEqual(endless, { kind: "stopped", by: "memory" });
        assert.deepEqual(atoms(await solve(clingo, "p(1).")), [["p(1)"]]);
      }));

    test("closing ends what runs", async () => {
      const clingo = kind.open();
      const endless = solve(clingo, PIGEONS, "decide");
      const waiting = [solve(clingo, PIGEONS, "decide"), solve(clingo, PIGEONS, "decide")];
      await new Promise((resolve) => setTimeout(resolve, 300));
      await clingo.close();
      for (const answer of await Promise.all([endless, ...waiting])) assert.deepEqual(answer, { kind: "stopped", by: "cancelled" });
    });

    test("two megabytes of facts", () =>
      withClingo(kind, async (clingo) => {
        const facts = Array.from({ length: 60_000 }, (_unused, index) => `package(${index},"node_modules/package-${index}").`).join("\n");
        assert.ok(facts.length > 2_000_000);
        const answer = await solve(clingo, `${facts}\nlast(X) :- X = #max { N : package(N,_) }.\n#show last/1.`);
        assert.deepEqual(atoms(answer), [["last(59999)"]]);
      }));
  });
}

test(
  "a clingo that somebody else kills in the middle of a solve has failed, and the next one runs",
  {
    skip: tellsChildren ? (clingos.find(({ name }) => name === "native")?.skip ?? false) : "no /proc on this machine",
  },
  () =>
    withClingo(clingos.find(({ name }) => name === "native") ?? assert.fail(), async (clingo) => {
      const before = new Set(ownChildren());
      const endless = solve(clingo, PIGEONS, "decide");
      await new Promise((resolve) => setTimeout(resolve, 500));
      const [own, ...others] = ownChildren().filter((pid) => !before.has(pid));
      assert.ok(own !== undefined && others.length === 0);
      process.kill(own, "SIGKILL");
      assert.equal((await endless).kind, "failed");
      assert.deepEqual(atoms(await solve(clingo, "p(1).")), [["p(1)"]]);
    }),
);

test("auto takes what there is; a path must be a clingo", async () => {
  const clingo = openClingo();
  assert.equal(clingo.name, isClingo("clingo") ? "clingo" : "wasm");
  await clingo.close();
  assert.throws(() => openClingo("/bin/true"), { code: "clingo.not_found" });
  assert.throws(() => openClingo("/nowhere/clingo"), { code: "clingo.not_found" });
});
