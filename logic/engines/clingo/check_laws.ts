import type { Relation } from "../../../schema/relation.ts";
import type { Row } from "../../../schema/value.ts";
import type { LawOutcome, Undecided } from "../../../schema/verdict.ts";
import type { IrProgram, Law } from "../../language/ir.ts";
import { checkLaws } from "../duckdb/check_laws.ts";
import type { DuckDbInput } from "../duckdb/input.ts";
import { type Materialised, materialise } from "../duckdb/materialise.ts";
import type { LawCheck } from "../engine.ts";
import { type Parts, partition } from "../partition.ts";
import { canPrint } from "./can_print.ts";
import { Carriage } from "./carriage.ts";
import type { Clingo } from "./clingo.ts";
import { ClingoBound, clingoLimit, ended, undecidedOf } from "./clingo_limit.ts";
import { Names } from "./names.ts";
import { NotForClingo } from "./not_for_clingo.ts";
import { OVERFLOW, overflowGuards } from "./overflow_guards.ts";
import { type PrintContext, ruleText } from "./print_rule.ts";
import { ProgramText } from "./program_text.ts";
import { countRows, readRows } from "./read_facts.ts";
import type { GroundTerm } from "./read_term.ts";
import { withUniqueLocals } from "./unique_locals.ts";
import { ValueClasses } from "./value_classes.ts";

/**
 * Judges the laws of the stratified program by clingo, whose one answer set is the program's meaning. What clingo has no words for
 * (text functions, floats in calculations) is computed by the DuckDB engine, with all that it rests on, and given to clingo as facts.
 * Undecided, beside bounds: integers past 32 bits that rules calculate with, and calculations that leave them.
 */
export async function checkLawsByClingo(input: DuckDbInput, clingo: Clingo): Promise<LawCheck> {
  const whole = partition(input.program, canPrint);
  const parts = { ...whole, rules: whole.rules.map(withUniqueLocals) };
  const ours = await checkLaws({ ...input, program: { ...input.program, laws: parts.ours } });
  if (ours.undecided !== null || parts.theirs.length === 0) return ours;
  let found: ReadonlyMap<string, Row[]> = new Map();
  let undecided: Undecided | null = null;
  const started = input.clock.micros();
  try {
    found = await derive(input, clingo, parts);
  } catch (error) {
    undecided = undecidedOf(error);
    if (undecided === null) {
      await ours.close();
      throw error;
    }
  }
  const micros = Math.round((input.clock.micros() - started) / parts.theirs.length);
  const outcomeOf = ({ id, severity, relation }: Law): LawOutcome[] => {
    const own = ours.laws.filter(({ law }) => law === id);
    if (own.length > 0) return own;
    return undecided === null ? [{ law: id, severity, violations: found.get(relation)?.length ?? 0, waived: 0, micros }] : [];
  };
  return {
    undecided,
    laws: input.program.laws.flatMap(outcomeOf),
    witnesses: async (law, offset, limit) => {
      const theirs = parts.theirs.find(({ id }) => id === law);
      return theirs === undefined ? ours.witnesses(law, offset, limit) : (found.get(theirs.relation) ?? []).slice(offset, offset + limit);
    },
    close: () => ours.close(),
  };
}

/** The tuples of every law's relation, in ascending order. */
async function derive(input: DuckDbInput, clingo: Clingo, parts: Parts): Promise<Map<string, Row[]>> {
  const { program, limits } = input;
  const relations = new Map(parts.inputs.map((name) => [name, relationOf(program, name)] as const));
  const facts = await inputFacts(input, relations);
  const classes = new ValueClasses(parts.rules);
  const context: PrintContext = { names: new Names(), classes, carriage: new Carriage(classes, relations, facts) };
  const text = new ProgramText();
  for (const [name, relation] of relations) text.facts(context, relation, facts.get(name) ?? []);
  for (const rule of parts.rules) text.add(ruleText(context, rule), `${rule.span.file}:${rule.span.line}`);
  const guards = overflowGuards(context, parts.rules);
  for (const guard of guards) text.add(guard);
  if (guards.length > 0) text.add(`#show ${OVERFLOW}/0.`);
  const shown = parts.theirs.map(({ relation }) => relationOf(program, relation));
  for (const relation of shown) text.add(`#show ${context.names.predicate(relation.name)}/${relation.attributes.length}.`);
  const answer = await clingo.solve({ program: text.text, mode: "all", models: 2, time_ms: limits.clingo_ms, memory_mb: limits.clingo_mb });
  if (answer.kind === "rejected") throw text.refusal(answer.messages);
  if (answer.kind === "stopped" || answer.kind === "failed") return ended(answer, limits);
  const models = answer.kind === "satisfiable" ? answer.models : [];
  const [only] = models;
  if (only === undefined || models.length > 1) throw new Error(`a stratified program has ${models.length} answer sets`);
  return rowsByRelation(context, program, only.atoms);
}

function rowsByRelation(context: PrintContext, program: IrProgram, atoms: readonly GroundTerm[]): Map<string, Row[]> {
  const rows = new Map<string, Row[]>();
  for (const atom of atoms) {
    if (typeof atom !== "object") throw new Error("clingo showed a value where an atom belongs");
    if (atom.name === OVERFLOW) throw new NotForClingo("overflow", null, "a calculation leaves clingo's 32-bit integers");
    const relation = relationOf(program, context.names.relation(atom.name) ?? "");
    const row = relation.attributes.map(({ type }, column) => context.carriage.value(atom.args[column] ?? 0, type, relation.name, column));
    rows.set(relation.name, [...(rows.get(relation.name) ?? []), row]);
  }
  for (const list of rows.values()) list.sort(compareRows);
  return rows;
}

/** In ascending order of the values, as every engine lists witnesses: numbers by size, symbols by code point. */
export function compareRows(left: Row, right: Row): number {
  for (const [column, value] of left.entries()) {
    const other = right[column] as typeof value;
    if (value === other) continue;
    if (typeof value === "string" && typeof other === "string") return Buffer.compare(Buffer.from(value), Buffer.from(other));
    return value < other ? -1 : 1;
  }
  return 0;
}

/** Reads inputs, base and derived. Errors: `ClingoBound` where there are more facts than clingo takes. */
export async function inputFacts(input: DuckDbInput, relations: ReadonlyMap<string, Relation>): Promise<Map<string, Row[]>> {
  const made = await materialise(input, [...relations.keys()]);
  try {
    if (made.undecided !== null) throw new ClingoBound(made.undecided);
    const tables = [...relations.values()].map((relation) => factTable(input, made, relation));
    let total = 0;
    for (const table of tables) total += await countRows(table);
    if (total > input.limits.clingo_facts) throw new ClingoBound(clingoLimit("clingo_facts", input.limits, null, WHOLE_ADVICE));
    const facts = new Map<string, Row[]>();
    for (const table of tables) facts.set(table.relation.name, await readRows(table, total + 1));
    return facts;
  } finally {
    await made.close();
  }
}

const WHOLE_ADVICE = "leave the stratified part to the default engine, which takes any number";

export function factTable(input: DuckDbInput, made: Materialised, relation: Relation) {
  const sql = relation.role === "base" ? input.table(relation.name) : made.table(relation.name);
  return { session: input.session, relation, sql: `${sql} AS facts` };
}

function relationOf(program: IrProgram, name: string): Relation {
  const relation = program.relations.get(name);
  if (relation === undefined) throw new Error(`there is no relation ${name}`);
  return relation;
}
