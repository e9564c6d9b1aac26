import { AssayError } from "../../schema/assay_error.ts";
import { inclusionPath, rootOf } from "../../schema/merkle.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import { hashText } from "../ledger/proof.ts";
import { leafOfCommit, readLeaves } from "../ledger/read_ledger.ts";
import { readEntries } from "../log.ts";
import { readBody } from "../records.ts";
import { storedVerdict } from "../remembered.ts";
import type { ExportedCommit } from "./commit_alloy.ts";

/** Reads a commit for export, proved in the ledger as it was right after it. Errors: `ledger.no_leaf`. */
export async function readCommit(session: SqlSession, seq: number, version: string): Promise<ExportedCommit> {
  const [entry] = await readEntries(session, seq, seq);
  const leaf = entry === undefined ? null : await leafOfCommit(session, seq);
  if (entry === undefined || leaf === null) throw new AssayError("ledger.no_leaf", `there is no commit ${seq}`);
  const delta = await readBody(session, entry.delta);
  const verdict = await storedVerdict(session, entry.delta);
  if (delta === null || verdict === null) throw new Error("a commit is stored without its delta or verdict");
  const leaves = await readLeaves(session);
  const { index, text } = leaf;
  const size = index + 1;
  const head = { size, root: hashText(rootOf(leaves, size)), time: entry.time, signature: null };
  const proof = { kind: "inclusion" as const, index, leaf: text, path: inclusionPath(leaves, index, size).map(hashText), head };
  return { entry, delta, verdict, proof, version };
}
