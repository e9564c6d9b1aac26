import type { ProposedDelta } from "../../schema/delta.ts";
import { rowText } from "../../schema/delta_id.ts";
import type { PreparedDelta } from "../prepared_delta.ts";
import { gateViolation } from "../violation.ts";
import type { ViolationPage } from "../violation_page.ts";
import type { Trial, World } from "../world.ts";
import type { TypedRow, TypedRows } from "./types.ts";

/**
 * Check 4, base commit: the commit that the delta is conditional on is the head, its idempotency key is its own, every fact it
 * retracts is there, and no fact is both asserted and retracted. What is not so is a violation of `gate.base`.
 */
export async function checkBase(world: World, trial: Trial, delta: PreparedDelta, head: number, page: ViolationPage): Promise<void> {
  checkCondition(delta.proposed, head, page);
  if (delta.proposed.key !== null) await checkKey(world, delta.proposed.key, delta.id, page);
  for (const rows of delta.typed) {
    if (rows.side === "assert" || rows.rows.length === 0) continue;
    const asserted = delta.typed.find((other) => other.side === "assert" && other.relation.name === rows.relation.name);
    if (asserted !== undefined) checkContradiction(asserted, rows, page);
    await checkPresence(trial, rows, page);
  }
}

function checkCondition(delta: ProposedDelta, head: number, page: ViolationPage): void {
  if (delta.base === null || delta.base === head) return;
  const { base } = delta;
  page.add(() =>
    gateViolation({
      check: "base",
      code: base < head ? "gate.stale_base" : "gate.unknown_base",
      message:
        base < head
          ? `the delta was made for commit ${base}, the head is commit ${head}`
          : `there is no commit ${base}, the head is commit ${head}`,
      witness: { base: BigInt(base), head: BigInt(head) },
      place: "/base",
    }),
  );
}

async function checkKey(world: World, key: string, id: string, page: ViolationPage): Promise<void> {
  if (key.includes("\0")) return;
  const other = await world.keyOwner(key);
  if (other === null || other === id) return;
  page.add(() =>
    gateViolation({
      check: "base",
      code: "gate.key_reused",
      message: `the idempotency key \`${key}\` belongs to another delta, \`${other}\``,
      witness: { key, delta: other },
      place: "/key",
    }),
  );
}

function checkContradiction(asserted: TypedRows, retracted: TypedRows, page: ViolationPage): void {
  const first = new Map<string, TypedRow>();
  for (const row of asserted.rows) {
    const text = rowText(row.row);
    if (!first.has(text)) first.set(text, row);
  }
  for (const retracting of retracted.rows) {
    const asserting = first.get(rowText(retracting.row));
    if (asserting === undefined) continue;
    page.add(() =>
      gateViolation({
        check: "base",
        code: "gate.contradiction",
        message: `the delta asserts and retracts the same fact of \`${retracted.relation.name}\``,
        witness: { relation: retracted.relation.name, assert: asserting.pointer, retract: retracting.pointer },
        place: asserting.place ?? asserting.pointer,
      }),
    );
  }
}

async function checkPresence(trial: Trial, retracted: TypedRows, page: ViolationPage): Promise<void> {
  for (const index of await trial.absent(retracted)) {
    const row = retracted.rows[index] as TypedRow;
    page.add(() =>
      gateViolation({
        check: "base",
        code: "gate.absent_fact",
        message: `the fact to retract is not in \`${retracted.relation.name}\``,
        witness: { relation: retracted.relation.name, row: row.pointer },
        place: row.place ?? row.pointer,
      }),
    );
  }
}
