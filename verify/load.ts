import type { DuckDbInput } from "../logic/engines/duckdb/input.ts";
import { compileTheories, type Theory } from "../logic/theory.ts";
import { AssayError, type ErrorReport } from "../schema/assay_error.ts";
import { canonicalJson } from "../schema/canonical.ts";
import { deltaId } from "../schema/delta_id.ts";
import type { Diagnostic } from "../schema/diagnostic.ts";
import { registry } from "../schema/errors.ts";
import { spanText } from "../schema/place.ts";
import { quoteText } from "../schema/sql_session.ts";
import type { Verdict } from "../schema/verdict.ts";
import type { Consequences, JudgedDelta, Waiver } from "./accepted_delta.ts";
import { checkAllLaws, checkLogic, type LogicJudgement } from "./checks/logic.ts";
import type { GateInput, Judgement } from "./gate.ts";
import { type InForce, inForceOf, inOrder } from "./in_force.ts";
import { lawRelation } from "./law_violations.ts";
import { originsOf } from "./origins.ts";
import { readRemembered, storedVerdict } from "./remembered.ts";
import { generationsAt, readGenerations } from "./store/history.ts";
import { baseRelations, countFacts, factTable } from "./store/relation_table.ts";
import { changeSchema } from "./store/schema_change.ts";
import { makeVerdict } from "./verdict.ts";
import { fingerprint, witnessOf } from "./violation.ts";
import { ViolationPage } from "./violation_page.ts";

export interface LoadRequest {
  readonly theories: readonly Theory[];
  readonly author: string;
  readonly reason: string;
  /** Waive the violations that stand, instead of refusing. */
  readonly ratchet: boolean;
  /** Let base relations lose or retype attributes, or vanish, while facts stand in them. */
  readonly allowDestructive: boolean;
}

export type LoadJudgement = Exclude<Judgement, { kind: "accepted" }> | { kind: "lawful"; delta: JudgedDelta; consequences: Consequences };

/** A violation of an error law at load time is waived in pages of this many. */
const WAIVER_PAGE = 1_000;

/**
 * Judges theories to be put in force beside those that are, or in place of those of the same name. The delta's stored form is the
 * RFC 8785 JSON of `{kind: "load", base, proposer, reason, ratchet, allow_destructive, theories: {name: {version, hash}}}`;
 * theories that are in force with the same bytes leave nothing to do, and their load's verdict is replayed.
 * A load is accepted over no facts too: it promises nothing about facts that are not there.
 * Errors: `theory.rejected` with every diagnostic, `theory.destructive`, `theory.name_case`.
 */
export async function judgeTheories(input: GateInput, request: LoadRequest, offset = 0): Promise<LoadJudgement> {
  const { session, state } = input;
  if (request.theories.length === 0) throw new Error("a load names no theory");
  const inForce = await compileSet(state.inForce, request.theories);
  const changed = inForce.theories.filter((theory) => state.inForce.hashes[theory.name] !== theory.hash);
  if (changed.length === 0) return { kind: "replayed", verdict: await firstLoad(input, request.theories) };
  const open = generationsAt(await readGenerations(session), state.head);
  const relations = baseRelations(inForce.program.relations);
  const schema = await changeSchema(session, open, relations, state.head + 1, request.allowDestructive);
  const { page, logic, waive } = await judgeFactsPresent(input, inForce, request.ratchet, offset);
  const facts = logic.undecided === null ? await countFacts(session, inForce.program) : 0;
  const pieces = [loadBody(input, request, changed)];
  const id = deltaId(pieces);
  const { laws, refused, undecided } = logic;
  const parts = {
    delta: id,
    base: state.head,
    theories: inForce.hashes,
    facts,
    deltaFacts: 0,
    laws,
    page,
    refused,
    undecided,
    engine: "duckdb",
  };
  const verdict = makeVerdict(parts);
  const delta: JudgedDelta = {
    id,
    kind: "load",
    pieces,
    proposer: request.author,
    reason: request.reason,
    key: null,
    theories: changed,
    verdict,
    replaces: (await readRemembered(session, [id])).has(id),
  };
  if (verdict.verdict === "undecided") return { kind: "undecided", verdict };
  if (verdict.verdict === "refused") return { kind: "refused", refused: delta };
  const settle = [...state.waived.keys()].filter((fingerprint) => !logic.standing.has(fingerprint));
  return { kind: "lawful", delta, consequences: { changes: [], schema, waive, settle, inForce } };
}

