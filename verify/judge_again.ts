import type { Theory } from "../logic/theory.ts";
import { theoryOf } from "../logic/theory.ts";
import { AssayError } from "../schema/assay_error.ts";
import type { SqlSession } from "../schema/sql_session.ts";
import type { Violation } from "../schema/verdict.ts";
import { type GateInput, type Judgement, judgeDelta } from "./gate.ts";
import { type BaseState, inForceOf } from "./in_force.ts";
import { judgeTheories, type LoadRequest } from "./load.ts";
import { proposedAgain, readBody } from "./records.ts";
import { factsAt, generationsAt, readGenerations } from "./store/history.ts";
import { columnDefinitions, columnList, factTable, logTable } from "./store/relation_table.ts";
import { readTheoriesAt } from "./store/state.ts";
import { cursorOffset } from "./violation_page.ts";

export interface ViolationsPage {
  readonly violations: readonly Violation[];
  readonly total: number;
  readonly cursor: string | null;
}

/**
 * Judges a stored delta again over the state it was judged against, for the violations behind `cursor`. The caller's open
 * transaction is taken back to that state, so the caller rolls it back. Errors: `query.cursor`.
 */
export async function judgeAgain(input: GateInput, delta: string, cursor: string): Promise<ViolationsPage> {
  const { session } = input;
  const offset = cursorOffset(cursor);
  if (offset === null) throw new AssayError("query.cursor", `\`${cursor}\` is no cursor`);
  const [row] = await session.rows("SELECT kind, head FROM assay.delta WHERE id = ?", [delta]);
  if (row === undefined) throw new AssayError("query.cursor", `no delta \`${delta}\` was judged here`);
  const state = await stateAt(session, Number(row[1]));
  if (state.head !== input.state.head) await rewind(session, state.head);
  const past: GateInput = { ...input, state };
  const judgement = row[0] === "load" ? await loadAgain(past, delta, offset) : await deltaAgain(past, delta, offset);
  const verdict = verdictOf(judgement);
  return { violations: verdict.violations, total: verdict.total, cursor: verdict.cursor };
}

async function deltaAgain(input: GateInput, id: string, offset: number): Promise<Judgement> {
  const proposed = await proposedAgain(input.session, id);
  if (proposed === null) throw new Error(`the delta ${id} is kept without its body`);
  return judgeDelta(input, proposed, offset);
}

async function loadAgain(input: GateInput, id: string, offset: number): ReturnType<typeof judgeTheories> {
  const body = JSON.parse((await readBody(input.session, id)) ?? "null") as StoredLoad;
  const theories: Theory[] = [];
  for (const { hash } of Object.values(body.theories)) {
    const files = await input.session.rows("SELECT path, body FROM assay.theory_file WHERE hash = ?", [hash]);
    theories.push(theoryOf(new Map(files.map(([path, text]) => [String(path), String(text)]))));
  }
  const { proposer: author, reason, ratchet, allow_destructive: allowDestructive } = body;
  const request: LoadRequest = { theories, author, reason, ratchet, allowDestructive };
  return judgeTheories(input, request, offset);
}

interface StoredLoad {
  readonly proposer: string;
  readonly reason: string;
  readonly ratchet: boolean;
  readonly allow_destructive: boolean;
  readonly theories: { readonly [name: string]: { readonly hash: string } };
}

function verdictOf(judgement: Judgement | Awaited<ReturnType<typeof judgeTheories>>): ViolationsPage {
  if (judgement.kind === "accepted") return judgement.accepted.verdict;
  if (judgement.kind === "refused") return judgement.refused.verdict;
  if (judgement.kind === "lawful") return judgement.delta.verdict;
  return judgement.verdict;
}

async function stateAt(session: SqlSession, commit: number): Promise<BaseState> {
  const waivers = await session.rows(
    `SELECT fingerprint, law FROM assay.waiver WHERE commit_from <= ${commit} AND (commit_to IS NULL OR commit_to > ${commit})`,
  );
  const hash = (await session.rows(`SELECT hash FROM assay.entry WHERE seq = ${commit}`))[0]?.[0];
  return {
    head: commit,
    headHash: String(hash ?? ""),
    inForce: await inForceOf(await readTheoriesAt(session, commit)),
    waived: new Map(waivers.map(([fingerprint, law]) => [String(fingerprint), String(law)])),
  };
}

/** Takes the tables of facts, within the open transaction, back to an earlier commit. */
async function rewind(session: SqlSession, commit: number): Promise<void> {
  const generations = await readGenerations(session);
  for (const generation of generations.filter(({ to }) => to === null)) await session.run(`DROP TABLE ${factTable(generation.name)}`);
  for (const generation of generations.filter(({ from }) => from > commit)) await session.run(`DROP TABLE ${logTable(generation.log)}`);
  for (const generation of generationsAt(generations, commit)) {
    const facts = factTable(generation.name);
    await session.run(`CREATE TABLE ${facts} (${columnDefinitions(generation.attributes)})`);
    await session.run(`INSERT INTO ${facts} SELECT ${columnList(generation.attributes)} FROM ${factsAt(generation, commit)}`);
  }
  await session.run(`UPDATE assay.relation SET commit_to = NULL WHERE commit_from <= ${commit} AND commit_to > ${commit}`);
  await session.run(`DELETE FROM assay.relation WHERE commit_from > ${commit}`);
}
