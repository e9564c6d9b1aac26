import type { Span } from "../../../schema/place.ts";
import type { Relation } from "../../../schema/relation.ts";
import type { IrLiteral, IrProgram, IrRule } from "../../language/ir.ts";
import { literalVariables, variablesOf } from "../duckdb/existential.ts";
import { atomsOf } from "../duckdb/needs.ts";
import { FORMAT } from "./fact_text.ts";
import { NotInSouffle, termText } from "./term_text.ts";

/** A program in Soufflé's language, with what is needed to go back from it. */
export interface SouffleProgram {
  readonly text: string;
  /** The name of each relation there: ours may hold what no name does. */
  readonly names: ReadonlyMap<string, string>;
  /** Base relations to be read from `<name>.facts`. */
  readonly inputs: readonly Relation[];
  /** Relations written to `<name>.csv`. */
  readonly outputs: readonly Relation[];
  /** Whether it measures or cuts symbols, which are bytes there. */
  readonly countsBytes: boolean;
  /** The rule that a line holds, from line 1. */
  readonly spans: ReadonlyMap<number, Span>;
}

/** A rule that cannot be said in Soufflé's language. */
export interface Refused {
  readonly reason: string;
  readonly span: Span | null;
}

/**
 * Prints the part of a program that `outputs` depend on. Relations, attributes and variables get names of their own. What has no counterpart,
 * or another meaning there, is refused with its place: structures, selections, intervals, `ord`, `match`.
 */
