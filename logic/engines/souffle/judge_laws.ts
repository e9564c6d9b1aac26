import { AssayError } from "../../../schema/assay_error.ts";
import type { Relation } from "../../../schema/relation.ts";
import type { Row } from "../../../schema/value.ts";
import type { LawOutcome, Undecided } from "../../../schema/verdict.ts";
import type { IrProgram, Law } from "../../language/ir.ts";
import { checkLaws } from "../duckdb/check_laws.ts";
import type { DuckDbInput } from "../duckdb/input.ts";
import { type Materialised, materialise } from "../duckdb/materialise.ts";
import type { LawCheck } from "../engine.ts";
import { type Parts, partition } from "../partition.ts";
import { deriveBySouffle } from "./derive.ts";
import type { Souffle } from "./find_souffle.ts";
import { isSameThere } from "./same_there.ts";

/**
 * Judges the laws of a program by Soufflé. Where Soufflé has no words, or would mean something else (a calculation that may leave the integers, text in
 * bytes, Assay's own selections), the DuckDB engine computes the relation, with all that it rests on, and gives it to Soufflé as facts: so a
 * verdict is the same. Undecided, beside bounds: values past the words of a 32-bit Soufflé, and a Soufflé that fails.
 */
export async function judgeLawsBySouffle(input: DuckDbInput, souffle: Souffle): Promise<LawCheck> {
  const { selections } = input.program;
  const parts = partition(input.program, isSameThere, (relation) => selections?.has(relation) === true);
  const ours = await checkLaws({ ...input, program: { ...input.program, laws: parts.ours } });
  if (ours.undecided !== null || parts.theirs.length === 0) return ours;
  const started = input.clock.micros();
  let found: Derived;
  try {
    found = await derive(input, souffle, parts);
  } catch (cause) {
    await ours.close();
    throw cause;
  }
  const { relations, undecided } = found;
  const micros = Math.round((input.clock.micros() - started) / parts.theirs.length);
  const outcomeOf = ({ id, severity, relation }: Law): LawOutcome[] => {
    const own = ours.laws.filter(({ law }) => law === id);
    if (own.length > 0) return own;
    return undecided === null ? [{ law: id, severity, violations: relations.get(relation)?.length ?? 0, waived: 0, micros }] : [];
  };
  return {
    undecided,
    laws: input.program.laws.flatMap(outcomeOf),
    witnesses: async (law, offset, limit) => {
      const theirs = parts.theirs.find(({ id }) => id === law);
      return theirs === undefined
        ? ours.witnesses(law, offset, limit)
        : (relations.get(theirs.relation) ?? []).slice(offset, offset + limit);
    },
    close: () => ours.close(),
  };
}

interface Derived {
  readonly relations: ReadonlyMap<string, readonly Row[]>;
  readonly undecided: Undecided | null;
}

async function derive(input: DuckDbInput, souffle: Souffle, parts: Parts): Promise<Derived> {
  const made = await materialise(input, parts.inputs);
  try {
    if (made.undecided !== null) return { relations: new Map(), undecided: made.undecided };
    const outputs = parts.theirs.map(({ relation }) => relation);
    return await deriveBySouffle({ ...input, program: narrowed(input.program, parts), table: tableOf(input, made), souffle }, outputs);
  } catch (cause) {
    if (!(cause instanceof AssayError) || (cause.code !== "souffle.word_size" && cause.code !== "souffle.failed")) throw cause;
    return { relations: new Map(), undecided: { code: cause.code, relation: null, bound: null, unit: null, detail: cause.detail } };
  } finally {
    await made.close();
  }
}

/** The part that Soufflé takes, in which what DuckDB computed is given. */
function narrowed(program: IrProgram, { rules, theirs, inputs }: Parts): IrProgram {
  const given = new Set(inputs);
  const relations = new Map(
    [...program.relations].map(([name, relation]): [string, Relation] => [
      name,
      given.has(name) ? { ...relation, role: "base" } : relation,
    ]),
  );
  const { answerSets: _searched, selections: _selections, ...rest } = program;
  return { ...rest, relations, rules, laws: theirs };
}

function tableOf(input: DuckDbInput, made: Materialised): (relation: string) => string {
  return (relation) =>
    input.program.relations.get(relation)?.role === "base" ? input.table(relation) : `${made.table(relation)} AS given`;
}
