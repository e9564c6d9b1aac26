import type { Law } from "../logic/language/ir.ts";
import type { Clock } from "../schema/clock.ts";
import type { ProposedDelta } from "../schema/delta.ts";
import { deltaBody, deltaId } from "../schema/delta_id.ts";
import type { Limits } from "../schema/limits.ts";
import type { Undecided, Verdict } from "../schema/verdict.ts";
import type { Consequences, JudgedDelta } from "./accepted_delta.ts";
import { checkBase } from "./checks/base_commit.ts";
import { checkKeys, keyLawsToCheck } from "./checks/keys.ts";
import { checkLogic, inLawOrder, type LogicJudgement } from "./checks/logic.ts";
import { checkShape } from "./checks/shape.ts";
import { checkTypes } from "./checks/types.ts";
import type { BaseState } from "./in_force.ts";
import { judgeTheories, type LoadRequest } from "./load.ts";
import { type Origins, originsOf } from "./origins.ts";
import { boundedPieces, checkRows, malformedBody, typedDelta } from "./proposed_body.ts";
import { remembered } from "./remembered.ts";
import type { DuckDbSession } from "./store/duckdb_session.ts";
import { countFacts, factTable } from "./store/relation_table.ts";
import { type EffectiveChange, type StagedRows, speculate, stageRows } from "./store/speculation.ts";
import { makeVerdict, nothingChecked } from "./verdict.ts";
import { ViolationPage } from "./violation_page.ts";

const brand: unique symbol = Symbol("accepted delta");
const made = new WeakSet<object>();

/** A delta that every check let pass, its effects standing in the session's open transaction. Only this file makes one; `commit` takes nothing else. */
export interface AcceptedDelta extends JudgedDelta, Consequences {
  readonly [brand]: true;
}

/** Tells a delta that the gate made from one that a cast made. */
export function isAccepted(delta: AcceptedDelta): boolean {
  return made.has(delta);
}

/**
 * What the gate says. `accepted` leaves the transaction open for `commit`; with every other answer the caller rolls it back.
 * `replayed`: this delta was judged before and nothing changed since that could change the answer.
 */
export type Judgement =
  | { readonly kind: "accepted"; readonly accepted: AcceptedDelta }
  | { readonly kind: "refused"; readonly refused: JudgedDelta }
  | { readonly kind: "undecided"; readonly verdict: Verdict }
  | { readonly kind: "replayed"; readonly verdict: Verdict };

export interface GateInput {
  /** Its transaction is open, and nobody else uses it meanwhile. */
  readonly session: DuckDbSession;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly state: BaseState;
}

/**
 * Judges a proposed delta against a fact base. Lists a page of violations, from `offset` on; all are counted. With `offset` null the
 * answer may come from memory, with a number the delta is judged again.
 * Errors: `limit.delta_rows`, `limit.delta_bytes`.
 */
export async function judgeDelta(input: GateInput, proposed: ProposedDelta, offset: number | null): Promise<Judgement> {
  const { session, clock, limits, state } = input;
  const { program, hashes } = state.inForce;
  const page = new ViolationPage(offset ?? 0, limits.violations_page);
  const deltaFacts = checkRows(proposed, limits);
  // 1 shape
  const shaped = checkShape(proposed, program.relations, page);
  // 2 types
  const typed = checkTypes(shaped, limits, page);
  const pieces = boundedPieces(page.total === 0 ? deltaBody(typedDelta(proposed, typed)) : malformedBody(proposed), limits);
  const id = deltaId(pieces);
  const known = offset === null ? await remembered(session, id, state) : null;
  if (known !== null) return { kind: "replayed", verdict: known };
  const staged = await stageRows(session, typed, "assay_staged");
  const origins = originsOf(session, program.relations, typed);
  // 3 keys
  const keyLaws = keyLawsToCheck(program, state.waived);
  const keys = await checkKeys({ session, clock, staged, origins, page }, keyLaws);
  const keyViolations = keys.reduce((sum, { violations }) => sum + violations, 0);
  // 4 base commit
  await checkBase(session, proposed, id, state.head, staged, page);
  // 5 logic
  const isSound = page.total === keyViolations;
  const logic = isSound && deltaFacts > 0 ? await judgeLogic(input, staged, origins, keyLaws, page) : null;
  const laws = inLawOrder(program.laws, [...keys, ...(logic?.laws ?? [])]);
  const refused = !isSound || keyViolations > 0 || (logic?.refused ?? false);
  const undecided = nothingToJudge(deltaFacts, program.laws.length) ?? logic?.undecided ?? null;
  const facts = logic?.undecided ? 0 : await countFacts(session, program);
  const verdict = makeVerdict({ delta: id, base: state.head, theories: hashes, facts, deltaFacts, laws, page, refused, undecided });
  const { proposer, reason, key } = proposed;
  const judged: JudgedDelta = { id, kind: "delta", pieces, proposer, reason, key, theories: [], verdict };
  if (verdict.verdict === "undecided") return { kind: "undecided", verdict };
  if (verdict.verdict === "refused" || logic === null) return { kind: "refused", refused: judged };
  const settle = [...state.waived.keys()].filter((fingerprint) => !logic.standing.has(fingerprint));
  return accept(judged, { changes: logic.changes, schema: null, waive: [], settle, inForce: state.inForce });
}

/**
 * Judges the loading of theories, which is a delta too: the whole set in force is compiled anew and judged over the facts present.
 * Errors: those of `judgeTheories`.
 */
export async function judgeLoad(input: GateInput, request: LoadRequest): Promise<Judgement> {
  const judged = await judgeTheories(input, request);
  if (judged.kind !== "lawful") return judged;
  return accept(judged.delta, judged.consequences);
}

function accept(delta: JudgedDelta, consequences: Consequences): Judgement {
  const accepted: AcceptedDelta = { ...delta, ...consequences, [brand]: true };
  made.add(accepted);
  return { kind: "accepted", accepted };
}

/** Applies the delta speculatively and judges the laws that the key check left. */
async function judgeLogic(
  input: GateInput,
  staged: readonly StagedRows[],
  origins: Origins,
  keyLaws: readonly Law[],
  page: ViolationPage,
): Promise<LogicJudgement & { readonly changes: readonly EffectiveChange[] }> {
  const { session, clock, limits, state } = input;
  const changes = await speculate(session, staged, "assay_effective");
  const program = { ...state.inForce.program, laws: state.inForce.program.laws.filter((law) => !keyLaws.includes(law)) };
  const engine = { program, limits, clock, session, table: factTable, isDistinct: () => true };
  return { ...(await checkLogic(engine, state.waived, origins, page)), changes };
}

function nothingToJudge(deltaFacts: number, laws: number): Undecided | null {
  if (deltaFacts === 0) return nothingChecked("delta", "the delta asserts and retracts nothing");
  return laws === 0 ? nothingChecked("laws", "the theories in force have no laws") : null;
}
