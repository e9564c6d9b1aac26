import type { DuckDbInput } from "../../logic/engines/duckdb/input.ts";
import { literalSql } from "../../logic/engines/duckdb/literal.ts";
import { type Materialised, materialise } from "../../logic/engines/duckdb/materialise.ts";
import type { Derivations } from "../../logic/explain/derivations.ts";
import type { Premise } from "../../logic/explain/premise.ts";
import type { WhyNot } from "../../logic/explain/proof.ts";
import { withDerivations } from "../../logic/explain/session.ts";
import { supportOf } from "../../logic/explain/support.ts";
import { explainAbsences } from "../../logic/explain/why_not.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import type { Fact } from "../../schema/fact.ts";
import { quoteName } from "../../schema/sql_session.ts";
import type { Row, Value } from "../../schema/value.ts";
import type { Undecided, Violation } from "../../schema/verdict.ts";
import { type Action, actionOf } from "./action.ts";
import type { Candidate } from "./candidate.ts";
import type { Obstacle } from "./obstacle.ts";

/** The state in which violations stand: a proposal after the changes of `done`. */
export interface Situation {
  readonly candidate: Candidate;
  readonly done: readonly Action[];
}

type Pattern = readonly (Value | null)[];
type Way = readonly Action[];

/** How many ways a fact that is missing can be derived are followed; the nearest come first. */
const WAYS_MAX = 16;
/** How deep missing facts are followed into the rules. */
const DEPTH_MAX = 6;

/** What was seen of some violations, before it is known which retractions they go back to. */
export interface Seen {
  readonly undecided: Undecided | null;
  /** Derived facts that are missing, null standing for any value. */
  readonly absent: readonly { readonly relation: string; readonly row: Pattern }[];
  /** For each violation the base facts it rests on, but for those that are only counted. */
  readonly restsOn: readonly (readonly Fact[])[];
  /** The obstacles, given for each missing fact the retracted facts that it rested on, where it held without the retractions. */
  obstacles(restedOn: readonly (readonly Fact[])[]): Obstacle[];
}

/**
 * What keeps each of some violations standing, as far as one derivation of it goes: `input` names the tables as the situation left
 * them. Violations of checks before the logic have none.
 */
export async function findObstacles(input: DuckDbInput, violations: readonly Violation[], situation: Situation): Promise<Seen> {
  const laws = new Map(input.program.laws.map((law) => [law.id, law]));
  const broken = violations.flatMap((violation) => {
    const law = laws.get(violation.law);
    const attributes = input.program.relations.get(law?.relation ?? "")?.attributes ?? [];
    const row = attributes.map(({ name }) => violation.witness[name] as Value);
    return law === undefined ? [] : [{ violation, fact: { relation: law.relation, row } }];
  });
  const derived = broken.filter(({ violation }) => violation.clash === undefined);
  const relations = [...new Set(derived.map(({ fact }) => fact.relation))];
  const { explain_depth, explain_nodes } = input.limits;
  const open: { readonly found: Found; readonly violation: Violation }[] = [];
  const { undecided } = await withDerivations(input, relations, { undecided: null }, async (derivations) => {
    await derivations.expand(
      derived.map(({ fact }) => fact),
      explain_depth,
      explain_nodes,
    );
    for (const { violation, fact } of broken) {
      const found = new Found(input.program, situation);
      if (violation.clash === undefined) collect(derivations, fact, found);
      else for (const behind of violation.facts) found.removal(behind);
      open.push({ found, violation });
    }
    return { undecided: null };
  });
  await addAbsent(
    input,
    open.map(({ found }) => found),
  );
  return {
    undecided,
    absent: open.flatMap(({ found }) => found.absent),
    restsOn: open.map(({ found, violation }) => (violation.clash === undefined ? found.restsOn : violation.facts)),
    obstacles: (restedOn) => {
      let at = 0;
      return open.map(({ found, violation }) => {
        for (const _ of found.absent) found.keeps(restedOn[at++] ?? []);
        return obstacleOf(found, violation, situation);
      });
    },
  };
}

function obstacleOf(found: Found, violation: Violation, { done }: Situation): Obstacle {
  const ways = uniqueWays(found.ways).filter((way) => !way.every((action) => done.some(({ id }) => id === action.id)));
  const given = [...found.given.values()];
  const id = [violation.fingerprint, ...ways.map(wayId), "|", ...given.map((action) => action.id).toSorted()].join(" ");
  return { id, law: violation.law, given, ways };
}

