import assert from "node:assert/strict";
import { test } from "node:test";
import { type ExactValue, readExactJson } from "../../../../schema/exact_json.ts";
import type { Relation } from "../../../../schema/relation.ts";
import { answerShape } from "../../../../verify/jobs/answer_shape.ts";
import { knownValues } from "../../../../verify/jobs/known_values.ts";
import { referencesOf } from "../../../../verify/jobs/references.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../../support/fact_bases.ts";
import { randomModel } from "../../../support/gguf.ts";
import { request, withModels } from "../../../support/model_files.ts";

const LIBRARY = `
.type Shelf <: symbol
.decl shelf(name:Shelf, floor:number)
.input shelf
.decl word(kind:symbol, text:symbol)
.input word
.decl book(id:number, shelf:Shelf, language:symbol, floor:number, state:symbol, next:number)
.input book
.decl loan(book:number, shelf:Shelf)
.input loan

.decl is_shelf(name:Shelf)
is_shelf(s) :- shelf(s, _).
.decl spoken_of(by:symbol, shelf:Shelf)
spoken_of("book", s) :- book(_, s, _, _, _, _).
spoken_of("loan", s) :- loan(_, s).
/// @law library.shelf error "{shelf} is no shelf"
.decl no_shelf(by:symbol, shelf:Shelf)
no_shelf(b, s) :- spoken_of(b, s), !is_shelf(s).
/// @law library.language error "{text} is no language"
.decl no_language(text:symbol)
no_language(l) :- book(_, _, l, _, _, _), !word("language", l).
/// @law library.floor error "no floor {floor}"
.decl no_floor(floor:number)
no_floor(f) :- !shelf(_, f), book(_, _, _, f, _, _).
/// @law library.state warn "{state} is no state"
.decl no_state(state:symbol)
no_state(s) :- book(_, _, _, _, s, _), !word("state", s).
/// @law library.next error "no book {next}"
.decl no_next(next:number)
no_next(n) :- book(_, _, _, _, _, n), n != 0, !book(n, _, _, _, _, _).
`;

const FACTS = {
  shelf: [
    ["north", 1],
    ['so"uth', 2],
  ],
  word: [
    ["language", "Ænglisc"],
    ["language", "de"],
    ["state", "lent"],
  ],
};

test("what laws demand of every fact is found, by way of relations that pass it on; conditions and warnings demand nothing", async () => {
  await withBase([theoryFrom(LIBRARY, "library")], async (base) => {
    assert.deepEqual(
      referencesOf(base.program, "book").map(({ attribute, target, column, where }) => [attribute, target, column, [...where]]),
      [
        ["shelf", "is_shelf", 0, []],
        ["language", "word", 1, [[0, "language"]]],
        ["floor", "shelf", 1, []],
      ],
    );
    assert.deepEqual(
      referencesOf(base.program, "loan").map(({ attribute }) => attribute),
      ["shelf"],
    );
    assert.deepEqual(referencesOf(base.program, "shelf"), []);
  });
});

test("values that must be there are taken from the facts, where the job cannot add to them and they are not too many", async () => {
  await withBase(
    [theoryFrom(LIBRARY, "library")],
    async (base) => {
      const plain = async (relations: readonly string[]) =>
        [...(await knownValues(base, relations))].map(([name, attributes]) => [name, [...attributes]]);
      assert.deepEqual(await plain(["book"]), []);
      assert.equal((await base.propose(proposal({ assert: FACTS }))).verdict, "accepted");
      assert.deepEqual(await plain(["book"]), [
        [
          "book",
          [
            ["shelf", ["north", 'so"uth']],
            ["language", ["de", "Ænglisc"]],
            ["floor", [1n, 2n]],
          ],
        ],
      ]);
      assert.deepEqual(await plain(["book", "shelf"]), [["book", [["language", ["de", "Ænglisc"]]]]]);
      const third = proposal({ assert: { shelf: [["west", 3]] } });
      assert.equal((await base.propose(third)).verdict, "accepted");
      assert.deepEqual(await plain(["book"]), [["book", [["language", ["de", "Ænglisc"]]]]]);
    },
    { known_values: 2 },
  );
});

test("whatever is not among the known values is refused by the gate", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["Zoe", 5]] } }));
    const known = await knownValues(base, ["order"]);
    assert.deepEqual(known.get("order")?.get("customer"), ["Zoe"]);
    for (const [customer, verdict] of [
      ["Ann", "refused"],
      ["Zoe", "accepted"],
    ]) {
      assert.equal((await base.propose(proposal({ assert: { order: [[1, customer as string, 1]] } }))).verdict, verdict);
    }
  });
});

test("a model that says nonsense says it of values that are there", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", randomModel(5)) });
    await withBase([theoryFrom(LIBRARY, "library")], async (base) => {
      await base.propose(proposal({ assert: { ...FACTS, shelf: [...FACTS.shelf, ["\u{1F984}\\n", -9_007_199_254_740_993n]] } }));
      const known = await knownValues(base, ["book"]);
      const book = base.program.relations.get("book") as Relation;
      const shape = answerShape([book], { rows: 2, characters: 3 }, known);
      const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => model.complete(request({ seed, shape, tokens: 400 }))));
      const rows = answers.flatMap(({ text, isWhole }) => {
        const value = isWhole ? (readExactJson(text, { source: null }) as ReadonlyMap<string, ReadonlyMap<string, ExactRow[]>>) : null;
        return value?.get("assert")?.get("book") ?? [];
      });
      assert.ok(rows.length > 0);
      for (const row of rows) {
        for (const [attribute, values] of known.get("book") ?? []) assert.ok((values as readonly unknown[]).includes(row.get(attribute)));
      }
    });
  });
});

type ExactRow = ReadonlyMap<string, ExactValue>;
