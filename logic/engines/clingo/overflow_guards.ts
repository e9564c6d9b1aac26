import type { IrAggregate, IrLiteral, IrOperation, IrRule, IrTerm } from "../../language/ir.ts";
import { CLINGO_INTEGER_MAX } from "./fact_text.ts";
import { type PrintContext, RulePrinter, statement } from "./print_rule.ts";

/** The predicate that holds where a calculation of some rule left clingo's integers, which clingo itself does not notice. */
export const OVERFLOW = "assay_overflow";
const POWER = "assay_power";
const MAX = CLINGO_INTEGER_MAX;
const POWERS_MAX = 30;
/** Sums are bounded by their values in units of this size, rounded up: see `sumGuard`. */
const UNIT = 65_536n;

/** A calculation, and the literals that give its operands values. */
interface Site {
  readonly term: IrOperation;
  readonly body: readonly IrLiteral[];
}

/**
 * Statements that derive `OVERFLOW` where a rule's arithmetic would leave clingo's integers: clingo wraps in silence. They may be too
 * careful (a sum of many small values, a condition that would have kept the rule from applying), never too careless.
 */
export function overflowGuards(context: PrintContext, rules: readonly IrRule[]): string[] {
  const guards = rules.flatMap((rule) => {
    const printer = new RulePrinter(context, rule);
    const sites = [...termSites(rule.head.args, rule.body), ...bodySites(rule.body, [])];
    const guarded = sites.flatMap(({ term, body }) => {
      const given = printer.body(body);
      return conditionsOf(printer, term).map((conditions) => statement(OVERFLOW, [...given, ...conditions]));
    });
    return [...guarded, ...sumSites(rule.body, []).map(({ sum, body }) => sumGuard(printer, sum, body))];
  });
  if (guards.length === 0) return [];
  return [...(guards.some((guard) => guard.includes(POWER)) ? powers() : []), ...new Set(guards)];
}

/** `assay_power(N, B)`: the greatest base whose power of N is an integer of clingo's. */
function powers(): string[] {
  return Array.from({ length: POWERS_MAX - 1 }, (_unused, index) => {
    const power = BigInt(index + 2);
    let base = 1n;
    while ((base + 1n) ** power <= MAX) base += power === 2n && base < 46_000n ? 46_000n - base : 1n;
    return `${POWER}(${power},${base}).`;
  });
}

/** What must hold, in each alternative, for an operation to leave the integers. */
function conditionsOf(printer: RulePrinter, { op, args }: IrOperation): string[][] {
  const [a, b] = args.map((arg) => printer.term(arg, null));
  if (a === undefined) return [];
  switch (op) {
    case "+":
      return [
        [`${a} > 0`, `${b} > ${MAX}-${a}`],
        [`${a} < 0`, `${b} < -${MAX}-${a}`],
      ];
    case "-":
      return [
        [`${b} < 0`, `${a} > ${MAX}+${b}`],
        [`${b} > 0`, `${a} < -${MAX}+${b}`],
      ];
    case "*":
      return [[`${a} != 0`, `|${b}| > ${MAX}/|${a}|`]];
    case "^":
      return [
        [`${POWER}(${b},AssayBase)`, `|${a}| > AssayBase`],
        [`${b} > ${POWERS_MAX}`, `|${a}| > 1`],
      ];
    case "bnot":
      return [[`${a} = ${MAX}`]];
    default:
      return [];
  }
}

/** Whatever the order of its values, a sum stays in bounds where their sizes in units, each rounded up, do. */
function sumGuard(printer: RulePrinter, sum: IrAggregate, body: readonly IrLiteral[]): string {
  const elements = sum.elements.map(({ keys, body: inner }) => {
    const { tuple, beside } = printer.tuple(sum, keys, (term) => printer.term(term, null));
    const [value, ...rest] = tuple;
    return `${[`|${value}|/${UNIT}+1`, value, ...rest].join(",")} : ${[...printer.body(inner, keys), ...beside].join(", ")}`;
  });
  return statement(OVERFLOW, [...printer.body(body), `#sum { ${elements.join(" ; ")} } > ${MAX / UNIT - 1n}`]);
}

function* operationsIn(term: IrTerm | null): Generator<IrOperation> {
  if (term?.kind !== "operation") return;
  yield term;
  for (const arg of term.args) yield* operationsIn(arg);
}

function termSites(terms: readonly (IrTerm | null)[], body: readonly IrLiteral[]): Site[] {
  return terms.flatMap((term) => [...operationsIn(term)].map((operation) => ({ term: operation, body })));
}

/** The operations in the literals of a body, each with the others; `around` are the literals of the rule around an aggregate. */
function bodySites(body: readonly IrLiteral[], around: readonly IrLiteral[]): Site[] {
  return body.flatMap((literal): Site[] => {
    const others = bindable([...around, ...body.filter((other) => other !== literal)]);
    if (literal.kind !== "aggregate") return termSites(termsOf(literal), others);
    return literal.elements.flatMap((element) => [
      ...termSites(element.keys, [...others, ...element.body]),
      ...bodySites(element.body, others),
    ]);
  });
}

function sumSites(body: readonly IrLiteral[], around: readonly IrLiteral[]): { sum: IrAggregate; body: readonly IrLiteral[] }[] {
  return body.flatMap((literal) => {
    if (literal.kind !== "aggregate") return [];
    const others = bindable([...around, ...body.filter((other) => other !== literal)]);
    const inner = literal.elements.flatMap((element) => sumSites(element.body, others));
    return literal.op === "sum" ? [{ sum: literal, body: others }, ...inner] : inner;
  });
}

/** The literals whose variables others among them bind: what is left is safe by itself. */
function bindable(literals: readonly IrLiteral[]): IrLiteral[] {
  const bound = new Set<string>();
  for (let size = -1; size < bound.size; ) {
    size = bound.size;
    for (const literal of literals) for (const name of boundBy(literal, bound)) bound.add(name);
  }
  return literals.filter((literal) => namesOf(literal).every((name) => bound.has(name)));
}

function boundBy(literal: IrLiteral, bound: ReadonlySet<string>): string[] {
  const isGiven = (term: IrTerm): boolean => variablesOf(term).every((name) => bound.has(name));
  const alone = (term: IrTerm): string[] => (term.kind === "variable" ? [term.name] : []);
  if (literal.kind === "atom") return literal.negated ? [] : literal.args.flatMap((arg) => (arg === null ? [] : alone(arg)));
  if (literal.kind === "range") return isGiven(literal.from) && isGiven(literal.to) ? alone(literal.result) : [];
  if (literal.kind === "aggregate") return literal.outer.every((name) => bound.has(name)) ? alone(literal.result) : [];
  if (literal.kind !== "compare" || literal.op !== "=") return [];
  return [...(isGiven(literal.right) ? alone(literal.left) : []), ...(isGiven(literal.left) ? alone(literal.right) : [])];
}

function termsOf(literal: Exclude<IrLiteral, IrAggregate>): (IrTerm | null)[] {
  if (literal.kind === "atom") return [...literal.args];
  return literal.kind === "range" ? [literal.result, literal.from, literal.to] : [literal.left, literal.right];
}

function namesOf(literal: IrLiteral): string[] {
  if (literal.kind === "aggregate") return [...literal.outer, ...variablesOf(literal.result)];
  return termsOf(literal).flatMap((term) => (term === null ? [] : variablesOf(term)));
}

function variablesOf(term: IrTerm): string[] {
  if (term.kind === "variable") return [term.name];
  return term.kind === "operation" ? term.args.flatMap(variablesOf) : [];
}
