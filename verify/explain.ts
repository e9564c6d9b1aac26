import type { DuckDbInput } from "../logic/engines/duckdb/input.ts";
import type { Proof, WhyNot } from "../logic/explain/proof.ts";
import { prove } from "../logic/explain/prove.ts";
import { explainAbsence } from "../logic/explain/why_not.ts";
import type { Term } from "../logic/language/ast.ts";
import { didYouMean } from "../logic/language/did_you_mean.ts";
import { parseGroundAtom } from "../logic/language/dl/parse_query.ts";
import type { IrProgram } from "../logic/language/ir.ts";
import { AssayError } from "../schema/assay_error.ts";
import type { ProposedDelta, ProposedValue } from "../schema/delta.ts";
import { rowText } from "../schema/delta_id.ts";
import type { Fact } from "../schema/fact.ts";
import type { Limits } from "../schema/limits.ts";
import type { Place } from "../schema/place.ts";
import type { Relation } from "../schema/relation.ts";
import type { Row } from "../schema/value.ts";
import type { Undecided, Verdict, Violation } from "../schema/verdict.ts";
import { typedValue } from "./checks/types.ts";
import type { GateInput } from "./gate.ts";
import { type Recreated, recreate, recreateProposed } from "./judge_again.ts";
import { lawRelation } from "./law_violations.ts";
import { rejected } from "./load.ts";
import { type Origins, originsOf } from "./origins.ts";
import type { QuerySource } from "./query.ts";
import { storedVerdict } from "./remembered.ts";
import { generationsAt, readGenerations } from "./store/history.ts";
import { factTable } from "./store/relation_table.ts";

/** Why a fact holds or does not, or what stands behind a violation. */
export type Explanation =
  | { readonly kind: "proof"; readonly asOf: number; readonly proof: Proof }
  | { readonly kind: "why_not"; readonly asOf: number; readonly why: WhyNot }
  | ExplainedViolation;

export interface ExplainedViolation {
  readonly kind: "violation";
  readonly delta: string;
  readonly violation: Violation;
  readonly proof: Proof | null;
  /** Of an answer set program: the laws that no answer set meets together over the violation's facts. Empty for any other. */
  readonly clash: readonly ClashingLaw[];
}

export interface ClashingLaw {
  readonly law: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
}

/**
 * Explains a ground fact, `package("node_modules/a", "a", "1.0.0")`: its proof where it holds, with the places of base facts, else
 * what is missing for it. Errors: `explain.rejected` with the diagnostics, `explain.unknown_relation`, `explain.value`,
 * `explain.undecided`.
 */
export async function explainFact(source: QuerySource, text: string): Promise<Explanation> {
  const fact = readFact(source.inForce.program, source.limits, text);
  const { session, clock, limits, asOf } = source;
  const { program } = source.inForce;
  const input: DuckDbInput = { program, limits, session, clock, table: (name) => source.table(name), isDistinct: () => true };
  const proven = await prove(input, fact);
  refuseUndecided(proven.undecided);
  if (proven.proof === null) {
    const found = await explainAbsence(input, fact.relation, fact.row);
    refuseUndecided(found.undecided);
    if (found.whyNot === null) throw new Error("a fact neither holds nor fails");
    return { kind: "why_not", asOf, why: found.whyNot };
  }
  const logs = new Map(generationsAt(await readGenerations(session), asOf).map(({ name, log }) => [name, log]));
  return { kind: "proof", asOf, proof: await withPlaces(proven.proof, originsOf(session, program.relations, [], { logs })) };
}

/**
 * Explains a violation by its fingerprint, as the last verdict that shows it saw it: the delta is applied again to the state it was
 * judged against, in the caller's open transaction, which the caller rolls back. A refusal by the gate's own checks has no proof.
 * Errors: `explain.unknown_fingerprint`, `explain.undecided`.
 */
export async function explainViolation(input: GateInput, fingerprint: string): Promise<Explanation> {
  const { session } = input;
  const [row] = await session.rows(
    `SELECT v.delta FROM assay.violation AS v JOIN assay.delta AS d ON d.id = v.delta WHERE v.fingerprint = ?
     ORDER BY d.head DESC, d."time" DESC LIMIT 1`,
    [fingerprint],
  );
  const delta = row === undefined ? null : String(row[0]);
  const verdict = delta === null ? null : await storedVerdict(session, delta);
  const violation = verdict?.violations.find((item) => item.fingerprint === fingerprint);
  if (delta === null || violation === undefined) {
    throw new AssayError("explain.unknown_fingerprint", `no verdict kept here shows a violation \`${fingerprint}\``);
  }
  const recreated = violation.code === undefined ? await recreate(input, delta) : null;
  return recreated === null ? unproven(delta, violation) : violationProof(input, recreated, delta, violation);
}

/**
 * Explains violations that a verdict on a delta shows which is not kept, as a dry run's is not: the delta is applied in the caller's open
 * transaction over the state it was judged against, and the caller rolls it back. Errors: `explain.undecided`.
 */
