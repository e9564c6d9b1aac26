import { type Theory, theoryOf } from "../logic/theory.ts";
import { AssayError } from "../schema/assay_error.ts";
import type { ProposedDelta } from "../schema/delta.ts";
import type { SqlSession } from "../schema/sql_session.ts";
import type { Violation } from "../schema/verdict.ts";
import { checkShape } from "./checks/shape.ts";
import { checkTypes, type TypedRows } from "./checks/types.ts";
import { DuckDbWorld } from "./duckdb_world.ts";
import { type GateInput, type Judgement, judgeDelta } from "./gate.ts";
import { type BaseState, type InForce, inForceOf } from "./in_force.ts";
import { compileSet, judgeTheories, type LoadJudgement, type LoadRequest } from "./load.ts";
import { proposedAgain, readBody } from "./records.ts";
import { factsAt, generationsAt, readGenerations } from "./store/history.ts";
import { baseRelations, columnDefinitions, columnList, factTable, logTable } from "./store/relation_table.ts";
import { changeSchema } from "./store/schema_change.ts";
import { speculate, stageRows } from "./store/speculation.ts";
import { readTheoriesAt } from "./store/state.ts";
import { cursorOffset, ViolationPage } from "./violation_page.ts";

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
  const offset = cursorOffset(cursor);
  if (offset === null) throw new AssayError("query.cursor", `\`${cursor}\` is no cursor`);
  const judged = await readJudged(input.session, delta);
  if (judged === null) throw new AssayError("query.cursor", `no delta \`${delta}\` was judged here`);
  const past = await takenBack(input, judged.head);
  const judgement = judged.kind === "load" ? await loadAgain(past, delta, offset) : await deltaAgain(past, delta, offset);
  const verdict = verdictOf(judgement);
  return { violations: verdict.violations, total: verdict.total, cursor: verdict.cursor };
}

/** A delta applied again, in the open transaction, to the state it was judged against. */
export interface Recreated {
  readonly inForce: InForce;
  readonly delta: readonly TypedRows[];
  /** The log of each base relation. */
  readonly logs: ReadonlyMap<string, string>;
}

/** Takes the open transaction to where the laws judged a stored, well-formed delta. The caller rolls it back. Null where none is kept. */
export async function recreate(input: GateInput, delta: string): Promise<Recreated | null> {
  const { session } = input;
  const judged = await readJudged(session, delta);
  if (judged === null) return null;
  const past = await takenBack(input, judged.head);
  const logs = new Map((await readGenerations(session)).filter(({ to }) => to === null).map(({ name, log }) => [name, log]));
  if (judged.kind === "load") {
    const request = await storedLoad(session, delta);
    const inForce = await compileSet(past.state.inForce, request.theories);
    const open = generationsAt(await readGenerations(session), judged.head);
    await changeSchema(session, open, baseRelations(inForce.program.relations), judged.head + 1, request.allowDestructive);
    return { inForce, delta: [], logs: new Map() };
  }
  const proposed = await proposedAgain(session, delta);
  return proposed === null ? null : applied(past, proposed, logs);
}

/** As `recreate`, for a delta that is not kept, over the state of the commit `head`. */
export async function recreateProposed(input: GateInput, proposed: ProposedDelta, head: number): Promise<Recreated> {
  const past = await takenBack(input, head);
  const generations = await readGenerations(input.session);
  return applied(past, proposed, new Map(generations.filter(({ to }) => to === null).map(({ name, log }) => [name, log])));
}

async function applied({ session, limits, state }: GateInput, proposed: ProposedDelta, logs: Recreated["logs"]): Promise<Recreated> {
  const { inForce } = state;
  const page = new ViolationPage(0, 0);
  const delta = checkTypes(checkShape(proposed, inForce.program.relations, page), limits, page);
  await speculate(session, await stageRows(session, delta, "assay_staged"), "assay_effective");
  return { inForce, delta, logs };
}

async function readJudged(session: SqlSession, delta: string): Promise<{ kind: "delta" | "load"; head: number } | null> {
  const [row] = await session.rows("SELECT kind, head FROM assay.delta WHERE id = ?", [delta]);
  return row === undefined ? null : { kind: row[0] as "delta" | "load", head: Number(row[1]) };
}

async function takenBack(input: GateInput, head: number): Promise<GateInput> {
  const state = await stateAt(input.session, head);
  if (head !== input.state.head) await rewind(input.session, head);
  return { ...input, state };
}

async function deltaAgain(input: GateInput, id: string, offset: number): Promise<Judgement> {
  const proposed = await proposedAgain(input.session, id);
  if (proposed === null) throw new Error(`the delta ${id} is kept without its body`);
  return judgeDelta(new DuckDbWorld(input), input.state, input.limits, proposed, offset);
}

async function loadAgain(input: GateInput, id: string, offset: number): Promise<LoadJudgement> {
  return judgeTheories(input, await storedLoad(input.session, id), offset);
}

async function storedLoad(session: SqlSession, id: string): Promise<LoadRequest> {
  const body = JSON.parse((await readBody(session, id)) ?? "null") as StoredLoad;
  const theories: Theory[] = [];
  for (const { hash } of Object.values(body.theories)) {
    const files = await session.rows("SELECT path, body FROM assay.theory_file WHERE hash = ?", [hash]);
    theories.push(theoryOf(new Map(files.map(([path, text]) => [String(path), String(text)]))));
  }
  const { proposer: author, reason, ratchet, allow_destructive: allowDestructive } = body;
  return { theories, author, reason, ratchet, allowDestructive, base: null };
}

interface StoredLoad {
  readonly proposer: string;
  readonly reason: string;
  readonly ratchet: boolean;
  readonly allow_destructive: boolean;
  readonly theories: { readonly [name: string]: { readonly hash: string } };
}

function verdictOf(judgement: Judgement | LoadJudgement): ViolationsPage {
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