interface Present {
  readonly page: ViolationPage;
  readonly logic: LogicJudgement;
  readonly waive: readonly Waiver[];
}

/** Judges the facts present; where that refuses and the load is to ratchet, what refuses is waived and the facts judged again. */
async function judgeFactsPresent(input: GateInput, inForce: InForce, ratchet: boolean, offset: number): Promise<Present> {
  const { session, limits, clock, state } = input;
  const origins = originsOf(session, inForce.program.relations, []);
  const engine = { program: inForce.program, limits, clock, session, table: factTable, isDistinct: () => true };
  const page = new ViolationPage(offset, limits.violations_page);
  const logic = await checkLogic(engine, state.waived, origins, page);
  if (!logic.refused || !ratchet) return { page, logic, waive: [] };
  const waive = await violationsToWaive(engine, logic, state.waived);
  const waived = new Map([...state.waived, ...waive.map(({ fingerprint: print, law }) => [print, law] as const)]);
  const waivedPage = new ViolationPage(offset, limits.violations_page);
  return { page: waivedPage, logic: await checkLogic(engine, waived, origins, waivedPage), waive };
}

/** Every violation of an error law that stands and is not waived yet. */
async function violationsToWaive(engine: DuckDbInput, logic: LogicJudgement, waived: ReadonlyMap<string, string>): Promise<Waiver[]> {
  const broken = logic.laws.filter(({ severity, violations }) => severity === "error" && violations > 0).map(({ law }) => law);
  const laws = engine.program.laws.filter(({ id }) => broken.includes(id));
  const check = await checkAllLaws({ ...engine, program: { ...engine.program, laws } }, waived);
  const waivers: Waiver[] = [];
  try {
    for (const law of laws) {
      const relation = lawRelation(engine.program, law);
      for (let offset = 0; ; offset += WAIVER_PAGE) {
        const rows = await check.witnesses(law.id, offset, WAIVER_PAGE);
        for (const row of rows) {
          const witness = witnessOf(relation, row);
          const print = fingerprint(law.id, witness);
          if (!waived.has(print)) waivers.push({ fingerprint: print, law: law.id, witness });
        }
        if (rows.length < WAIVER_PAGE) break;
      }
    }
  } finally {
    await check.close();
  }
  return waivers;
}

/** The set in force with `added` in it, each in place of the one of its name. */
export async function compileSet(before: InForce, added: readonly Theory[]): Promise<InForce> {
  const kept = before.theories.filter((theory) => !added.some(({ name }) => name === theory.name));
  const set = await inOrder([...kept, ...added]);
  const { program, diagnostics } = compileTheories(set);
  if (program === null) throw rejected(diagnostics, "theory.rejected", "the set of theories");
  return inForceOf(set);
}

/** One error that carries every error diagnostic. */
export function rejected(
  diagnostics: readonly Diagnostic[],
  code: "theory.rejected" | "query.rejected" | "explain.rejected",
  what: string,
): AssayError {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const also = errors.map((diagnostic): ErrorReport => {
    const { message, span, help } = diagnostic;
    return { code: diagnostic.code, title: registry[diagnostic.code].title, detail: message, place: spanText(span), help };
  });
  const first = errors[0];
  const count = errors.length === 1 ? "one error" : `${errors.length} errors`;
  return new AssayError(code, `${what} has ${count}`, { place: first === undefined ? null : spanText(first.span), also });
}

function loadBody(input: GateInput, request: LoadRequest, changed: readonly Theory[]): string {
  return canonicalJson({
    kind: "load",
    base: input.state.head,
    proposer: request.author,
    reason: request.reason,
    ratchet: request.ratchet,
    allow_destructive: request.allowDestructive,
    theories: Object.fromEntries(changed.map(({ name, version, hash }) => [name, { version, hash }])),
  });
}

/** The verdict of the latest load that brought one of the theories in force. */
async function firstLoad(input: GateInput, theories: readonly Theory[]): Promise<Verdict> {
  const names = theories.map(({ name }) => quoteText(name)).join(", ");
  const rows = await input.session.rows(
    `SELECT delta FROM assay.entry WHERE seq = (SELECT max(commit_from) FROM assay.theory WHERE commit_to IS NULL AND name IN (${names}))`,
  );
  const verdict = await storedVerdict(input.session, String(rows[0]?.[0]));
  if (verdict === null) throw new Error("a theory is in force that no load brought");
  return { ...verdict, replayed: true };
}
