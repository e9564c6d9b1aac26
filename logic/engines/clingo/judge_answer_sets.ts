import type { Fact } from "../../../schema/fact.ts";
import type { Row, Value } from "../../../schema/value.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import type { AnswerSetProgram } from "../../language/answer_sets.ts";
import type { IrProgram } from "../../language/ir.ts";
import { isSliced } from "../../language/lp/search/per.ts";
import type { DuckDbInput } from "../duckdb/input.ts";
import { materialise } from "../duckdb/materialise.ts";
import { AnswerSetCache } from "./answer_set_cache.ts";
import { AnswerSetText } from "./answer_set_text.ts";
import { factTable } from "./check_laws.ts";
import type { Clingo } from "./clingo.ts";
import { ClingoBound, undecidedOf } from "./clingo_limit.ts";
import { type Clash, findClashes } from "./find_clashes.ts";
import { keyText, type Slice, slicesOf } from "./slices.ts";

/** Facts by base relation, those asserted and those retracted together. */
export type TouchedFacts = ReadonlyMap<string, readonly Row[]>;

export interface AnswerSetInput extends DuckDbInput {
  readonly clingo: Clingo;
  readonly cache: AnswerSetCache;
  /** What a delta touched, so that only slices with its keys are judged; null judges all. */
  readonly touched: TouchedFacts | null;
}

/** A law that no answer set meets, together with others, over some facts. */
export interface BrokenLaw {
  readonly law: string;
  /** The key of the slice: the tuple of the law's relation. */
  readonly witness: Row;
  /** Ids of all laws of the clash, in the program's order; the one it is listed under among them. */
  readonly clash: readonly string[];
  readonly facts: readonly Fact[];
  readonly isMinimal: boolean;
}

export interface AnswerSetJudgement {
  readonly undecided: Undecided | null;
  readonly broken: readonly BrokenLaw[];
  /** How many slices were judged, and how many of them were known. */
  readonly slices: number;
  readonly known: number;
}

/**
 * Judges the answer set programs around a stratified program over one state. Warnings do not hide errors: error laws are asked first, by
 * themselves, then all together. A slice that a bound keeps from an answer makes all undecided.
 */
export async function judgeAnswerSets(input: AnswerSetInput): Promise<AnswerSetJudgement> {
  const programs = (input.program.answerSets ?? []).filter(({ demands }) => demands.length > 0);
  const before = input.cache.hits;
  const broken: BrokenLaw[] = [];
  let slices = 0;
  try {
    for (const program of programs) {
      const found = await judgeProgram(input, program);
      slices += found.slices;
      broken.push(...found.broken);
    }
    return { undecided: null, broken, slices, known: input.cache.hits - before };
  } catch (error) {
    const undecided = undecidedOf(error);
    if (undecided === null) throw error;
    return { undecided, broken, slices, known: input.cache.hits - before };
  }
}

async function judgeProgram(input: AnswerSetInput, program: AnswerSetProgram): Promise<{ slices: number; broken: BrokenLaw[] }> {
  const needed = [...program.inputs, ...(program.per === null ? [] : [program.per.relation])];
  const made = await materialise(input, needed);
  let slices: Slice[];
  try {
    if (made.undecided !== null) throw new ClingoBound(made.undecided);
    const table = (name: string) => {
      const relation = input.program.relations.get(name);
      if (relation === undefined) throw new Error(`an answer set program reads ${name}, which there is not`);
      return factTable(input, made, relation);
    };
    slices = await slicesOf({ program, limits: input.limits, table, keys: touchedKeys(input, program) });
  } finally {
    await made.close();
  }
  const stop = new AbortController();
  const judged = slices.map(async (slice) => judgeSlice(input, program, slice, stop.signal));
  try {
    return { slices: slices.length, broken: (await Promise.all(judged)).flat() };
  } catch (error) {
    stop.abort();
    await Promise.allSettled(judged);
    throw error;
  }
}

/** The keys of a delta, where every input that is cut is a base relation, and every other one untouched; null where any slice may have changed. */
function touchedKeys({ program: around, touched }: AnswerSetInput, program: AnswerSetProgram): Row[] | null {
  const { per } = program;
  if (touched === null || per === null) return null;
  const keys = new Map<string, Row>();
  for (const name of new Set([...program.inputs, per.relation])) {
    const relation = around.relations.get(name);
    const rows = touched.get(name) ?? [];
    if (relation?.role !== "base") return null;
    if (!isSliced(per, relation) && rows.length > 0) return null;
    if (!isSliced(per, relation)) continue;
    const places = per.key.map((key) => relation.attributes.findIndex((attribute) => attribute.name === key));
    for (const row of rows) {
      const key = places.map((place) => row[place] as Value);
      keys.set(keyText(key), key);
    }
  }
  return [...keys.values()];
}

async function judgeSlice(input: AnswerSetInput, program: AnswerSetProgram, slice: Slice, signal: AbortSignal): Promise<BrokenLaw[]> {
  const text = new AnswerSetText(input.program, program, slice.facts);
  const errors = positions(input.program, program, "error");
  const warnings = positions(input.program, program, "warn");
  const search = { clingo: input.clingo, limits: input.limits, text, signal };
  const key = AnswerSetCache.key(`${errors.join()}|${warnings.join()}|${input.limits.clingo_runs}\n${text.with([], text.facts)}`);
  const known = input.cache.get(key);
  if (known !== null) return brokenLaws(program, slice, known);
  const refusing = errors.length > 0 ? await findClashes({ ...search, demands: errors }) : [];
  const remarked = refusing.length === 0 && warnings.length > 0 ? await findClashes({ ...search, demands: [...warnings, ...errors] }) : [];
  const clashes = [...refusing, ...remarked];
  input.cache.set(key, clashes);
  return brokenLaws(program, slice, clashes);
}

/** Demands by severity. One that a mark names is given up before those that only their place names, so that a clash is listed under it. */
function positions(around: IrProgram, program: AnswerSetProgram, severity: "error" | "warn"): number[] {
  const laws = new Map(around.laws.map((law) => [law.id, law]));
  const own = program.demands.flatMap(({ law }, at) => (laws.get(law)?.severity === severity ? [at] : []));
  const isNamed = (at: number): boolean => !/\.(?:constraint|choice|disjunction|rule)_\d+(?:_\d+)?$/.test(program.demands[at]?.law ?? "");
  return [...own.filter(isNamed), ...own.filter((at) => !isNamed(at))];
}

function brokenLaws(program: AnswerSetProgram, slice: Slice, clashes: readonly Clash[]): BrokenLaw[] {
  const named = (at: number): string => program.demands[at]?.law ?? "";
  return clashes.map(({ demands, under, facts, isMinimal }) => {
    return { law: named(under ?? 0), witness: slice.key, clash: demands.map(named), facts, isMinimal };
  });
}
