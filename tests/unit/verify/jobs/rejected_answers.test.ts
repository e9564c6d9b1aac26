import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProposedDelta } from "../../../../schema/delta.ts";
import type { TextModel } from "../../../../schema/text_model.ts";
import type { Verdict } from "../../../../schema/verdict.ts";
import { type JobOrder, type JobOutcome, runJob } from "../../../../verify/jobs/run_job.ts";
import { repairDelta } from "../../../../verify/repair/repair_delta.ts";
import { proposal, SHOP, steppingClock, theoryFrom, withBase } from "../../../support/fact_bases.ts";
import { type Reply, replyingModel } from "../../../support/gguf.ts";
import { withModels } from "../../../support/model_files.ts";

const order: JobOrder = {
  task: "Extract the orders.",
  text: "",
  relations: ["customer", "order"],
  bounds: { rows: 2, characters: 12 },
  proposer: "extractor",
  reason: "case",
  seed: 1,
  temperature: 0,
  rounds: 2,
  tokens: 900,
  time_ms: 60_000,
};
const LAWFUL = '{"assert":{"customer":[{"name":"Zoe","credit":5}],"order":[]}}';
const row = (id: string, customer = '"Zoe"', amount = "1"): string => `{"id":${id},"customer":${customer},"amount":${amount}}`;
const orders = (...rows: string[]): string => `{"assert":{"customer":[],"order":[${rows.join(",")}]}}`;

/** What a model says that disregards the shape, and a piece of what it is told then. */
const DISREGARDED: Readonly<Record<string, readonly [answer: string, told: string, place: string | null]>> = {
  foreign: ['{"assert":{"credit_limit":[["Zoe",9]]}}', "/assert/credit_limit: ", "/assert/credit_limit"],
  derived: ['{"assert":{"orphan":[[1,"x"]]}}', "/assert/orphan: ", "/assert/orphan"],
  retracting: ['{"assert":{},"retract":{"order":[[1,"Zoe",3]]}}', "/retract/order: ", "/retract/order"],
  broken: ['{"assert":{"order":[[1,"Zo', "answer:1:24: ", "answer:1:24"],
  prose: ["Here are the orders that I found.", "answer:1:1: ", "answer:1:1"],
  list: ["[1,2,3]", "no JSON object", null],
  twice: ['{"assert":{"order":[]},"assert":{}}', "answer:1:24: ", "answer:1:24"],
  text: [orders(row('"seven"')), "/assert/order/0: `id`", "/assert/order/0"],
  fraction: [orders(row("2", '"A"'), row("7.25")), "/assert/order/1: `id`", "/assert/order/1"],
  nested: ['{"assert":{"order":[{"id":{"x":1}}]}}', "no delta", null],
  arity: ['{"assert":{"order":[[8,"Zoe"]]}}', "/assert/order/0: the row has 2", "/assert/order/0"],
  missing: ['{"assert":{"order":[{"id":4}]}}', "/assert/order/0: the row of", "/assert/order/0"],
  extra: ['{"assert":{"customer":[{"nome":"Zoe","credit":5}]}}', "/assert/customer/0: ", "/assert/customer/0"],
  many: [orders(row("11"), row("12"), row("13")), "has 3 rows", "/assert/order"],
  lengthy: [orders(row("5", '"A name that goes on"')), "19 characters", "/assert/order/0"],
  nul: [orders(row("6", '"Z\\u0000"')), "/assert/order/0: `customer`", "/assert/order/0"],
};

/** What it may say within the shape. */
const SHAPED: typeof DISREGARDED = {
  large: [orders(row("9223372036854775808")), "/assert/order/0: `id`", "/assert/order/0"],
};

function lessons(cases: typeof DISREGARDED): Uint8Array {
  const replies = Object.entries(cases).map(([name, [text]]): Reply => ({ text, weights: { [`case ${name};`]: 2 } }));
  const names = Object.keys(cases).map((name) => [`case ${name};`, 1]);
  const told = Object.values(cases).map(([, text]) => [text, 1_000]);
  return replyingModel([...replies, { text: LAWFUL, weights: Object.fromEntries([...names, ...told]) }], 8_192);
}

type Ran = JobOutcome & { readonly orders: readonly (readonly unknown[])[] };

/** Lets `run` have jobs done, each in a fact base of its own; the model may be made to disregard the shape it is given. */
async function withJobs(bytes: Uint8Array, isShaped: boolean, run: (job: (text: string) => Promise<Ran>) => Promise<void>): Promise<void> {
  await withModels(async (host, write) => {
    const held = await host.model({ name: "m", path: write("m.gguf", bytes), context: 8_192 });
    const free: TextModel = { ...held, complete: (request) => held.complete({ ...request, shape: null }) };
    await run((text) => inOwnBase(isShaped ? held : free, { ...order, text }));
  });
}

