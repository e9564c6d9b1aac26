import type { Table } from "../../../logic/engines/incremental/table.ts";
import type { Fact } from "../../../schema/fact.ts";
import { limitsWith } from "../../../schema/limits.ts";
import type { Row } from "../../../schema/value.ts";
import { compareRows, rowKey } from "../naive_eval.ts";
import { NAIVE_SYMBOL_BYTES } from "../naive_terms.ts";
import type { DeltaCase } from "./delta_case.ts";
import type { Expectation, Expected } from "./expectation.ts";
import { maintained } from "./oracles.ts";
import { difference, factsOf, type State } from "./states.ts";
import type { MakeSubject, Subject } from "./subject.ts";
import { rederives } from "./support_check.ts";
import { deepState, derivations } from "./table_state.ts";

/** An engine that says something else than the oracle. */
export class Disagreement extends Error {
  override readonly name = "Disagreement";
}

/** What was compared. */
export interface Tally {
  deltas: number;
  /** Deltas that changed some derived relation. */
  changing: number;
  undecided: number;
  /** Deltas that the oracle could not tell the outcome of. */
  unknown: number;
  rolledBack: number;
  tuples: number;
  supports: number;
}

export function emptyTally(): Tally {
  return { deltas: 0, changing: 0, undecided: 0, unknown: 0, rolledBack: 0, tuples: 0, supports: 0 };
}

/** Wider than the oracle's bounds, and small enough that a derivation without end stops soon. */
export const SUBJECT_LIMITS = limitsWith({ rounds: 3_000, rows_derived: 3_000, symbol_bytes: NAIVE_SYMBOL_BYTES, verdict_ms: 60_000 });

/** Takes an engine through a case and adds to `tally`. Errors: `Disagreement` at the first difference from the expectation. */
export function checkCase(target: DeltaCase, expectation: Expectation, make: MakeSubject, tally: Tally): void {
  if (expectation.refused !== null) {
    const { undecided } = make(target, expectation.refused, SUBJECT_LIMITS);
    must(undecided !== null, "start", () => "facts that are undecided were accepted");
  }
  const [start, ...steps] = expectation.states;
  if (start === undefined) throw new Error("an expectation without states");
  const { subject, undecided } = make(target, factsOf(start.state), SUBJECT_LIMITS);
  must(undecided === null, "start", () => `undecided (${undecided?.code}) where the oracle is not`);
  const check = new CaseCheck(target, subject, start, tally);
  check.whole(start, "start");
  for (const [at, expected] of steps.entries()) check.step(at, expected);
  check.rebuilt(make);
}

/** `what` is asked for where it does not hold alone: texts of every comparison cost more than the comparisons. */
function must(holds: boolean, where: string, what: () => string): void {
  if (!holds) throw new Disagreement(`${where}: ${what()}`);
}

class CaseCheck {
  readonly #target: DeltaCase;
  readonly #subject: Subject;
  readonly #tally: Tally;
  readonly #derived: readonly string[];
  readonly #base: readonly string[];
  #current: Expected;

  constructor(target: DeltaCase, subject: Subject, start: Expected, tally: Tally) {
    this.#target = target;
    this.#subject = subject;
    this.#tally = tally;
    this.#derived = maintained(target);
    this.#base = [...target.program.relations.values()]
      .filter(({ role, name }) => role === "base" && subject.reached.has(name))
      .map(({ name }) => name);
    this.#current = start;
  }

