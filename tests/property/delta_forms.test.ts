import assert from "node:assert/strict";
import { test } from "node:test";
import { Field, Float64, Int64, Schema, Table, tableToIPC, Utf8, type Vector, vectorFromArray } from "apache-arrow";
import fc from "fast-check";
import { readArrowDelta } from "../../ingest/arrow_delta.ts";
import { compileTheories } from "../../logic/theory.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { readDeltaLines } from "../../schema/delta_lines.ts";
import { readDelta } from "../../schema/delta_wire.ts";
import { limitsWith } from "../../schema/limits.ts";
import { prepareDelta } from "../../verify/prepared_delta.ts";
import { SHOP, theoryFrom } from "../support/fact_bases.ts";

const limits = limitsWith();
const { program } = compileTheories([theoryFrom(SHOP)]);

interface Made {
  readonly proposer: string;
  readonly reason: string;
  readonly base: number | null;
  readonly customers: readonly (readonly [string, bigint])[];
  readonly orders: readonly (readonly [bigint, string, number])[];
  readonly retracted: readonly (readonly [string, bigint])[];
}

const name = fc.string({ unit: "grapheme", maxLength: 12 });
const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const customer = fc.tuple(name, whole);
const made: fc.Arbitrary<Made> = fc.record({
  proposer: fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
  reason: name,
  base: fc.option(fc.nat()),
  customers: fc.array(customer, { minLength: 1, maxLength: 4 }),
  orders: fc.array(
    fc.tuple(
      whole,
      name,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    ),
    { maxLength: 4 },
  ),
  retracted: fc.array(customer, { maxLength: 2 }),
});

/** JSON with integers as bare digits; every text that looks like one of ours is told apart by its mark. */
function json(value: unknown): string {
  const marked = JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? `\u0001${item}\u0001` : item));
  return marked.replace(/"\\u0001(-?\d+)\\u0001"/g, "$1");
}

function asJson({ proposer, reason, base, customers, orders, retracted }: Made): string {
  return json({ proposer, reason, base, assert: { customer: customers, order: orders }, retract: { customer: retracted } });
}

function asLines({ proposer, reason, base, customers, orders, retracted }: Made): string {
  const op = (kind: string, relation: string) => (row: unknown) => json({ op: kind, relation, row });
  const lines = [
    ...customers.map(op("assert", "customer")),
    ...orders.map(op("assert", "order")),
    ...retracted.map(op("retract", "customer")),
  ];
  return `${json({ proposer, reason, base })}\n${lines.join("\r\n")}\n\n`;
}

function stream(relation: string, columns: Record<string, Vector>, more: Record<string, string>): Uint8Array {
  const metadata = new Map(Object.entries({ "assay.relation": relation, ...more }));
  const fields = Object.entries(columns).map(([column, { type }]) => new Field(column, type, false));
  return tableToIPC(new Table(new Schema(fields, metadata), columns), "stream");
}

function customerColumns(rows: Made["customers"]): Record<string, Vector> {
  return {
    credit: vectorFromArray(
      rows.map(([, credit]) => credit),
      new Int64(),
    ),
    name: vectorFromArray(
      rows.map(([text]) => text),
      new Utf8(),
    ),
  };
}

function asArrow({ proposer, reason, base, customers, orders, retracted }: Made): Uint8Array {
  const head = { "assay.proposer": proposer, "assay.reason": reason, ...(base === null ? {} : { "assay.base": String(base) }) };
  const parts = [stream("customer", customerColumns(customers), head)];
  if (orders.length > 0) {
    const id = vectorFromArray(
      orders.map(([own]) => own),
      new Int64(),
    );
    const owner = vectorFromArray(
      orders.map(([, own]) => own),
      new Utf8(),
    );
    const amount = vectorFromArray(
      orders.map(([, , own]) => own),
      new Float64(),
    );
    parts.push(stream("order", { id, customer: owner, amount }, {}));
  }
  if (retracted.length > 0) parts.push(stream("customer", customerColumns(retracted), { "assay.op": "retract" }));
  return Buffer.concat(parts);
}

function idOf(delta: ProposedDelta): string {
  assert.ok(program !== null);
  const prepared = prepareDelta(delta, program, limits);
  assert.equal(prepared.page.total, 0);
  return prepared.id;
}

test("a delta is the same in JSON, NDJSON and Arrow", async () => {
  const holds = fc.asyncProperty(made, async (delta) => {
    const id = idOf(readDelta(asJson(delta), { source: null, limits }));
    assert.equal(idOf(readDeltaLines(Buffer.from(asLines(delta)), { source: "x.ndjson", limits })), id);
    assert.equal(idOf(await readArrowDelta(asArrow(delta), { source: null })), id);
  });
  await fc.assert(holds, { numRuns: 60 });
});

test("bytes that are no delta are an error of ours, however they were damaged", async () => {
  const holds = fc.asyncProperty(made, fc.nat(), fc.nat({ max: 255 }), fc.boolean(), async (delta, at, byte, isCut) => {
    for (const [form, bytes] of [
      ["lines", Buffer.from(asLines(delta))],
      ["arrow", asArrow(delta)],
    ] as const) {
      const damaged = Buffer.from(isCut ? bytes.subarray(0, at % bytes.length) : bytes);
      if (!isCut) damaged[at % damaged.length] = byte;
      try {
        if (form === "lines") readDeltaLines(damaged, { source: null, limits });
        else await readArrowDelta(damaged, { source: null });
      } catch (cause) {
        assert.ok(cause instanceof AssayError, String(cause));
      }
    }
  });
  await fc.assert(holds, { numRuns: 150 });
});