export async function explainProposed(
  input: GateInput,
  proposed: ProposedDelta,
  { delta, base }: Pick<Verdict, "delta" | "base">,
  violations: readonly Violation[],
): Promise<ExplainedViolation[]> {
  const recreated = await recreateProposed(input, proposed, base);
  const found: ExplainedViolation[] = [];
  for (const violation of violations) found.push(await violationProof(input, recreated, delta ?? "", violation));
  return found;
}

function unproven(delta: string, violation: Violation): ExplainedViolation {
  return { kind: "violation", delta, violation, proof: null, clash: [] };
}

async function violationProof(
  { session, clock, limits }: GateInput,
  { inForce: { program }, delta: typed, logs }: Recreated,
  delta: string,
  violation: Violation,
): Promise<ExplainedViolation> {
  const law = program.laws.find(({ id }) => id === violation.law);
  if (law === undefined || violation.code !== undefined) return unproven(delta, violation);
  if (violation.clash !== undefined) return { ...unproven(delta, violation), clash: clashingLaws(program, violation.clash) };
  const engine: DuckDbInput = { program, limits, session, clock, table: factTable, isDistinct: () => true };
  const fact = { relation: law.relation, row: witnessRow(lawRelation(program, law), violation, limits) };
  const { undecided, proof } = await prove(engine, fact);
  refuseUndecided(undecided);
  if (proof === null) return unproven(delta, violation);
  const origins = knownPlaces(violation, originsOf(session, program.relations, typed, { logs }));
  return { ...unproven(delta, violation), proof: await withPlaces(proof, origins) };
}

function clashingLaws({ laws }: IrProgram, clash: readonly string[]): ClashingLaw[] {
  return laws.flatMap(({ id, message, span }) => (clash.includes(id) ? [{ law: id, message, file: span.file, line: span.line }] : []));
}

/** Origins that take the places of a delta's own facts from the violation, for the stored delta has none. */
function knownPlaces(violation: Violation, origins: Origins): Origins {
  const known = new Map(violation.facts.map((fact) => [`${fact.relation} ${rowText(fact.row)}`, fact.place]));
  return async (facts) => {
    const found = await origins(facts);
    return found.map((fact) => ({ ...fact, place: fact.place ?? known.get(`${fact.relation} ${rowText(fact.row)}`) ?? null }));
  };
}

function refuseUndecided(undecided: Undecided | null): void {
  if (undecided !== null) throw new AssayError("explain.undecided", `${undecided.detail} (\`${undecided.code}\`)`);
}

function readFact(program: IrProgram, limits: Limits, text: string): Fact {
  const { atom, diagnostics } = parseGroundAtom(text, limits);
  if (atom === null) throw rejected(diagnostics, "explain.rejected", "the fact");
  const relation = program.relations.get(atom.relation);
  if (relation === undefined) {
    const help = didYouMean(atom.relation, program.relations.keys(), "name a relation of a loaded theory");
    throw new AssayError("explain.unknown_relation", `there is no relation \`${atom.relation}\``, { help });
  }
  const arity = relation.attributes.length;
  if (atom.args.length !== arity) {
    throw new AssayError("explain.value", `\`${relation.name}\` has ${arity} attributes, the fact has ${atom.args.length} values`);
  }
  return { relation: relation.name, row: typedRow(relation, atom.args.map(proposedTerm), limits) };
}

function proposedTerm(term: Term): ProposedValue {
  if (term.kind === "string" || term.kind === "integer" || term.kind === "unsigned" || term.kind === "float") return term.value;
  throw new Error(`a ground atom holds a ${term.kind}`);
}

function witnessRow(relation: Relation, violation: Violation, limits: Limits): Row {
  return typedRow(
    relation,
    relation.attributes.map(({ name }) => violation.witness[name] as ProposedValue),
    limits,
  );
}

function typedRow(relation: Relation, values: readonly ProposedValue[], limits: Limits): Row {
  return relation.attributes.map(({ name, type }, index) => {
    const typed = typedValue(type, values[index] as ProposedValue, limits);
    if ("value" in typed) return typed.value;
    throw new AssayError("explain.value", `\`${name}\` of \`${relation.name}\` is a ${type}: ${typed.message}`);
  });
}

/** The proof with the place of every base fact in it. */
async function withPlaces(proof: Proof, origins: Origins): Promise<Proof> {
  const nodes: Proof[] = [];
  const open: Proof[] = [proof];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "base") nodes.push(node);
    open.push(...node.premises);
  }
  const found = await origins(nodes.map(({ relation, row }) => ({ relation: relation as string, row: row as Row })));
  return placed(proof, new Map(nodes.map((node, index) => [node, found[index]?.place ?? null])));
}

/** A proof is at most `explain_depth` high, so recursion is bounded. */
function placed(node: Proof, place: ReadonlyMap<Proof, Place | null>): Proof {
  const premises = node.premises.map((premise) => placed(premise, place));
  return place.has(node) ? { ...node, premises, place: place.get(node) ?? null } : { ...node, premises };
}

/** True for a text that has the form of a fingerprint. */
export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}
