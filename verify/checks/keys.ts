import type { IrProgram, Law } from "../../logic/language/ir.ts";
import type { Clock } from "../../schema/clock.ts";
import type { Fact, SupportingFact } from "../../schema/fact.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import { quoteName, type SqlSession } from "../../schema/sql_session.ts";
import type { Row, Value } from "../../schema/value.ts";
import type { LawOutcome, Violation } from "../../schema/verdict.ts";
import type { Origins } from "../origins.ts";
import { columnList, factRow, factTable, sameRow } from "../store/relation_table.ts";
import type { StagedRows } from "../store/speculation.ts";
import { fillMessage, fingerprint, type Witness, witnessOf } from "../violation.ts";
import type { ViolationPage } from "../violation_page.ts";

/** Facts shown behind one broken key, unless `explain_members` allows fewer. */
const FACTS_SHOWN = 16;

export interface KeyCheckInput {
  readonly session: SqlSession;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly staged: readonly StagedRows[];
  readonly origins: Origins;
  readonly page: ViolationPage;
}

/**
 * Check 3, keys: no two facts of a relation share its key, over the delta and the base it meets. Judges the laws `key.<relation>`
 * that `keyLawsToCheck` gives: the base keeps them, so only keys that the delta asserts can be broken and the cost follows the delta.
 * Takes the staged rows before they are applied. Returns the outcome of each law; violations go on the page.
 */
export async function checkKeys(input: KeyCheckInput, laws: readonly Law[]): Promise<LawOutcome[]> {
  const outcomes: LawOutcome[] = [];
  for (const law of laws) {
    const started = input.clock.micros();
    const asserted = input.staged.find(({ side, relation }) => side === "assert" && `key.${relation.name}` === law.id);
    const violations = asserted === undefined ? 0 : await checkKey(input, law, asserted);
    outcomes.push({ law: law.id, severity: law.severity, violations, waived: 0, micros: input.clock.micros() - started });
  }
  return outcomes;
}

/** How many facts of one key a violation shows, the least of them. */
export function keyFactsShown(limits: Limits): number {
  return Math.min(FACTS_SHOWN, limits.explain_members);
}

const checked = new WeakMap<ReadonlyMap<string, string>, { readonly program: IrProgram; readonly laws: readonly Law[] }>();

/** The key laws that need no look at the whole base: those without a waiver, for then the base keeps them. The same list for the same state. */
export function keyLawsToCheck(program: IrProgram, waived: ReadonlyMap<string, string>): readonly Law[] {
  const known = checked.get(waived);
  if (known?.program === program) return known.laws;
  const waiverLaws = new Set(waived.values());
  const laws = program.laws.filter((law) => {
    const relation = program.relations.get(law.id.slice("key.".length));
    return law.id.startsWith("key.") && relation?.role === "base" && relation.key !== null && !waiverLaws.has(law.id);
  });
  checked.set(waived, { program, laws });
  return laws;
}

async function checkKey(input: KeyCheckInput, law: Law, asserted: StagedRows): Promise<number> {
  const { relation } = asserted;
  const retracted = input.staged.find((rows) => rows.side === "retract" && rows.relation.name === relation.name);
  const keys = keyAttributes(relation)
    .map(({ name }) => quoteName(name))
    .join(", ");
  const facts = factsMeeting(asserted, retracted ?? null, keys);
  const broken = `SELECT ${keys} FROM (${facts}) GROUP BY ${keys} HAVING count(*) > 1`;
  const count = Number((await input.session.rows(`SELECT count(*) FROM (${broken})`))[0]?.[0] ?? 0);
  const shown = input.page.take(count);
  if (shown.count === 0) return count;
  const found = await input.session.rows(
    `SELECT ${columnList(relation.attributes)} FROM (${facts})
     WHERE (${keys}) IN (SELECT (${keys}) FROM (${broken} ORDER BY ${keys} LIMIT ${shown.count} OFFSET ${shown.from}))
     QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY ${columnList(relation.attributes)}) <= ${keyFactsShown(input.limits)}
     ORDER BY ${keys}, ${columnList(relation.attributes)}`,
  );
  await list(
    input,
    law,
    relation,
    found.map((stored) => factRow(relation.attributes, stored)),
  );
  return count;
}

/** The facts that would share the table with the delta's, as far as their key is one that it asserts. */
function factsMeeting(asserted: StagedRows, retracted: StagedRows | null, keys: string): string {
  const { attributes, name } = asserted.relation;
  const columns = columnList(attributes);
  const stays = retracted === null ? "true" : `NOT EXISTS (SELECT 1 FROM ${retracted.table} AS r WHERE ${sameRow(attributes, "f", "r")})`;
  return `SELECT ${columns} FROM ${asserted.table} UNION
    SELECT ${columns} FROM ${factTable(name)} AS f WHERE (${keys}) IN (SELECT (${keys}) FROM ${asserted.table}) AND ${stays}`;
}

async function list(input: KeyCheckInput, law: Law, relation: Relation, rows: readonly Row[]): Promise<void> {
  const attributes = keyAttributes(relation);
  const broken = new Map<string, { readonly witness: Witness; readonly facts: Fact[] }>();
  for (const row of rows) {
    const key = attributes.map((attribute) => row[relation.attributes.indexOf(attribute)] as Value);
    const witness = witnessOf({ attributes }, key);
    const id = fingerprint(law.id, witness);
    const group = broken.get(id) ?? { witness, facts: [] };
    group.facts.push({ relation: relation.name, row });
    broken.set(id, group);
  }
  for (const { witness, facts } of broken.values()) {
    input.page.items.push(keyViolation(law, witness, await input.origins(facts)));
  }
}

/** A key that stands for more than one fact. */
export function keyViolation(law: Law, witness: Witness, facts: readonly SupportingFact[]): Violation {
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
  };
}

/** The key's attributes in the order of the relation: the witness of its law. */
function keyAttributes(relation: Relation): Relation["attributes"] {
  return relation.attributes.filter(({ name }) => relation.key?.includes(name));
}
