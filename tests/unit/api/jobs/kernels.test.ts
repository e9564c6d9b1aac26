import assert from "node:assert/strict";
import { test } from "node:test";
import { kernelOf, kernels } from "../../../../api/jobs/kernels/kernel_registry.ts";
import { findTheory } from "../../../../logic/theory.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { systemClock } from "../../../../schema/clock.ts";
import type { FactBase } from "../../../../verify/fact_base.ts";
import { allowJobs } from "../../../../verify/jobs/allow_jobs.ts";
import { JobRunner } from "../../../../verify/jobs/job_runner.ts";
import type { KernelOrder, KernelParameters } from "../../../../verify/jobs/kernel.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../../support/fact_bases.ts";

const SHOP_WITH_IDS = `${SHOP}
/// @key(name)
.decl customer_id(name:symbol, id:symbol)
.input customer_id
`;

const IDS = { service: "https://shop.example", kind: "customer", from: "customer", key: "name", into: "customer_id" };

function orderOf(parameters: KernelParameters, more: Partial<KernelOrder> = {}): KernelOrder {
  return { kind: "process", parameters, proposer: "desk", reason: "computed", rounds: 5, time_ms: 60_000, ...more };
}

async function withShop(run: (base: FactBase, runner: JobRunner) => Promise<void>): Promise<void> {
  await withBase([theoryFrom(SHOP_WITH_IDS), await findTheory("jobs")], async (base) => {
    await allowJobs(base, "process", ["customer_id"], "owner");
    const runner = await JobRunner.open(base, systemClock);
    await run(base, runner);
    await runner.close();
  });
}

test("ids of entities are a job: on record, with a receipt while nothing changed, and nothing to do once all have one", async () => {
  await withShop(async (base, runner) => {
    const customers = (...names: string[]) => proposal({ assert: { customer: names.map((name) => [name, 1n]) } });
    await base.propose(customers("Zoe", "Ann"));
    const kernel = kernelOf("entity_ids");
    const { record } = await (await runner.beginKernel(kernel, orderOf(IDS))).done;
    assert.deepEqual(
      [record.state, record.model, record.tokens, record.relations],
      ["accepted", { name: "kernel:entity_ids", hash: kernel.hash }, 0, ["customer_id"]],
    );
    const ids = async () => (await base.query({ datalog: "?- customer_id(name, id)." })).rows;
    const first = await ids();
    assert.equal(first.length, 2);
    const idle = await (await runner.beginKernel(kernel, orderOf(IDS))).done;
    assert.deepEqual([idle.record.state, idle.record.commit, idle.record.attempts[0]?.verdict], ["unchanged", null, "unchanged"]);
    const receipt = await runner.beginKernel(kernel, orderOf(IDS));
    assert.deepEqual([receipt.receipt, receipt.job], [true, idle.record.job]);
    await base.propose(customers("Bob"));
    const again = await runner.beginKernel(kernel, orderOf(IDS));
    assert.deepEqual([again.receipt, (await again.done).record.state], [false, "accepted"]);
    assert.deepEqual(
      (await ids()).filter(([name]) => name !== "Bob"),
      first,
    );
    assert.equal((await ids()).length, 3);
  });
});

test("a kernel proposes over what it read: where another commit came between, it reads anew", async () => {
  await withShop(async (base, runner) => {
    await base.propose(proposal({ assert: { customer: [["Zoe", 1n]] } }));
    let isFirst = true;
    const { record } = await (
      await runner.beginKernel(kernelOf("entity_ids"), orderOf(IDS), {
        propose: async (delta) => {
          if (isFirst) await base.propose(proposal({ assert: { customer: [["Bob", 1n]] } }));
          isFirst = false;
          return base.propose(delta);
        },
      })
    ).done;
    assert.deepEqual([record.state, record.attempts.map(({ verdict }) => verdict)], ["accepted", ["refused", "accepted"]]);
    assert.equal((await base.query({ datalog: "?- customer_id(name, id)." })).rows.length, 2);
  });
});

