import type { LawCheck } from "../logic/engines/engine.ts";
import type { IrProgram, Law } from "../logic/language/ir.ts";
import type { Fact, SupportingFact } from "../schema/fact.ts";
import type { Relation } from "../schema/relation.ts";
import type { Row } from "../schema/value.ts";
import type { LawOutcome, Violation } from "../schema/verdict.ts";
import { fillMessage, fingerprint, witnessOf } from "./violation.ts";
import type { ViolationPage } from "./violation_page.ts";

const SCAN_ROWS = 1_000;

export interface LawViolationsInput {
  readonly check: LawCheck;
  readonly program: IrProgram;
  /** Fingerprints of the violations that are waived. */
  readonly waived: ReadonlyMap<string, string>;
  readonly page: ViolationPage;
  /** Base facts behind each of some violations of one law, in the order of `rows`. */
  support(law: Law, rows: readonly Row[]): Promise<readonly (readonly Fact[])[]>;
  /** Where facts come from: the delta or the base, and their places. */
  origins(facts: readonly Fact[]): Promise<readonly SupportingFact[]>;
  /** The laws that a violation clashes with, where it is one of an answer set program. */
  clashOf?(law: string, row: Row): { readonly clash: readonly string[] } | null;
}

export interface LawViolations {
  readonly laws: readonly LawOutcome[];
  /** True where an error law has a violation that is not waived. */
  readonly refused: boolean;
  /** Waived fingerprints that still stand. */
  readonly standing: ReadonlySet<string>;
}

/**
 * Lists the violations of all judged laws on `page`, those that count first, in the order of the laws and of the witnesses, then
 * the waived ones. Violations that the page does not show are counted, not made.
 */
export async function listLawViolations(input: LawViolationsInput): Promise<LawViolations> {
  const standing = new Set<string>();
  const laws: LawOutcome[] = [];
  const waivedRows: { readonly law: Law; readonly rows: Row[] }[] = [];
  const waiverLaws = new Set(input.waived.values());
  for (const outcome of input.check.laws) {
    const law = lawOf(input.program, outcome.law);
    if (!waiverLaws.has(law.id) || outcome.violations === 0) {
      const shown = input.page.take(outcome.violations);
      if (shown.count > 0) await list(input, law, await input.check.witnesses(law.id, shown.from, shown.count), false);
      laws.push(outcome);
      continue;
    }
    const waived = await splitWaived(input, law, outcome.violations, standing);
    waivedRows.push({ law, rows: waived });
    laws.push({ ...outcome, waived: waived.length });
  }
  for (const { law, rows } of waivedRows) {
    const shown = input.page.take(rows.length);
    if (shown.count > 0) await list(input, law, rows.slice(shown.from, shown.from + shown.count), true);
  }
  const refused = laws.some((law) => law.severity === "error" && law.violations > law.waived);
  return { laws, refused, standing };
}

/** Walks all violations of a law that has waivers, lists those that are not waived, and returns those that are. */
async function splitWaived(input: LawViolationsInput, law: Law, count: number, standing: Set<string>): Promise<Row[]> {
  const relation = lawRelation(input.program, law);
  const waived: Row[] = [];
  for (let offset = 0; offset < count; offset += SCAN_ROWS) {
    const counting: Row[] = [];
    for (const row of await input.check.witnesses(law.id, offset, SCAN_ROWS)) {
      const print = fingerprint(law.id, witnessOf(relation, row));
      if (input.waived.has(print)) {
        standing.add(print);
        waived.push(row);
      } else counting.push(row);
    }
    const shown = input.page.take(counting.length);
    if (shown.count > 0) await list(input, law, counting.slice(shown.from, shown.from + shown.count), false);
  }
  return waived;
}

async function list(input: LawViolationsInput, law: Law, rows: readonly Row[], waived: boolean): Promise<void> {
  const support = await input.support(law, rows);
  const facts = await input.origins(support.flat());
  let used = 0;
  for (const [index, row] of rows.entries()) {
    const length = support[index]?.length ?? 0;
    const clash = input.clashOf?.(law.id, row)?.clash;
    const violation = lawViolation(input.program, law, row, facts.slice(used, used + length), waived);
    input.page.items.push(clash === undefined ? violation : { ...violation, clash });
    used += length;
  }
}

function lawViolation(program: IrProgram, law: Law, row: Row, facts: readonly SupportingFact[], waived: boolean): Violation {
  const witness = witnessOf(lawRelation(program, law), row);
  const placed = facts.filter((fact) => fact.place !== null);
  return {
    law: law.id,
    severity: law.severity,
    message: fillMessage(law.message, witness),
    witness,
    facts,
    rule: { file: law.span.file, line: law.span.line },
    place: (placed.find((fact) => fact.from === "delta") ?? placed[0])?.place ?? null,
    fingerprint: fingerprint(law.id, witness),
    ...(waived ? { waived: true } : {}),
  };
}

function lawOf(program: IrProgram, id: string): Law {
  const law = program.laws.find((candidate) => candidate.id === id);
  if (law === undefined) throw new Error(`the engine judged a law that the program does not have: ${id}`);
  return law;
}

export function lawRelation(program: IrProgram, law: Law): Relation {
  const relation = program.relations.get(law.relation);
  if (relation === undefined) throw new Error(`the law ${law.id} has no relation`);
  return relation;
}
