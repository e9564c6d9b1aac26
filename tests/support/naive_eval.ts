import type { IrAggregate, IrAtom, IrComparison, IrLiteral, IrProgram, IrRange, IrRule, IrTerm, IrTest } from "../../logic/language/ir.ts";
import type { Row, Value } from "../../schema/value.ts";
import { type Bindings, compareValues, comparisonHolds, Failed, termValue } from "./naive_terms.ts";

/** Thrown where a rule instance cannot be evaluated, or a bound is passed. */
export class NaiveUndecided extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** What holds so far, and how many combinations of rows may still be looked at. */
class Tuples extends Map<string, Map<string, Row>> {
  #left: number;

  constructor(work: number) {
    super();
    this.#left = work;
  }

  spend(combinations: number): void {
    this.#left -= combinations;
    if (this.#left < 0) throw new NaiveUndecided("work");
  }
}

export function rowKey(row: Row): string {
  return JSON.stringify(row.map((value) => (typeof value === "bigint" ? `${value}n` : value)));
}

/**
 * All tuples of the relations that `roots` depend on, bottom-up and round by round, straight from the definitions: a rule
 * instance is false where some literal is false, undecided where none is false and some cannot be evaluated.
 * Errors: `NaiveUndecided`, with the code `work` where more than `bounds.work` combinations of rows would have to be looked at.
 */
export function evaluate(
  program: IrProgram,
  facts: Readonly<Record<string, readonly Row[]>>,
  roots: readonly string[],
  bounds: { rounds: number; rows: number; work?: number },
): Map<string, Row[]> {
  const tuples = new Tuples(bounds.work ?? Number.POSITIVE_INFINITY);
  for (const [name, rows] of Object.entries(facts)) tuples.set(name, new Map(rows.map((row) => [rowKey(row), row])));
  const reached = new Set(roots);
  for (const name of reached) {
    for (const rule of program.rules) if (rule.head.relation === name) for (const atom of atoms(rule.body)) reached.add(atom.relation);
  }
  for (const stratum of program.strata) {
    if (!stratum.relations.some((name) => reached.has(name))) continue;
    const rules = program.rules.filter((rule) => stratum.relations.includes(rule.head.relation));
    for (const name of stratum.relations) tuples.set(name, new Map());
    for (let round = 0; ; round++) {
      if (round > bounds.rounds) throw new NaiveUndecided("rounds");
      const found = rules.flatMap((rule) => heads(rule, tuples).map((row) => [rule.head.relation, row] as const));
      let grown = false;
      for (const [name, row] of found) {
        const known = tuples.get(name) as Map<string, Row>;
        if (known.has(rowKey(row))) continue;
        known.set(rowKey(row), row);
        grown = true;
        if (known.size > bounds.rows) throw new NaiveUndecided("rows_derived");
      }
      if (!grown || !stratum.recursive) break;
    }
  }
  return new Map([...tuples].map(([name, rows]) => [name, [...rows.values()].sort(compareRows)]));
}

export function compareRows(a: Row, b: Row): number {
  for (let position = 0; position < a.length; position++) {
    const order = compareValues(a[position] as Value, b[position] as Value);
    if (order !== 0) return order;
  }
  return 0;
}

function atoms(body: readonly IrLiteral[]): IrAtom[] {
  return body.flatMap((literal) =>
    literal.kind === "atom" ? [literal] : literal.kind === "aggregate" ? literal.elements.flatMap((element) => atoms(element.body)) : [],
  );
}

function heads(rule: IrRule, tuples: Tuples): Row[] {
  return instances(rule.body, new Map(), tuples).map((instance) => {
    const row = rule.head.args.map((term) => termValue(term, instance.bindings));
    const failed = instance.failed ?? row.find((value) => value instanceof Failed);
    if (failed instanceof Failed) throw new NaiveUndecided(failed.code);
    return row as Value[];
  });
}

interface Instance {
  readonly bindings: Bindings;
  readonly failed: Failed | null;
}

/** Instances of a body of which no literal is false. */
function instances(body: readonly IrLiteral[], given: Bindings, tuples: Tuples): Instance[] {
  let partial: { bindings: Bindings; waiting: IrLiteral[] }[] = [{ bindings: given, waiting: [] }];
  for (const literal of body) {
    if (literal.kind !== "atom" || literal.negated) {
      partial = partial.map(({ bindings, waiting }) => ({ bindings, waiting: [...waiting, literal] }));
      continue;
    }
    const rows = [...(tuples.get(literal.relation)?.values() ?? [])];
    tuples.spend(partial.length * rows.length);
    partial = partial.flatMap(({ bindings, waiting }) => rows.flatMap((row) => matchAtom(literal, row, bindings, waiting)));
  }
  return partial.flatMap(({ bindings, waiting }) => settle(bindings, waiting, null, tuples));
}

/** Operations among the arguments become equations, to be judged once every variable is bound. */
function matchAtom(atom: IrAtom, row: Row, bindings: Bindings, waiting: IrLiteral[]): { bindings: Bindings; waiting: IrLiteral[] }[] {
  const extended = new Map(bindings);
  const equations: IrLiteral[] = [];
  for (const [position, term] of atom.args.entries()) {
    const value = row[position] as Value;
    if (term === null) continue;
    if (term.kind === "variable" && !extended.has(term.name)) extended.set(term.name, value);
    else if (term.kind === "operation") {
      equations.push({ kind: "compare", op: "=", left: { kind: "constant", value, type: term.type }, right: term, span: atom.span });
    } else {
      const known = termValue(term, extended);
      if (known instanceof Failed)
        equations.push({ kind: "compare", op: "=", left: { kind: "constant", value, type: term.type }, right: term, span: atom.span });
      else if (compareValues(known, value) !== 0) return [];
    }
  }
  return [{ bindings: extended, waiting: [...waiting, ...equations] }];
}

function settle(bindings: Bindings, waiting: readonly IrLiteral[], failed: Failed | null, tuples: Tuples): Instance[] {
  if (waiting.length === 0) return [{ bindings, failed }];
  const ready =
    waiting.find((literal) => literal.kind === "compare" && literal.op === "=" && isReady(literal, bindings)) ??
    waiting.find((literal) => isReady(literal, bindings));
  if (ready === undefined) throw new Error("unsafe body");
  const rest = waiting.filter((literal) => literal !== ready);
  return judge(ready, bindings, tuples).flatMap((next) => settle(next.bindings, rest, failed ?? next.failed, tuples));
}

function bound(term: IrTerm | null, bindings: Bindings): boolean {
  if (term === null || term.kind === "constant") return true;
  return term.kind === "variable" ? bindings.has(term.name) : term.args.every((argument) => bound(argument, bindings));
}

function isReady(literal: IrLiteral, bindings: Bindings): boolean {
  const free = (term: IrTerm): boolean => term.kind === "variable" || bound(term, bindings);
  switch (literal.kind) {
    case "atom":
      return literal.args.every((term) => bound(term, bindings));
    case "test":
      return bound(literal.left, bindings) && bound(literal.right, bindings);
    case "compare":
      if (bound(literal.left, bindings) && bound(literal.right, bindings)) return true;
      return (
        literal.op === "=" &&
        ((bound(literal.left, bindings) && free(literal.right)) || (bound(literal.right, bindings) && free(literal.left)))
      );
    case "range":
      return [literal.from, literal.to, literal.step].every((term) => bound(term, bindings)) && free(literal.result);
    case "aggregate":
      return literal.outer.every((name) => bindings.has(name)) && free(literal.result);
  }
}

/** The ways in which a literal is not false. */
function judge(literal: IrLiteral, bindings: Bindings, tuples: Tuples): Instance[] {
  switch (literal.kind) {
    case "atom":
      return judgeNegation(literal, bindings, tuples);
    case "test":
      return judgeTest(literal, bindings);
    case "compare":
      return judgeComparison(literal, bindings);
    case "range":
      return rangeValues(literal, bindings).flatMap((value) => unify(literal.result, value, bindings));
    case "aggregate": {
      const value = aggregateValue(literal, bindings, tuples);
      return value === null ? [] : unify(literal.result, value, bindings);
    }
  }
}

function judgeNegation(atom: IrAtom, bindings: Bindings, tuples: Tuples): Instance[] {
  const args = atom.args.map((term) => (term === null ? null : termValue(term, bindings)));
  const failed = args.find((value) => value instanceof Failed);
  if (failed instanceof Failed) return [{ bindings, failed }];
  const matches = (row: Row): boolean =>
    args.every((value, position) => value === null || compareValues(value as Value, row[position] as Value) === 0);
  return [...(tuples.get(atom.relation)?.values() ?? [])].some(matches) ? [] : [{ bindings, failed: null }];
}

function judgeTest(literal: IrTest, bindings: Bindings): Instance[] {
  const [left, right] = [termValue(literal.left, bindings), termValue(literal.right, bindings)];
  if (left instanceof Failed || right instanceof Failed) return [{ bindings, failed: left instanceof Failed ? left : (right as Failed) }];
  const [pattern, text] = [String(left), String(right)];
  const passed = literal.test === "contains" ? text.includes(pattern) : new RegExp(`^(?:${pattern})$`, "u").test(text);
  return passed !== literal.negated ? [{ bindings, failed: null }] : [];
}

function judgeComparison(literal: IrComparison, bindings: Bindings): Instance[] {
  if (!bound(literal.left, bindings)) return unify(literal.left, termValue(literal.right, bindings), bindings);
  if (!bound(literal.right, bindings)) return unify(literal.right, termValue(literal.left, bindings), bindings);
  const [left, right] = [termValue(literal.left, bindings), termValue(literal.right, bindings)];
  if (left instanceof Failed || right instanceof Failed) return [{ bindings, failed: left instanceof Failed ? left : (right as Failed) }];
  return comparisonHolds(literal.op, left, right) ? [{ bindings, failed: null }] : [];
}

function unify(term: IrTerm, value: Value | Failed, bindings: Bindings): Instance[] {
  if (term.kind === "variable" && !bindings.has(term.name)) {
    return [{ bindings: new Map([...bindings, [term.name, value]]), failed: value instanceof Failed ? value : null }];
  }
  const known = termValue(term, bindings);
  if (value instanceof Failed || known instanceof Failed)
    return [{ bindings, failed: value instanceof Failed ? value : (known as Failed) }];
  return compareValues(known, value) === 0 ? [{ bindings, failed: null }] : [];
}

function rangeValues(literal: IrRange, bindings: Bindings): (Value | Failed)[] {
  const from = termValue(literal.from, bindings);
  const to = termValue(literal.to, bindings);
  const step = literal.step === null ? null : termValue(literal.step, bindings);
  for (const operand of [from, to, step]) if (operand instanceof Failed) return [operand];
  const [first, last] = [from as bigint, to as bigint];
  const stride = (step as bigint | null) ?? (literal.inclusive || first <= last ? 1n : -1n);
  if (stride === 0n) return (first === last) === literal.inclusive ? [first] : [];
  const values: bigint[] = [];
  const inside = (value: bigint): boolean => (stride > 0n ? value < last : value > last) || (literal.inclusive && value === last);
  for (let value = first; inside(value); value += stride) values.push(value);
  return values;
}

function aggregateValue(literal: IrAggregate, bindings: Bindings, tuples: Tuples): Value | Failed | null {
  const outer = new Map(literal.outer.map((name) => [name, bindings.get(name) as Value | Failed]));
  for (const value of outer.values()) if (value instanceof Failed) return value;
  const keys = new Map<string, Value[]>();
  for (const element of literal.elements) {
    for (const instance of instances(element.body, outer, tuples)) {
      const row = element.keys.map((term) => termValue(term, instance.bindings));
      const failed = instance.failed ?? row.find((value) => value instanceof Failed);
      if (failed instanceof Failed) return failed;
      keys.set(`${element.keys.map(({ type }) => type).join()} ${rowKey(row as Value[])}`, row as Value[]);
    }
  }
  const values = [...keys.values()].map(([first]) => first as Value).sort(compareValues);
  return fold(literal, values);
}

function fold(literal: IrAggregate, values: readonly Value[]): Value | Failed | null {
  const sum = literal.op === "sum" || literal.op === "mean" ? total(values, literal.type === "float") : 0n;
  switch (literal.op) {
    case "count":
      return BigInt(values.length);
    case "sum": {
      if (typeof sum === "number") return Number.isFinite(sum) ? sum : new Failed("overflow");
      const [least, most] = literal.type === "unsigned" ? [0n, 2n ** 64n] : [-(2n ** 63n), 2n ** 63n];
      return sum < least || sum >= most ? new Failed("overflow") : sum;
    }
    case "min":
      return values[0] ?? null;
    case "max":
      return values.at(-1) ?? null;
    case "mean": {
      if (values.length === 0) return null;
      const mean = Number(sum) / values.length;
      return Number.isFinite(mean) ? mean : new Failed("overflow");
    }
  }
}

function total(values: readonly Value[], isFloat: boolean): number | bigint {
  if (isFloat) return (values as number[]).reduce((sum, value) => sum + value, 0);
  return (values as bigint[]).reduce((sum, value) => sum + value, 0n);
}
