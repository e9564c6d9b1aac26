import type { Relation } from "../../../schema/relation.ts";
import type { Row } from "../../../schema/value.ts";
import type { AnswerSetProgram, Search } from "../../language/answer_sets.ts";
import type { IrProgram } from "../../language/ir.ts";
import { Carriage } from "./carriage.ts";
import { keptName, withKeptFacts } from "./kept_facts.ts";
import { Names } from "./names.ts";
import { OVERFLOW, overflowGuards } from "./overflow_guards.ts";
import { type PrintContext, RulePrinter, ruleText, statement } from "./print_rule.ts";
import { factOf, ProgramText } from "./program_text.ts";
import { withUniqueLocals } from "./unique_locals.ts";
import { ValueClasses } from "./value_classes.ts";

/** Holds for the demands that are asked of an answer set, by their position. */
const ASKED = "assay_asked";

/**
 * One answer set program over the facts of one slice, as clingo's text. Demands, and facts as demands see them, can be left out. Errors: `NotForClingo`.
 */
export class AnswerSetText {
  readonly facts: readonly { readonly relation: string; readonly row: Row; readonly text: string }[];
  readonly context: PrintContext;
  readonly #rules: ProgramText;
  readonly #guarded: boolean;

  constructor(around: IrProgram, program: AnswerSetProgram, facts: ReadonlyMap<string, readonly Row[]>) {
    const inputs = new Map<string, Relation>();
    for (const name of program.inputs) {
      const relation = around.relations.get(name);
      if (relation !== undefined) inputs.set(name, relation);
    }
    const kept = withKeptFacts({ ...program, rules: program.rules.map(withUniqueLocals) }, inputs);
    const rules = [...kept.rules, ...kept.searches.map(({ rule }) => rule)];
    const classes = new ValueClasses([...rules, ...kept.links]);
    this.context = { names: new Names(), classes, carriage: new Carriage(classes, inputs, facts) };
    this.facts = program.inputs.flatMap((relation) =>
      (facts.get(relation) ?? []).map((row) => ({ relation, row, text: factOf(this.context, keptName(relation), row) })),
    );
    this.#rules = new ProgramText();
    for (const relation of [...kept.kept, ...program.relations.values()]) this.#rules.declare(this.context, relation);
    for (const [name, relation] of inputs) this.#rules.facts(this.context, relation, facts.get(name) ?? []);
    this.#rules.add(`#defined ${ASKED}/1.`);
    this.#print({ ...program, rules: kept.rules, searches: kept.searches });
    const guards = overflowGuards(this.context, rules);
    for (const guard of guards) this.#rules.add(guard);
    this.#guarded = guards.length > 0;
  }

  /** The program with the demands at these positions and these facts. */
  with(demands: readonly number[], facts: readonly { readonly text: string }[]): string {
    return `${this.#rules.text}${demands.map((at) => `${ASKED}(${at}).\n`).join("")}${facts.map(({ text }) => text).join("\n")}\n`;
  }

  /** A program that has an answer set just where some calculation may leave clingo's integers; null where there are none. */
  get overflowing(): string | null {
    return this.#guarded ? `${this.with([], this.facts)}:- not ${OVERFLOW}.\n` : null;
  }

  refusal: ProgramText["refusal"] = (messages) => this.#rules.refusal(messages);

  #print(program: AnswerSetProgram): void {
    const { context } = this;
    const askedOf = (id: string): string[] => program.demands.flatMap(({ rules }, at) => (rules.includes(id) ? [`${ASKED}(${at})`] : []));
    for (const rule of program.rules) this.#rules.add(ruleText(context, rule, askedOf(rule.id)), placeOf(rule));
    for (const [group, searches] of Map.groupBy(program.searches, (search) => search.group)) this.#search(searches, askedOf(group));
    for (const [at, { forbids }] of program.demands.entries()) {
      if (forbids === null) continue;
      const { attributes } = program.relations.get(forbids) ?? { attributes: [] };
      const any = attributes.length === 0 ? "" : `(${attributes.map(() => "_").join(",")})`;
      this.#rules.add(statement("", [`${context.names.predicate(forbids)}${any}`, `${ASKED}(${at})`]));
    }
    for (const { relation, goal } of program.optimisations) {
      const names = (program.relations.get(relation)?.attributes ?? []).map((_attribute, column) => `V${column}`);
      const [weight, priority, ...tuple] = names;
      const atom = `${context.names.predicate(relation)}(${names.join(",")})`;
      const kind = goal === "minimise" ? "#minimize" : "#maximize";
      this.#rules.add(`${kind} { ${[`${weight}@${priority}`, ...tuple].join(",")} : ${atom} }.`);
    }
    this.#rules.add("#show.");
    for (const name of program.outputs) {
      this.#rules.add(`#show ${context.names.predicate(name)}/${program.relations.get(name)?.attributes.length ?? 0}.`);
    }
  }

  #search(searches: readonly Search[], asked: readonly string[]): void {
    const parts = searches.map(({ kind, rule }) => {
      const printer = new RulePrinter(this.context, rule);
      const body = printer.body(rule.body);
      return { kind, head: printer.atom(rule.head.relation, rule.head.args), body, origin: placeOf(rule) };
    });
    if (parts[0]?.kind === "disjunct") {
      // The body holds the variables of all heads, in one order, so that they have the same names in each of the rules.
      const heads = searches.map(({ rule }) => disjunctHead(this.context, rule));
      this.#rules.add(statement(heads.join(" ; "), [...disjunctBody(this.context, searches[0]?.rule), ...asked]), parts[0].origin);
      return;
    }
    for (const { kind, head, body, origin } of parts) {
      if (kind === "external") this.#rules.add(`#external ${head} : ${body.join(", ")}.`, origin);
      else this.#rules.add(statement(`{ ${head} }`, body), origin);
    }
  }
}

function disjunctHead(context: PrintContext, rule: Search["rule"]): string {
  const printer = new RulePrinter(context, rule);
  printer.body(rule.body);
  return printer.atom(rule.head.relation, rule.head.args);
}

function disjunctBody(context: PrintContext, rule: Search["rule"] | undefined): string[] {
  return rule === undefined ? [] : new RulePrinter(context, rule).body(rule.body);
}

function placeOf(rule: Search["rule"]): string {
  return `${rule.span.file}:${rule.span.line}`;
}