async function inOwnBase(model: TextModel, asked: JobOrder): Promise<Ran> {
  const ran: Ran[] = [];
  await withBase([theoryFrom(SHOP)], async (base) => {
    const clock = steppingClock();
    const repair = async (delta: ProposedDelta): Promise<Verdict> =>
      (await repairDelta(base, delta, { clingo: base.clingo, clock, alternatives: 2 })).verdict;
    const outcome = await runJob(base, model, asked, { clock, repair });
    const { rows } = await base.query({ sql: 'SELECT id, customer, amount FROM "order" ORDER BY id' });
    ran.push({ ...outcome, orders: rows });
  });
  return ran[0] as Ran;
}

for (const [kind, cases, isShaped] of [
  ["outside of the shape", DISREGARDED, false],
  ["within the shape", SHAPED, true],
] as const) {
  test(`an answer ${kind} that is no delta is told with its place, and the next one is taken`, async () => {
    await withJobs(lessons(cases), isShaped, async (job) => {
      for (const [name, [answer, told, place]] of Object.entries(cases)) {
        const { state, attempts } = await job(`case ${name};`);
        assert.deepEqual(
          [attempts[0]?.answer, attempts[0]?.rejected?.code, attempts[0]?.rejected?.place],
          [answer, "job.answer", place],
          name,
        );
        assert.ok(attempts[1]?.prompt.includes(told), name);
        assert.deepEqual([attempts[1]?.answer, state], [LAWFUL, "accepted"], name);
      }
    });
  });
}

const KEPT =
  '{"assert":{"customer":[{"name":"Zo\u00eb \\"Q\\" \u{1F984}","credit":0}],"order":[{"id":-9223372036854775808,"customer":"Zo\u00eb \\"Q\\" \u{1F984}","amount":-0},{"id":9007199254740993,"customer":"Zo\u00eb \\"Q\\" \u{1F984}","amount":0.1}]}}';
const ESCAPED = '{"assert":{"customer":[{"name":"\\u005a\\\\\\/\\ud83e\\udd84","credit":-0}],"order":[]}}';
const EMPTY = '{"assert":{"customer":[],"order":[]}}';
const HOLE = '{"assert":{"customer":[],"order":[{"id":1,"customer":"Ann","amount":2}]}}';
const FILLED = '{"assert":{"customer":[{"name":"Ann","credit":7}],"order":[{"id":1,"customer":"Ann","amount":2}]}}';

test("unicode, quotes, 64-bit integers and -0 arrive exactly; an answer without a fact ends the job; a repair's hole is told with its type", async () => {
  const replies = [
    { text: KEPT, weights: { "case kept;": 1 } },
    { text: ESCAPED, weights: { "case escaped;": 1 } },
    { text: EMPTY, weights: { "case empty;": 1 } },
    { text: HOLE, weights: { "case hole;": 2 } },
    { text: FILLED, weights: { "case hole;": 1, 'also give customer("Ann", ?1); ?1 is the right credit, a number': 1_000 } },
  ];
  await withJobs(replyingModel(replies, 8_192), true, async (job) => {
    const kept = await job("case kept;");
    const name = 'Zo\u00eb "Q" \u{1F984}';
    assert.deepEqual(kept.orders, [
      [-9_223_372_036_854_775_808n, name, 0],
      [9_007_199_254_740_993n, name, 0.1],
    ]);
    assert.equal((await job("case escaped;")).state, "accepted");
    const empty = await job("case empty;");
    assert.deepEqual(
      [empty.state, empty.attempts.length, empty.attempts[0]?.rejected?.code, empty.commit],
      ["unchanged", 1, "job.empty", null],
    );
    const mended = await job("case hole;");
    assert.deepEqual(
      [mended.state, mended.attempts.map(({ answer }) => answer), mended.attempts[0]?.verdict?.repairs[0]?.holes.map(({ type }) => type)],
      ["accepted", [HOLE, FILLED], ["number"]],
    );
  });
});

const PRICES = `
/// @key(name)
.decl product(name:symbol, price:number)
.input product
.decl cap(price:number)
.input cap
/// @law shop.cap error "{name} costs {price}, more than {cap}"
.decl dear(name:symbol, price:number, cap:number)
dear(n, p, c) :- product(n, p), cap(c), p > c.
`;

test("one fact that breaks a law 10,000 times is told within the context, with how often", async () => {
  const low = '{"assert":{"cap":[{"price":5}]}}';
  const high = '{"assert":{"cap":[{"price":50000}]}}';
  const bytes = replyingModel([
    { text: low, weights: { "case cap;": 2 } },
    { text: high, weights: { "case cap;": 1, "- shop.cap: 9992 more": 1_000 } },
  ]);
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", bytes), context: 2_048 });
    await withBase([theoryFrom(PRICES)], async (base) => {
      const product = Array.from({ length: 10_000 }, (_, at) => [`product ${at}`, 10 + at]);
      assert.equal((await base.propose(proposal({ assert: { product } }))).verdict, "accepted");
      const asked = { ...order, text: "case cap;", relations: ["cap"], tokens: 300 };
      const { state, attempts } = await runJob(base, model, asked, { clock: steppingClock() });
      assert.deepEqual(
        attempts.map(({ answer, verdict }) => [answer, verdict?.total]),
        [
          [low, 10_000],
          [high, 0],
        ],
      );
      assert.equal(state, "accepted");
    });
  });
});