test("a kernel is pure: the same facts and parameters give the same changes, whatever the order of the rows", async () => {
  const rows = Array.from({ length: 200 }, (_, at): [string, bigint] => [`c${(at * 37) % 200}`, 1n]);
  const facts = (list: readonly [string, bigint][]) =>
    new Map([
      ["customer", { columns: ["name", "credit"], rows: list }],
      ["customer_id", { columns: ["name", "id"], rows: [] }],
    ]);
  const kernel = kernelOf("entity_ids");
  const ids = async (list: readonly [string, bigint][]) => [
    ...((await kernel.run(facts(list), IDS, null)).assert.get("customer_id") ?? []),
  ];
  assert.deepEqual((await ids(rows)).map(String).toSorted(), (await ids(rows.toReversed())).map(String).toSorted());
  assert.equal(new Set((await ids(rows)).map((row) => String((row as readonly unknown[])[1]))).size, 200);
});

test("what settles in a machine, and what settles anew, are kernels too", async () => {
  await withBase([await findTheory("machine"), await findTheory("jobs")], async (base) => {
    const machine = {
      step: [["a"]],
      hist: [["e"], ["(a)"]],
      depth: [
        ["e", 0n],
        ["(a)", 1n],
      ],
      ext: [["e", "a", "(a)"]],
      point: [
        ["e", 0n, 1n],
        ["(a)", 0n, 1n],
        ["(a)", 1n, 3n],
      ],
      point_map: [["(a)", "e", 0n, 0n]],
      down_set: [
        ["e", "no", 0n],
        ["e", "yes", 1n],
        ["(a)", "no", 0n],
        ["(a)", "yes", 1n],
        ["(a)", "paid", 3n],
      ],
      gam: [
        ["fiber", "a", "e", "no", "no"],
        ["fiber", "a", "e", "yes", "yes"],
      ],
    };
    assert.equal((await base.propose(proposal({ assert: machine }))).verdict, "accepted");
    await allowJobs(base, "process", ["hstar", "observed", "emitted"], "owner");
    const runner = await JobRunner.open(base, systemClock);
    const run = async (name: string, parameters: KernelParameters = {}) =>
      (await (await runner.beginKernel(kernelOf(name), orderOf(parameters))).done).record.state;
    assert.deepEqual(
      [await run("news"), await run("settled", { at: "(a)" }), await run("settled", { at: "(a)" })],
      ["accepted", "accepted", "unchanged"],
    );
    assert.deepEqual((await base.query({ datalog: "?- emitted(t, u, x)." })).rows, [["e", "(a)", "paid"]]);
    assert.deepEqual((await base.query({ datalog: "?- hstar(t, x)." })).rows.toSorted(), [
      ["(a)", "no"],
      ["(a)", "paid"],
      ["(a)", "yes"],
    ]);
  });
});

test("a kernel that there is not, or that is asked for what it does not do, does not begin", async () => {
  const codeOf = (code: string) => (thrown: unknown) => thrown instanceof AssayError && thrown.code === code;
  assert.throws(() => kernelOf("entity_id"), codeOf("job.kernel"));
  assert.equal(new Set(kernels.map(({ hash }) => hash)).size, kernels.length);
  await withShop(async (base, runner) => {
    const before = base.head;
    const begin = (parameters: KernelParameters, more: Partial<KernelOrder> = {}) =>
      runner.beginKernel(kernelOf("entity_ids"), orderOf(parameters, more));
    await assert.rejects(begin({ ...IDS, colour: "red" }), codeOf("job.kernel"));
    await assert.rejects(begin({ ...IDS, service: "" }), codeOf("job.kernel"));
    await assert.rejects(begin({ ...IDS, from: "nothing" }), codeOf("job.relation"));
    await assert.rejects(begin({ ...IDS, into: "customer" }), codeOf("job.reach"));
    await assert.rejects(begin(IDS, { kind: "inquiry" }), codeOf("job.reach"));
    assert.equal(base.head, before);
    const failed = await (await begin({ ...IDS, key: "surname" })).done;
    assert.deepEqual([failed.record.state, failed.record.error?.code], ["failed", "job.kernel"]);
    const floats = await (await begin({ ...IDS, from: "order", key: "amount" })).done;
    assert.equal(floats.record.state, "unchanged");
  });
});