  step(at: number, expected: Expected): void {
    const where = `delta ${at}`;
    const step = this.#target.steps[at] ?? { assert: [], retract: [], keep: false };
    const before = expected.kept ? "" : this.#deepState();
    const { undecided } = this.#subject.apply(step);
    this.#tally.deltas++;
    if (expected.answer.kind === "tuples") {
      must(undecided === null, where, () => `undecided (${undecided?.code} of ${undecided?.relation}) where the oracle is not`);
      this.whole(expected, where);
      this.#change(expected, where);
      if (at % 3 === 0) this.#supports(expected, where);
    } else if (expected.answer.kind === "undecided") {
      const { code } = expected.answer;
      must(undecided !== null, where, () => `decided where the oracle is not (${code})`);
      must(/^(evaluation|limit)\./.test(undecided?.code ?? ""), where, () => `undecided for ${undecided?.code}`);
      must(this.#derived.includes(undecided?.relation ?? ""), where, () => `undecided names ${undecided?.relation}`);
      this.#tally.undecided++;
    } else this.#tally.unknown++;
    if (expected.kept) {
      this.#subject.keep();
      this.#current = expected;
      return;
    }
    this.#tally.rolledBack++;
    this.#subject.rollback();
    this.whole(this.#current, `${where} rolled back`);
    must(
      this.#deepState() === before,
      `${where} rolled back`,
      () => `the tables are not as they were:\n${this.#deepState()}\nbefore:\n${before}`,
    );
  }

  /** Every relation of the state, in order, with its count and some members. */
  whole({ state, answer }: Expected, where: string): void {
    for (const name of this.#base) this.#relation(name, [...(state.get(name)?.values() ?? [])].sort(compareRows), where);
    for (const name of this.#derived) this.#relation(name, tuplesOf(answer, name), where);
  }

  /** A fresh engine over the facts that the sequence ended with. */
  rebuilt(make: MakeSubject): void {
    const { subject, undecided } = make(this.#target, factsOf(this.#current.state), SUBJECT_LIMITS);
    must(undecided === null, "rebuilt", () => `undecided (${undecided?.code})`);
    new CaseCheck(this.#target, subject, this.#current, this.#tally).whole(this.#current, "rebuilt");
    for (const name of [...this.#base, ...this.#derived]) {
      const [kept, fresh] = [this.#subject, subject].map((one) => derivations(tableOf(one, name), one.pools).join("\n"));
      must(kept === fresh, "rebuilt", () => `\`${name}\` has other derivations:\n${kept}\nrebuilt:\n${fresh}`);
    }
  }

  #deepState(): string {
    const names = [...this.#base, ...this.#derived];
    return names.map((name) => `${name}\n${deepState(tableOf(this.#subject, name), this.#subject.pools)}`).join("\n");
  }

  #relation(name: string, wanted: readonly Row[], where: string): void {
    const got = this.#subject.rows(name);
    must(same(got, wanted), where, () => `\`${name}\` holds ${text(got)}, not ${text(wanted)}`);
    must(this.#subject.count(name) === wanted.length, where, () => `\`${name}\` counts ${this.#subject.count(name)}, not ${wanted.length}`);
    this.#tally.tuples += wanted.length;
    const middle = wanted[wanted.length >> 1];
    if (middle === undefined) return;
    must(this.#subject.has(name, middle), where, () => `\`${name}\` has not ${rowKey(middle)}`);
    const page = this.#subject.rows(name, wanted.length >> 1, 1);
    must(same(page, [middle]), where, () => `a page of \`${name}\` is ${text(page)}, not ${rowKey(middle)}`);
  }

  #change(expected: Expected, where: string): void {
    const before = this.#current;
    let changes = 0;
    const compare = (name: string, from: readonly Row[], to: readonly Row[]): void => {
      const [added, removed] = [without(to, from), without(from, to)];
      must(
        sameSet(this.#subject.added(name), added),
        where,
        () => `\`${name}\` gained ${text(this.#subject.added(name))}, not ${text(added)}`,
      );
      must(
        sameSet(this.#subject.removed(name), removed),
        where,
        () => `\`${name}\` lost ${text(this.#subject.removed(name))}, not ${text(removed)}`,
      );
      if (this.#derived.includes(name)) changes += added.length + removed.length;
    };
    for (const name of this.#derived) compare(name, tuplesOf(before.answer, name), tuplesOf(expected.answer, name));
    for (const name of this.#base) compare(name, rowsOf(before.state, name), rowsOf(expected.state, name));
    if (changes > 0) this.#tally.changing++;
    this.#effective(expected, where);
    this.#laws(expected, where);
  }

  #effective(expected: Expected, where: string): void {
    const { assert, retract } = this.#subject.effective();
    const isLoaded = ({ relation }: Fact): boolean => this.#base.includes(relation);
    const came = difference(this.#current.state, expected.state).filter(isLoaded);
    const went = difference(expected.state, this.#current.state).filter(isLoaded);
    must(sameFacts(assert, came), where, () => `${assert.length} facts came, not ${came.length}`);
    must(sameFacts(retract, went), where, () => `${retract.length} facts went, not ${went.length}`);
  }

  #laws(expected: Expected, where: string): void {
    const outcomes = this.#subject.lawOutcomes();
    const wanted = this.#target.program.laws.map(({ id, relation }) => {
      const now = tuplesOf(expected.answer, relation);
      return `${id} ${without(now, tuplesOf(this.#current.answer, relation)).length} ${now.length}`;
    });
    const got = outcomes.map(({ law, added, standing }) => `${law} ${added} ${standing}`);
    must(got.join() === wanted.join(), where, () => `laws say ${got.join()}, not ${wanted.join()}`);
  }

  /** The facts behind the first and the last violation of each law hold, and give it again. */
  #supports(expected: Expected, where: string): void {
    for (const { relation } of this.#target.program.laws) {
      const rows = tuplesOf(expected.answer, relation);
      for (const row of new Set([rows[0], rows.at(-1)])) {
        if (row === undefined) continue;
        const facts = this.#subject.support(relation, row);
        for (const fact of facts)
          must(
            expected.state.get(fact.relation)?.has(rowKey(fact.row)) === true,
            where,
            () => `the support of \`${relation}\` ${rowKey(row)} has ${fact.relation} ${rowKey(fact.row)}`,
          );
        must(
          rederives(this.#target.program, expected, facts, { relation, row }),
          where,
          () => `\`${relation}\` ${rowKey(row)} does not follow from its ${facts.length} facts`,
        );
        this.#tally.supports++;
      }
    }
  }
}

function tableOf(subject: Subject, name: string): Table {
  const table = subject.tables.table(name);
  if (table === null) throw new Error(`${name} has no table`);
  return table;
}

function rowsOf(state: State, name: string): Row[] {
  return [...(state.get(name)?.values() ?? [])];
}

function tuplesOf(answer: Expected["answer"], name: string): readonly Row[] {
  return answer.kind === "tuples" ? (answer.tuples.get(name) ?? []) : [];
}

function without(rows: readonly Row[], others: readonly Row[]): Row[] {
  const known = new Set(others.map(rowKey));
  return rows.filter((row) => !known.has(rowKey(row)));
}

function same(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, at) => sameRow(row, b[at] as Row));
}

function sameRow(a: Row, b: Row): boolean {
  return (a.length === b.length && a.every((value, at) => Object.is(value, b[at]))) || rowKey(a) === rowKey(b);
}

function sameSet(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && without(a, b).length === 0 && without(b, a).length === 0;
}

function sameFacts(a: readonly Fact[], b: readonly Fact[]): boolean {
  const keys = (facts: readonly Fact[]): string =>
    facts
      .map(({ relation, row }) => `${relation}${rowKey(row)}`)
      .sort()
      .join("\n");
  return keys(a) === keys(b);
}

function text(rows: readonly Row[]): string {
  const shown = rows.slice(0, 12).map(rowKey).join(" ");
  return rows.length > 12 ? `${shown} … (${rows.length})` : `{${shown}}`;
}