export function souffleProgram(program: IrProgram, outputs: readonly string[]): SouffleProgram | Refused {
  const needed = neededRules(program, outputs);
  const names = new Map<string, string>();
  for (const name of [...outputs, ...needed.flatMap(relationsOf)]) if (!names.has(name)) names.set(name, `r${names.size}`);
  const relations = [...names.keys()].flatMap((name) => program.relations.get(name) ?? []);
  const selecting = relations.find(({ name }) => program.selections?.has(name) === true);
  if (selecting !== undefined)
    return { reason: `\`${selecting.name}\` selects among its tuples in Assay's own order`, span: selecting.span };
  const searched = program.answerSets?.length ?? 0;
  if (searched > 0) return { reason: "answer set programs", span: null };
  const inputs = relations.filter(({ role }) => role === "base");
  const written = relations.filter(({ name }) => outputs.includes(name));
  const nameOf = (relation: string): string => names.get(relation) ?? "";
  const lines = relations.map(
    ({ name, attributes }) => `.decl ${nameOf(name)}(${attributes.map(({ type }, at) => `a${at}:${type}`).join(", ")})`,
  );
  lines.push(
    ...inputs.map(({ name }) => `.input ${nameOf(name)}(${FORMAT})`),
    ...written.map(({ name }) => `.output ${nameOf(name)}(${FORMAT})`),
  );
  const spans = new Map<number, Span>();
  for (const rule of needed) {
    try {
      lines.push(ruleText(rule, nameOf));
      spans.set(lines.length, rule.span);
    } catch (cause) {
      if (cause instanceof NotInSouffle) return { reason: cause.message, span: rule.span };
      throw cause;
    }
  }
  const text = `${lines.join("\n")}\n`;
  const countsBytes = /\b(?:strlen|substr)\(/u.test(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the end of ASCII is meant
  if (countsBytes && /[^\x00-\x7f]/u.test(text)) return { reason: "the length of symbols in bytes, where it means characters", span: null };
  return { text, countsBytes, names, inputs, outputs: written, spans };
}

function neededRules(program: IrProgram, outputs: readonly string[]): IrRule[] {
  const needed = new Set(outputs);
  const byHead = Map.groupBy(program.rules, (rule) => rule.head.relation);
  for (const name of needed) for (const rule of byHead.get(name) ?? []) for (const used of relationsOf(rule)) needed.add(used);
  return program.rules.filter((rule) => needed.has(rule.head.relation));
}

function relationsOf(rule: IrRule): string[] {
  return [rule.head.relation, ...atomsOf(rule.body).map((atom) => atom.relation)];
}

/** Whether Soufflé has words for a rule. */
export function canSay(rule: IrRule): boolean {
  try {
    ruleText(rule, (relation) => relation);
    return true;
  } catch (cause) {
    if (cause instanceof NotInSouffle) return false;
    throw cause;
  }
}

function ruleText(rule: IrRule, nameOf: (relation: string) => string): string {
  refuseShadowing(rule.body, new Set(rule.head.args.flatMap((term) => [...variablesOf(term)])));
  const printer = new RulePrinter(nameOf);
  const head = printer.atom(rule.head.relation, rule.head.args);
  return rule.body.length === 0 ? `${head}.` : `${head} :- ${rule.body.map((literal) => printer.literal(literal, false)).join(", ")}.`;
}

/** A local variable of an aggregate that has the name of another one outside would be that other one there. */
function refuseShadowing(body: readonly IrLiteral[], outside: ReadonlySet<string>): void {
  for (const literal of body) {
    if (literal.kind !== "aggregate") continue;
    const around = new Set([
      ...outside,
      ...body.flatMap((other) => (other === literal ? [] : [...literalVariables(other)])),
      ...variablesOf(literal.result),
    ]);
    for (const element of literal.elements) {
      const inside = new Set(element.body.flatMap((inner) => [...literalVariables(inner)]));
      for (const name of inside) if (!literal.outer.includes(name) && around.has(name)) throw new NotInSouffle("a shadowing variable");
      refuseShadowing(element.body, around);
    }
  }
}

class RulePrinter {
  readonly #relation: (name: string) => string;
  readonly #variables = new Map<string, string>();
  readonly #term = (term: Parameters<typeof termText>[0]): string => termText(term, (name) => this.#variable(name));

  constructor(relation: (name: string) => string) {
    this.#relation = relation;
  }

  atom(relation: string, args: readonly (Parameters<typeof termText>[0] | null)[]): string {
    return `${this.#relation(relation)}(${args.map((term) => (term === null ? "_" : this.#term(term))).join(", ")})`;
  }

  literal(literal: IrLiteral, inAggregate: boolean): string {
    switch (literal.kind) {
      case "atom":
        if (inAggregate && !literal.negated && literal.args.includes(null)) throw new NotInSouffle("an attribute that counts there");
        return `${literal.negated ? "!" : ""}${this.atom(literal.relation, literal.args)}`;
      case "compare":
        return `${this.#term(literal.left)} ${literal.op} ${this.#term(literal.right)}`;
      case "test":
        if (literal.test === "match") throw new NotInSouffle("a regular expression, which is ECMAScript's there and RE2's here");
        return `${literal.negated ? "!" : ""}${literal.test}(${this.#term(literal.left)}, ${this.#term(literal.right)})`;
      case "range": {
        if (literal.inclusive) throw new NotInSouffle("an interval");
        const ends = [literal.from, literal.to, ...(literal.step === null ? [] : [literal.step])].map(this.#term);
        return `${this.#term(literal.result)} = range(${ends.join(", ")})`;
      }
      case "aggregate":
        return this.#aggregate(literal);
    }
  }

  #aggregate(literal: Extract<IrLiteral, { kind: "aggregate" }>): string {
    const [element, ...others] = literal.elements;
    const summable = literal.op === "count" || (literal.op !== "mean" && literal.type !== "symbol");
    if (element === undefined || others.length > 0 || !summable) throw new NotInSouffle("such an aggregate");
    const [key] = element.keys;
    const named = key === undefined || literal.op === "count" ? new Set<string>() : variablesOf(key);
    if (literal.outer.some((name) => named.has(name))) throw new NotInSouffle("a target that is always local there");
    const target = literal.op === "count" || key === undefined ? "" : ` ${this.#term(key)}`;
    const body = element.body.map((inner) => this.literal(inner, true)).join(", ");
    return `${this.#term(literal.result)} = ${literal.op}${target} : { ${body} }`;
  }

  #variable(name: string): string {
    const known = this.#variables.get(name);
    if (known !== undefined) return known;
    const fresh = `v${this.#variables.size}`;
    this.#variables.set(name, fresh);
    return fresh;
  }
}
