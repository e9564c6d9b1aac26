import type { IrProgram } from "../logic/language/ir.ts";
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
import { agree, binding, disagreement, opinionOf } from "./agreement.ts";
import { engineLabel, judgedBy } from "./checks/answer_sets.ts";
import type { LogicJudgement } from "./checks/logic.ts";
import { type EngineName, isForDuckDb } from "./engine_name.ts";
import type { GateInput, Judgement } from "./gate.ts";
import { type InForce, inForceOf, inOrder } from "./in_force.ts";
import { lawRelation } from "./law_violations.ts";
import { type PresentFacts, presentFacts } from "./present_facts.ts";
import { readRemembered, storedVerdict } from "./remembered.ts";
import { generationsAt, readGenerations } from "./store/history.ts";
import { baseRelations, countFacts, factTable } from "./store/relation_table.ts";
import { changeSchema } from "./store/schema_change.ts";
import { makeVerdict, type VerdictParts } from "./verdict.ts";
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
  /** The commit that the load is made for; null for any. */
  readonly base: number | null;
}

export type LoadJudgement = Exclude<Judgement, { kind: "accepted" }> | { kind: "lawful"; delta: JudgedDelta; consequences: Consequences };

/**
 * Judges theories to be put in force beside those that are, or in place of those of the same name. The delta's stored form is the
 * RFC 8785 JSON of `{kind: "load", base, proposer, reason, ratchet, allow_destructive, theories: {name: {version, hash}}}`;
 * theories that are in force with the same bytes leave nothing to do, and their load's verdict is replayed.
 * A load is accepted over no facts too: it promises nothing about facts that are not there.
 * Errors: `theory.rejected` with every diagnostic, `theory.destructive`, `theory.name_case`, `gate.stale_base`, `gate.unknown_base`.
 */
export async function judgeTheories(input: GateInput, request: LoadRequest, offset = 0): Promise<LoadJudgement> {
  const { session, state } = input;
  if (request.theories.length === 0) throw new Error("a load names no theory");
  const inForce = await compileSet(state.inForce, request.theories);
  const changed = inForce.theories.filter((theory) => state.inForce.hashes[theory.name] !== theory.hash);
  if (changed.length === 0) return { kind: "replayed", verdict: await firstLoad(input, request.theories) };
  checkHead(request.base, state.head);
  const open = generationsAt(await readGenerations(session), state.head);
  const relations = baseRelations(inForce.program.relations);
  const schema = await changeSchema(session, open, relations, state.head + 1, request.allowDestructive);
  const facts = await countFacts(session, inForce.program);
  const pieces = [loadBody(input, request, changed)];
  const id = deltaId(pieces);
  // Asked before the judging, for a bound that it meets may end the transaction.
  const replaces = (await readRemembered(session, [id])).has(id);
  const parts = { delta: id, base: state.head, theories: inForce.hashes, facts, deltaFacts: 0 };
  const { verdict, standing, waive } = await judgeByEngines(input, inForce, request.ratchet, offset, parts, pieces);
  const delta: JudgedDelta = {
    id,
    kind: "load",
    pieces,
    proposer: request.author,
    reason: request.reason,
    key: null,
    theories: changed,
    verdict,
    replaces,
  };
  if (verdict.verdict === "undecided") return { kind: "undecided", verdict };
  if (verdict.verdict === "refused") return { kind: "refused", refused: delta };
  const settle = [...state.waived.keys()].filter((fingerprint) => !standing.has(fingerprint));
  return { kind: "lawful", delta, consequences: { changes: [], schema, waive, settle, inForce } };
}

function checkHead(base: number | null, head: number): void {
  if (base === null || base === head) return;
  const code = base < head ? "gate.stale_base" : "gate.unknown_base";
  throw new AssayError(code, `the load was made for commit ${base}, the head is commit ${head}`);
}

interface Present {
  readonly verdict: Verdict;
  readonly standing: ReadonlySet<string>;
  readonly waive: readonly Waiver[];
}

type KnownParts = Pick<VerdictParts, "delta" | "base" | "theories" | "facts" | "deltaFacts">;

/** Judges the facts present by the engines asked for, `duckdb` where none is; two of them must agree. */
async function judgeByEngines(
  input: GateInput,
  inForce: InForce,
  ratchet: boolean,
  offset: number,
  parts: KnownParts,
  pieces: readonly string[],
): Promise<Present> {
  const asked: readonly EngineName[] = isForDuckDb(inForce.program) ? ["duckdb"] : (input.engines ?? ["duckdb"]);
  const engines = [...new Set(asked)].toSorted();
  const said: Present[] = [];
  for (const engine of engines) {
    const facts = await presentFacts(input, inForce.program, engine);
    said.push(
      await judgeFactsPresent(input, inForce, facts, ratchet, offset, {
        ...parts,
        engine: engineLabel(judgedBy(input.session, engines.join(",")), inForce.program),
      }),
    );
  }
  const [first, second] = said;
  if (first === undefined) throw new Error("no engine judged a load");
  if (second === undefined) return first;
  if (agree(first.verdict, second.verdict)) return binding(first.verdict, second.verdict) === first.verdict ? first : second;
  throw await disagreement({
    session: input.session,
    path: null,
    theories: inForce.theories,
    relations: baseRelations(inForce.program.relations),
    table: factTable,
    id: parts.delta ?? "",
    body: pieces.join(""),
    opinions: [opinionOf("duckdb", first.verdict), opinionOf("incremental", second.verdict)],
  });
}

/** Judges the facts present; where that refuses and the load is to ratchet, what refuses is waived and the facts judged again. */
async function judgeFactsPresent(
  { limits, state }: GateInput,
  { program }: InForce,
  facts: PresentFacts,
  ratchet: boolean,
  offset: number,
  parts: KnownParts & Pick<VerdictParts, "engine">,
): Promise<Present> {
  const verdictOf = ({ laws, refused, undecided }: LogicJudgement, page: ViolationPage): Verdict =>
    makeVerdict({ ...parts, facts: undecided === null ? parts.facts : 0, laws, page, refused, undecided });
  const page = new ViolationPage(offset, limits.violations_page);
  const logic = await facts.judge(state.waived, page);
  if (!logic.refused || !ratchet) return { verdict: verdictOf(logic, page), standing: logic.standing, waive: [] };
  const waive = await violationsToWaive(facts, program, logic, state.waived);
  const waived = new Map([...state.waived, ...waive.map(({ fingerprint: print, law }) => [print, law] as const)]);
  const waivedPage = new ViolationPage(offset, limits.violations_page);
  const again = await facts.judge(waived, waivedPage);
  return { verdict: verdictOf(again, waivedPage), standing: again.standing, waive };
}

/** Every violation of an error law that stands and is not waived yet. */
async function violationsToWaive(
  facts: PresentFacts,
  program: IrProgram,
  logic: LogicJudgement,
  waived: ReadonlyMap<string, string>,
): Promise<Waiver[]> {
  const broken = logic.laws.filter(({ severity, violations }) => severity === "error" && violations > 0).map(({ law }) => law);
  const laws = program.laws.filter(({ id }) => broken.includes(id));
  const waivers: Waiver[] = [];
  for await (const [law, row] of facts.violations(laws, waived)) {
    const witness = witnessOf(lawRelation(program, law), row);
    const print = fingerprint(law.id, witness);
    if (!waived.has(print)) waivers.push({ fingerprint: print, law: law.id, witness });
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
