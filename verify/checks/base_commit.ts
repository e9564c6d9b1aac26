import type { ProposedDelta } from "../../schema/delta.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import { factTable, ROW, sameRow } from "../store/relation_table.ts";
import type { StagedRows } from "../store/speculation.ts";
import { gateViolation } from "../violation.ts";
import type { ViolationPage } from "../violation_page.ts";
import type { TypedRow } from "./types.ts";

/**
 * Check 4, base commit: the commit that the delta is conditional on is the head, its idempotency key is its own, every fact it
 * retracts is there, and no fact is both asserted and retracted. What is not so is a violation of `gate.base`.
 */
export async function checkBase(
  session: SqlSession,
  delta: ProposedDelta,
  id: string,
  head: number,
  staged: readonly StagedRows[],
  page: ViolationPage,
): Promise<void> {
  checkCondition(delta, head, page);
  await checkKey(session, delta, id, page);
  for (const rows of staged) {
    if (rows.side === "assert") continue;
    const asserted = staged.find((other) => other.side === "assert" && other.relation.name === rows.relation.name);
    if (asserted !== undefined) await checkContradiction(session, asserted, rows, page);
    await checkPresence(session, rows, page);
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

async function checkKey(session: SqlSession, delta: ProposedDelta, id: string, page: ViolationPage): Promise<void> {
  if (delta.key === null || delta.key.includes("\0")) return;
  const { key } = delta;
  const found = await session.rows("SELECT delta FROM assay.idempotency WHERE key = ?", [key]);
  const other = found[0]?.[0];
  if (typeof other !== "string" || other === id) return;
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

async function checkContradiction(session: SqlSession, asserted: StagedRows, retracted: StagedRows, page: ViolationPage): Promise<void> {
  const same = sameRow(asserted.relation.attributes, "a", "r");
  const found = await session.rows(
    `SELECT min(a.${ROW}), r.${ROW} FROM ${retracted.table} AS r JOIN ${asserted.table} AS a ON ${same} GROUP BY r.${ROW} ORDER BY r.${ROW}`,
  );
  for (const [assertIndex, retractIndex] of found) {
    const asserting = asserted.rows[Number(assertIndex)] as TypedRow;
    const retracting = retracted.rows[Number(retractIndex)] as TypedRow;
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

async function checkPresence(session: SqlSession, retracted: StagedRows, page: ViolationPage): Promise<void> {
  const same = sameRow(retracted.relation.attributes, "f", "r");
  const found = await session.rows(
    `SELECT r.${ROW} FROM ${retracted.table} AS r
     WHERE NOT EXISTS (SELECT 1 FROM ${factTable(retracted.relation.name)} AS f WHERE ${same}) ORDER BY r.${ROW}`,
  );
  for (const [index] of found) {
    const row = retracted.rows[Number(index)] as TypedRow;
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
