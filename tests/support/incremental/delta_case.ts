import { needsOf, rulesByRelation } from "../../../logic/engines/duckdb/needs.ts";
import type { IrProgram } from "../../../logic/language/ir.ts";
import type { Fact } from "../../../schema/fact.ts";
import type { Row } from "../../../schema/value.ts";
import type { Choices } from "../choices.ts";
import type { Facts } from "../duckdb_facts.ts";
import { rowKey } from "../naive_eval.ts";
import { randomCase, randomRow } from "../random_programs.ts";
import { type Vocabulary, WIDE } from "../vocabulary.ts";

/** One delta of a sequence: what it asks for, and whether it is kept where its outcome is decided. */
export interface Step {
  readonly assert: readonly Fact[];
  readonly retract: readonly Fact[];
  readonly keep: boolean;
}

/** A program, the facts it starts with and the deltas it then meets. */
export interface DeltaCase {
  readonly program: IrProgram;
  /** Relations maintained beside those that the laws reach. */
  readonly watch: readonly string[];
  readonly facts: Facts;
  readonly steps: readonly Step[];
}

/** A random program with a sequence of `deltas` over its base relations. */
export function randomDeltaCase(choices: Choices, deltas: number, words: Vocabulary = WIDE): DeltaCase {
  const made = randomCase(choices, words);
  const derived = made.program.laws.map((law) => law.relation);
  const kind = choices.below(4);
  const isLaw = derived.map((_, at) => kind < 2 || at === derived.length - 1 || choices.below(2) === 1);
  const watch = kind === 3 ? [] : derived.filter((_, at) => isLaw[at] === false);
  const program = { ...made.program, laws: made.program.laws.filter((_, at) => isLaw[at] === true) };
  const facts = choices.below(4) === 3 ? {} : made.facts;
  const read = [...needsOf(program, rulesByRelation(program), [...program.laws.map((law) => law.relation), ...watch]).reached];
  const touched = read.filter((name) => name in words.base);
  return { program, watch, facts, steps: randomSteps(choices, words, { facts, touched }, deltas) };
}

/** Deltas over `facts`, most of them over the base relations in `touched`. */
export function randomSteps(
  choices: Choices,
  words: Vocabulary,
  over: { facts: Facts; touched: readonly string[] },
  deltas: number,
): Step[] {
  const maker = new StepMaker(choices, words, over.facts, over.touched);
  return Array.from({ length: deltas }, () => maker.step());
}

/** Makes deltas over the state that the kept ones before would leave if all were decided. */
class StepMaker {
  readonly #choices: Choices;
  readonly #words: Vocabulary;
  readonly #present = new Map<string, Map<string, Row>>();
  readonly #touched: readonly string[];
  #last: Step | null = null;

  constructor(choices: Choices, words: Vocabulary, facts: Facts, touched: readonly string[]) {
    this.#choices = choices;
    this.#touched = touched.length > 0 ? touched : Object.keys(words.base);
    this.#words = words;
    for (const name of Object.keys(words.base)) this.#present.set(name, new Map((facts[name] ?? []).map((row) => [rowKey(row), row])));
  }

  step(): Step {
    const wanted = this.#change();
    const asserted = new Set(wanted.assert.map(factKey));
    const step = { ...wanted, retract: wanted.retract.filter((fact) => !asserted.has(factKey(fact))), keep: this.#choices.below(4) < 3 };
    if (step.keep) {
      for (const { relation, row } of step.retract) this.#present.get(relation)?.delete(rowKey(row));
      for (const { relation, row } of step.assert) this.#present.get(relation)?.set(rowKey(row), row);
      this.#last = step;
    }
    return step;
  }

  #change(): { assert: Fact[]; retract: Fact[] } {
    const some = (make: () => Fact, most: number): Fact[] => Array.from({ length: 1 + this.#choices.below(most) }, make);
    switch (this.#choices.below(12)) {
      case 0:
      case 1:
        return { assert: some(() => this.#anyFact(), 3), retract: [] };
      case 2:
      case 3:
        return { assert: [], retract: some(() => this.#presentFact(), 3) };
      case 4:
      case 5:
        return { assert: some(() => this.#anyFact(), 3), retract: some(() => this.#presentFact(), 3) };
      case 6:
        return { assert: [], retract: [] };
      case 7:
        return { assert: some(() => this.#presentFact(), 2), retract: some(() => this.#anyFact(), 2) };
      case 8: {
        const twice = this.#anyFact();
        const gone = this.#presentFact();
        return { assert: [twice, this.#anyFact(), twice], retract: [gone, gone] };
      }
      case 9:
        return this.#swing();
      case 10:
        return { assert: [...(this.#last?.retract ?? [])], retract: [...(this.#last?.assert ?? [])] };
      default:
        return this.#replacement();
    }
  }

  /** Everything of one relation goes, or as much again comes. */
  #swing(): { assert: Fact[]; retract: Fact[] } {
    const name = this.#relation();
    const retract = [...(this.#present.get(name)?.values() ?? [])].map((row) => ({ relation: name, row }));
    if (this.#choices.below(3) === 0) return { assert: [], retract };
    const assert = Array.from({ length: 12 }, () => this.#anyFact());
    return { assert, retract: this.#choices.below(2) === 0 ? retract : [] };
  }

  /** A row gives way to one that differs from it in one column, as an update does. */
  #replacement(): { assert: Fact[]; retract: Fact[] } {
    const gone = this.#presentFact();
    const other = randomRow(this.#choices, this.#words, this.#words.base[gone.relation] ?? "");
    const at = this.#choices.below(Math.max(1, gone.row.length));
    const row = gone.row.map((value, position) => (position === at ? (other[position] ?? value) : value));
    return { assert: [{ relation: gone.relation, row }], retract: [gone] };
  }

  #relation(): string {
    return this.#choices.of(this.#choices.below(12) === 11 ? Object.keys(this.#words.base) : this.#touched);
  }

  #anyFact(): Fact {
    const relation = this.#relation();
    return { relation, row: randomRow(this.#choices, this.#words, this.#words.base[relation] ?? "") };
  }

  /** A fact that is there, where its relation has one. */
  #presentFact(): Fact {
    const relation = this.#relation();
    const rows = [...(this.#present.get(relation)?.values() ?? [])];
    return rows.length === 0 ? this.#anyFact() : { relation, row: this.#choices.of(rows) };
  }
}

function factKey({ relation, row }: Fact): string {
  return `${relation}${rowKey(row)}`;
}
