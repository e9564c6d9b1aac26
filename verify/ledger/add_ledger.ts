import type { SqlSession } from "../../schema/sql_session.ts";
import type { LogEntry } from "../log.ts";
import { readEntries } from "../log.ts";
import { addLeafTable } from "../store/format.ts";
import { appendLeaves, forgetSize, leafOfCommit, leafOfRefusal, type NewLeaf } from "./append_leaves.ts";
import { commitLeaf, refusalLeaf } from "./leaf.ts";

const BATCH = 10_000;

/**
 * Gives a fact base that was made before there were leaves its ledger: each commit, and behind it what was refused after it, by time. Runs
 * inside the caller's transaction.
 */
export async function addLedger(session: SqlSession): Promise<void> {
  await addLeafTable(session);
  const head = Number((await session.rows("SELECT coalesce(max(seq), 0) FROM assay.entry"))[0]?.[0] ?? 0);
  forgetSize(session);
  for (let from = 0; from <= head; from += BATCH) {
    const to = Math.min(from + BATCH - 1, head);
    const entries = new Map((await readEntries(session, from, to)).map((entry) => [entry.seq, entry]));
    const refusals = Map.groupBy(await refusalsAfter(session, from, to), ({ head: after }) => after);
    const leaves: NewLeaf[] = [];
    for (let seq = from; seq <= to; seq += 1) {
      const entry = entries.get(seq);
      if (entry !== undefined) leaves.push(leafOfCommit(seq, commitLeaf(entry)));
      for (const refusal of refusals.get(seq) ?? []) leaves.push(leafOfRefusal(refusal.delta, refusalLeaf(refusal)));
    }
    await appendLeaves(session, leaves);
  }
}

async function refusalsAfter(session: SqlSession, from: number, to: number) {
  const rows = await session.rows(
    `SELECT d.id, d.kind, d.proposer, d.reason, d.head, d.theories, d."time", v.hash
     FROM assay.delta AS d JOIN assay.verdict AS v ON v.delta = d.id
     WHERE d.status = 'refused' AND d.head BETWEEN ${from} AND ${to} ORDER BY d.head, d."time", d.id`,
  );
  return rows.map(([delta, kind, proposer, reason, head, theories, time, verdict]) => ({
    delta: String(delta),
    of: kind === "load" ? ("load" as const) : ("delta" as const),
    proposer: String(proposer),
    reason: String(reason),
    head: Number(head),
    theories: JSON.parse(String(theories)) as LogEntry["theories"],
    time: String(time),
    verdict: String(verdict),
  }));
}