/** The retracted facts that each of some derived facts rests on; `input` names the tables as they would be without the retractions. */
export async function findRetracted(
  input: DuckDbInput,
  absent: Seen["absent"],
  candidate: Candidate,
): Promise<readonly (readonly Fact[])[]> {
  const matches = await firstMatches(input, absent);
  const found: Fact[][] = absent.map(() => []);
  for (const relation of new Set(absent.map((fact) => fact.relation))) {
    const own = absent.flatMap((fact, at) => {
      const row = fact.relation === relation ? (matches[at] ?? null) : null;
      return row === null ? [] : [{ at, row }];
    });
    if (own.length === 0) continue;
    const { support } = await supportOf(
      input,
      relation,
      own.map(({ row }) => row),
    );
    for (const [index, { at }] of own.entries()) {
      found[at] = (support[index]?.facts ?? []).filter((one) => candidate.has("retract", one.relation, one.row));
    }
  }
  return found;
}

/** For each pattern the first tuple that fits it, or null. */
async function firstMatches(input: DuckDbInput, absent: Seen["absent"]): Promise<(Row | null)[]> {
  const made = await materialise(input, [...new Set(absent.map(({ relation }) => relation))]);
  try {
    if (made.undecided !== null) return absent.map(() => null);
    const found: (Row | null)[] = [];
    for (const { relation, row } of absent) found.push(await firstMatch(input, made, relation, row));
    return found;
  } finally {
    await made.close();
  }
}

async function firstMatch(input: DuckDbInput, made: Materialised, relation: string, row: Pattern): Promise<Row | null> {
  const attributes = input.program.relations.get(relation)?.attributes ?? [];
  const same = row.flatMap((value, at) => {
    const attribute = attributes[at];
    return value === null || attribute === undefined ? [] : [`${quoteName(attribute.name)} = ${literalSql(value, attribute.type)}`];
  });
  const columns = attributes.map(({ name }) => quoteName(name)).join(", ") || "1";
  const sql = `SELECT ${columns} FROM ${made.table(relation)} AS t WHERE ${same.join(" AND ") || "true"} ORDER BY ${columns} LIMIT 1`;
  const [found] = await input.session.rows(sql);
  return found === undefined ? null : attributes.length === 0 ? [] : (found as Row);
}

/** What turns up while a derivation is walked. */
class Found {
  readonly ways: Way[] = [];
  readonly given = new Map<string, Action>();
  /** Derived facts that are missing. */
  readonly absent: { readonly relation: string; readonly row: Pattern }[] = [];
  /** Base facts that it rests on, but for those that are only counted. */
  readonly restsOn: Fact[] = [];
  readonly seen = new Set<string>();
  readonly #program: IrProgram;
  readonly #situation: Situation;

  constructor(program: IrProgram, situation: Situation) {
    this.#program = program;
    this.#situation = situation;
  }

  isBase(relation: string): boolean {
    return this.#program.relations.get(relation)?.role === "base";
  }

  /** A base fact is there: taking it away is a way. */
  removal(fact: Fact): void {
    this.#take(this.removals(fact));
  }

  removals({ relation, row }: Fact): Way[] {
    const { candidate, done } = this.#situation;
    const made = done.find(
      ({ change, relation: name, row: own }) => (change === "assert" || change === "keep") && name === relation && sameRow(own, row),
    );
    if (made !== undefined) {
      this.given.set(made.id, made);
      return made.change === "keep" ? [] : this.#way("retract", relation, row, false);
    }
    return this.#way(candidate.has("assert", relation, row) ? "drop" : "retract", relation, row, true);
  }

  /** No base fact matches: a retraction left out, or a fact added, is a way. */
  addition(relation: string, row: Pattern): void {
    this.#take(this.additions(relation, row));
  }

