import { spawnSync } from "node:child_process";
import type { Term } from "../../logic/language/ast.ts";
import type { IrAggregate, IrLiteral, IrProgram, IrTerm } from "../../logic/language/ir.ts";
import { parseLp } from "../../logic/language/lp/parse.ts";
import type { Row, Value, ValueType } from "../../schema/value.ts";
import type { Facts } from "./duckdb_facts.ts";
import { compareRows } from "./naive_eval.ts";

/** A part of a program or a value that clingo has no word for, or means differently. */
export class NotInClingo extends Error {}

/** clingo's integers wrap past 32 bits in silence; beyond this a sum or difference of two could. */
const SAFE = 2n ** 29n;
const INFIX: Readonly<Record<string, string>> = { "+": "+", "-": "-", "/": "/", "%": "\\", band: "&", bor: "?", bxor: "^" };
const PREFIX: Readonly<Record<string, string>> = { neg: "-", bnot: "~" };

/** Whether native clingo is on the machine. */
export function hasClingo(): boolean {
  return spawnSync("clingo", ["--version"]).status === 0;
}

/** A program of the intermediate form, with its facts, as a program of clingo. Errors: `NotInClingo`. */
export function clingoText(program: IrProgram, facts: Facts): string {
  const lines: string[] = [];
  for (const relation of program.relations.values()) {
    if (relation.role !== "base") lines.push(`#show ${relation.name}/${relation.attributes.length}.`);
    for (const row of facts[relation.name] ?? []) {
      const values = row.map((value, at) => valueText(value, relation.attributes[at]?.type ?? "symbol"));
      lines.push(`${atomText(relation.name, values)}.`);
    }
  }
  for (const { head, body } of program.rules) {
    const names = new Names();
    const text = atomText(
      head.relation,
      head.args.map((term) => termText(term, names)),
    );
    lines.push(body.length === 0 ? `${text}.` : `${text} :- ${body.flatMap((literal) => literalText(literal, names)).join(", ")}.`);
  }
  return `${lines.join("\n")}\n`;
}

/** The tuples of every derived relation in the one answer set of a text that `clingoText` made, in ascending order. */
export function runClingoOver(program: IrProgram, text: string): Map<string, Row[]> {
  const options = ["--outf=0", "--out-atomf=%s.", "-V1", "--warn=none", "--models=2", "-"];
  const run = spawnSync("clingo", options, { input: text, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const answers = [...run.stdout.matchAll(/^Answer: \d+\n(.*)$/gm)].map((match) => match[1] ?? "");
  if (answers.length !== 1) throw new Error(`clingo gave ${answers.length} answer sets: ${run.stderr}\n${text}`);
  const derived = [...program.relations.values()].filter(({ role }) => role === "derived");
  const tuples = new Map<string, Row[]>(derived.map(({ name }) => [name, []]));
  for (const item of parseLp("answer.lp", answers[0] ?? "").program.items)
    for (const { relation, args } of item.kind === "rule" ? item.heads : []) tuples.get(relation)?.push(args.map(readValue));
  for (const rows of tuples.values()) rows.sort(compareRows);
  return tuples;
}

function readValue(term: Term): Value {
  if (term.kind === "integer") return term.value;
  if (term.kind === "string") return term.value;
  throw new Error(`clingo printed a ${term.kind} term`);
}

/** The names of variables: what is local to an aggregate must not have the name of anything outside. */
class Names {
  readonly #own = new Map<string, string>();
  readonly #counter: { next: number };

  constructor(counter = { next: 0 }) {
    this.#counter = counter;
  }

  of(name: string): string {
    const known = this.#own.get(name) ?? this.fresh();
    this.#own.set(name, known);
    return known;
  }

  fresh(): string {
    return `V${this.#counter.next++}`;
  }

  within(outer: readonly string[]): Names {
    const inside = new Names(this.#counter);
    for (const name of outer) inside.#own.set(name, this.of(name));
    return inside;
  }
}

function atomText(name: string, args: readonly string[]): string {
  return args.length === 0 ? name : `${name}(${args.join(", ")})`;
}

function valueText(value: Value, type: ValueType): string {
  if (type === "symbol") return `"${String(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
  if (type === "float") throw new NotInClingo("a float");
  const integer = BigInt(value);
  if (integer > SAFE || integer < -SAFE) throw new NotInClingo("an integer that may wrap");
  return String(integer);
}

function termText(term: IrTerm, names: Names): string {
  if (term.type === "float") throw new NotInClingo("a float");
  if (term.kind === "variable") return names.of(term.name);
  if (term.kind === "constant") return valueText(term.value, term.type);
  const args = term.args.map((argument) => termText(argument, names));
  const infix = INFIX[term.op];
  if (infix !== undefined) return `(${args.join(` ${infix} `)})`;
  const prefix = PREFIX[term.op];
  if (prefix !== undefined && term.type === "number") return `(${prefix}(${args[0]}))`;
  if (term.op === "abs") return `|${args[0]}|`;
  throw new NotInClingo(term.op);
}

function literalText(literal: IrLiteral, names: Names): string[] {
  switch (literal.kind) {
    case "atom": {
      const args = literal.args.map((term) => (term === null ? "_" : termText(term, names)));
      return [`${literal.negated ? "not " : ""}${atomText(literal.relation, args)}`];
    }
    case "compare":
      return [`${termText(literal.left, names)} ${literal.op} ${termText(literal.right, names)}`];
    case "test":
      throw new NotInClingo(literal.test);
    case "range": {
      if (literal.step !== null) throw new NotInClingo("a step");
      const [result, from, to] = [literal.result, literal.from, literal.to].map((term) => termText(term, names));
      // Soufflé's range counts down where its end is below its start; one of the two intervals is empty.
      return [literal.inclusive ? `${result} = ${from}..${to}` : `${result} = (${from}..(${to} - 1);(${to} + 1)..${from})`];
    }
    case "aggregate":
      return aggregateText(literal, names);
  }
}

function aggregateText(literal: IrAggregate, names: Names): string[] {
  if (literal.op === "mean") throw new NotInClingo("a mean");
  const elements = literal.elements.map(({ keys, body }) => {
    const inside = names.within(literal.outer);
    const tuple = keys.map((key) => termText(key, inside)).join(", ") || "0";
    if (body.some((inner) => inner.kind === "aggregate")) throw new NotInClingo("an aggregate within an aggregate");
    return `${tuple} : ${body.flatMap((inner) => literalText(inner, inside)).join(", ")}`;
  });
  const found = names.fresh();
  const bounds = literal.op === "min" ? [`${found} < #sup`] : literal.op === "max" ? [`${found} > #inf`] : [];
  return [`${found} = #${literal.op} { ${elements.join("; ")} }`, ...bounds, `${termText(literal.result, names)} = ${found}`];
}