  additions(relation: string, row: Pattern): Way[] {
    const { candidate, done } = this.#situation;
    for (const action of done) {
      const takesAway = action.change === "drop" || action.change === "retract";
      if (takesAway && action.relation === relation && matches(action.row as Row, row)) this.given.set(action.id, action);
    }
    const kept = candidate.matching("retract", relation, row).flatMap((fact) => this.#way("keep", relation, fact, true));
    return [...kept, ...this.#way("assert", relation, row, true)];
  }

  /** An aggregate may want another member: a retraction left out is a way, or one fact more of its kind. */
  another(relation: string, row: Pattern): void {
    const { candidate, done } = this.#situation;
    const alike = done.filter((action) => action.change === "assert" && action.relation === relation && sameText(action.row, row));
    const copy = row.includes(null) ? alike.length : 0;
    const kept = candidate.matching("retract", relation, row).flatMap((fact) => this.#way("keep", relation, fact, true));
    this.#take([...kept, ...this.#way("assert", relation, row, alike.length === copy, copy)]);
  }

  /** Retractions left out together are a way. */
  keeps(facts: readonly Fact[]): void {
    const way = facts.flatMap(({ relation, row }) => this.#way("keep", relation, row, true).flat());
    if (way.length > 0 && way.length === facts.length) this.ways.push(way);
  }

  /** What hangs on more than single facts stands only with all that was done. */
  hangsOnAll(): void {
    for (const action of this.#situation.done) this.given.set(action.id, action);
  }

  #way(change: Action["change"], relation: string, row: Pattern, isAllowed: boolean, copy = 0): Way[] {
    const action = isAllowed ? actionOf(this.#program.relations.get(relation), change, row, copy) : null;
    return action === null ? [] : [[action]];
  }

  #take(ways: readonly Way[]): void {
    this.ways.push(...ways);
  }
}

function collect(derivations: Derivations, fact: Fact, found: Found, isCounted = false): void {
  const key = `${isCounted} ${fact.relation} ${fact.row.map(String).join("\0")}`;
  if (found.seen.has(key)) return;
  found.seen.add(key);
  if (!found.isBase(fact.relation)) {
    for (const premise of derivations.of(fact)?.premises ?? []) collectPremise(derivations, premise, found, isCounted);
    return;
  }
  if (!isCounted) found.restsOn.push(fact);
  found.removal(fact);
}

function collectPremise(derivations: Derivations, premise: Premise, found: Found, isCounted: boolean): void {
  if (premise.kind === "fact") collect(derivations, premise, found, isCounted);
  else if (premise.kind === "absent") {
    if (found.isBase(premise.relation)) found.addition(premise.relation, premise.row);
    else found.absent.push(premise);
  } else if (premise.kind === "aggregate") {
    found.hangsOnAll();
    const isCounting = isCounted || premise.op === "count";
    for (const member of premise.members) for (const inner of member) collectPremise(derivations, inner, found, isCounting);
    for (const { relation, row } of premise.wanted) if (found.isBase(relation)) found.another(relation, row);
  }
}

/** Ways to make missing derived facts hold. */
async function addAbsent(input: DuckDbInput, all: readonly Found[]): Promise<void> {
  const goals = all.flatMap((found) => found.absent.map((fact) => ({ ...fact, found })));
  if (goals.length === 0) return;
  const { whyNots } = await explainAbsences({ ...input, limits: { ...input.limits, explain_depth: DEPTH_MAX } }, goals);
  for (const [at, { found }] of goals.entries()) {
    const whyNot = whyNots[at] ?? null;
    found.hangsOnAll();
    if (whyNot !== null) found.ways.push(...waysTo(whyNot, found, DEPTH_MAX));
  }
}

function waysTo(whyNot: WhyNot, found: Found, depth: number): Way[] {
  if (whyNot.role === "base") return found.additions(whyNot.relation, whyNot.row);
  const ways: Way[] = [];
  for (const { missing } of whyNot.attempts) {
    let together: Way[] = [[]];
    for (const one of missing) {
      const alternatives = missingWays(one, found, depth);
      together = together.flatMap((way) => alternatives.map((more) => [...way, ...more])).slice(0, WAYS_MAX);
    }
    if (missing.length > 0) ways.push(...together);
  }
  return ways.slice(0, WAYS_MAX);
}

function missingWays(missing: WhyNot["attempts"][number]["missing"][number], found: Found, depth: number): Way[] {
  const { kind, relation, row, why } = missing;
  if (relation === null || row === null) return [];
  if (kind === "present") return found.isBase(relation) && isRow(row) ? found.removals({ relation, row }) : [];
  if (kind !== "absent") return [];
  if (found.isBase(relation)) return found.additions(relation, row);
  return why === null || depth <= 1 ? [] : waysTo(why, found, depth - 1);
}

function isRow(row: Pattern): row is Row {
  return row.every((value) => value !== null);
}

function sameText(left: Pattern, right: Pattern): boolean {
  return left.length === right.length && left.every((value, at) => value === right[at]);
}

function sameRow(left: Pattern, right: Pattern): boolean {
  return left.every((value, at) => value === null || value === right[at]);
}

function matches(row: Row, pattern: Pattern): boolean {
  return pattern.every((value, at) => value === null || value === row[at]);
}

function wayId(way: Way): string {
  return way.map((action) => action.id).join("+");
}

function uniqueWays(ways: readonly Way[]): Way[] {
  return [...new Map(ways.map((way) => [wayId(way), way])).values()];
}
