import { RE2JS } from "re2js";
import type { IrAtom, IrComparison, IrLiteral, IrTerm, IrTest } from "../../language/ir.ts";
import { joinAggregate } from "./aggregate.ts";
import { impliedAtoms } from "./aggregate_shape.ts";
import { BodyBuilder, type BodyPlan, type Condition, comparison } from "./body_builder.ts";
import { existentialAtoms, variablesOf } from "./existential.ts";
import { columnSql, isBound, type Scope, type SqlExpression } from "./expression.ts";
import { joinRange } from "./range.ts";
import type { Lowering } from "./source.ts";

/** Where a body stands: the table of outer values joined to it, if any, and how many aggregates enclose it. */
export interface Place {
  readonly domain: string | null;
  readonly nesting: number;
}

/**
 * Lowers a conjunction, with the variables of `given` already bound, by the table `place.domain` where it is not null. `needed`
 * are the variables that the head or the aggregate's keys read. Returns null where some literal stays unbound, which for a whole rule is a broken invariant.
 */
export function planBody(
  lowering: Lowering,
  whole: readonly IrLiteral[],
  given: Scope,
  needed: ReadonlySet<string>,
  place: Place = { domain: null, nesting: 0 },
): BodyPlan | null {
  const body = new BodyBuilder(lowering, given, place.nesting);
  if (place.domain !== null) body.tables.push(place.domain);
  const implied = impliedAtoms(whole, (relation) => lowering.isRecursive(relation));
  const literals = whole.filter((literal) => literal.kind !== "atom" || !implied.has(literal));
  const binding = new Set<unknown>(implied.values());
  const existential = existentialAtoms(lowering, literals, given, needed);
  const atoms = literals.filter((literal) => literal.kind === "atom");
  const positive = atoms.filter((atom) => !atom.negated && !existential.has(atom));
  const operations = positive.flatMap((atom) => joinAtom(body, atom));
  const others = literals.filter((literal): literal is Exclude<IrLiteral, IrAtom> => literal.kind !== "atom");
  if (!settle(body, literals, [...operations, ...others], binding)) return null;
  for (const atom of atoms) {
    const filter = atom.negated ? atom : existential.get(atom);
    if (filter === undefined) continue;
    if (!filter.args.every((term) => term === null || isBound(term, body.scope))) return null;
    filterAtom(body, filter);
  }
  return body.plan();
}

/** Work that waits until what it reads is bound. */
type Waiting = Exclude<IrLiteral, IrAtom> | { readonly kind: "column"; readonly column: SqlExpression; readonly term: IrTerm };

/** Joins a positive atom; returns the arguments that are operations, which wait until all variables are bound. */
function joinAtom(body: BodyBuilder, atom: IrAtom): Waiting[] {
  const source = body.lowering.source(atom);
  const alias = body.lowering.fresh();
  const deduped = !source.distinct && source.dedupe;
  body.tables.push(`${deduped ? `(SELECT DISTINCT * FROM ${source.sql})` : source.sql} AS ${alias}`);
  const waiting: Waiting[] = [];
  atom.args.forEach((term, position) => {
    if (term === null) return;
    const column = columnSql(alias, source.columns[position] ?? "", term.type);
    if (term.kind === "operation") waiting.push({ kind: "column", column, term });
    else body.unify(term, column);
  });
  const whole = (source.distinct || deduped) && atom.args.every((term) => term !== null && term.kind !== "operation");
  body.multipliers.push({ variables: whole ? variablesOf(atom) : null });
  return waiting;
}

/** Cheap literals first and aggregates last, as an aggregate may need to know which rows it is asked for. */
const ORDER = ["compare", "column", "test", "range", "aggregate"] as const;

/** Binds and compares until nothing waits. False where some literal stays unbound. */
function settle(body: BodyBuilder, literals: readonly IrLiteral[], work: readonly Waiting[], binding: ReadonlySet<unknown>): boolean {
  let waiting = [...work];
  while (waiting.length > 0) {
    const kind = ORDER.find((candidate) => waiting.some((item) => item.kind === candidate && isReady(body, item, binding)));
    const ready = waiting.find((item) => item.kind === kind && isReady(body, item, binding));
    if (ready === undefined) return false;
    waiting = waiting.filter((item) => item !== ready);
    if (ready.kind === "compare") compare(body, ready);
    else if (ready.kind === "column") body.addEquality(ready.column, body.term(ready.term));
    else if (ready.kind === "test") body.conditions.push(textTest(body, ready));
    else if (ready.kind === "range") joinRange(body, ready);
    else joinAggregate(body, ready, literals);
  }
  return true;
}

function isReady(body: BodyBuilder, item: Waiting, binding: ReadonlySet<unknown>): boolean {
  const bound = (term: IrTerm | null): boolean => term === null || isBound(term, body.scope);
  const free = (term: IrTerm): boolean => term.kind === "variable" || bound(term);
  switch (item.kind) {
    case "column":
      return bound(item.term);
    case "test":
      return bound(item.left) && bound(item.right);
    case "compare":
      if (bound(item.left) && bound(item.right)) return true;
      return item.op === "=" && ((bound(item.left) && free(item.right)) || (bound(item.right) && free(item.left)));
    case "range":
      return bound(item.from) && bound(item.to) && bound(item.step) && free(item.result);
    case "aggregate":
      return (binding.has(item) || item.outer.every((name) => body.scope.has(name))) && free(item.result);
  }
}

function compare(body: BodyBuilder, { op, left, right }: IrComparison): void {
  if (op !== "=") body.conditions.push(comparison(op, body.term(left), body.term(right)));
  else if (isBound(right, body.scope)) body.unify(left, body.term(right));
  else body.unify(right, body.term(left));
}

/** A negated atom as an anti join, an existential one as a semi join: both keep the rows' multiplicity. */
function filterAtom(body: BodyBuilder, atom: IrAtom): void {
  const source = body.lowering.source(atom);
  const alias = body.lowering.fresh();
  const equalities = atom.args.flatMap((term, position) => {
    return term === null ? [] : [`${alias}.${source.columns[position]} = ${body.term(term).sql}`];
  });
  if (equalities.length > 0) {
    body.filters.push(`${atom.negated ? "ANTI" : "SEMI"} JOIN ${source.sql} AS ${alias} ON (${equalities.join(" AND ")})`);
  } else {
    const exists = `EXISTS (SELECT 1 FROM ${source.sql} AS ${alias})`;
    body.conditions.push({ sql: atom.negated ? `NOT ${exists}` : exists, fallible: false, aliases: new Set(), equality: false });
  }
}

/** DuckDB reads a constant pattern before it runs anything, so that no TRY helps. */
function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}

function textTest(body: BodyBuilder, { test, negated, lenient, ...sides }: IrTest): Condition {
  const [left, right] = [body.term(sides.left), body.term(sides.right)];
  if (lenient === true && sides.left.kind === "constant" && !isPattern(String(sides.left.value))) {
    return { sql: "false", fallible: false, aliases: new Set(), equality: false };
  }
  if (lenient === true) {
    const matches = `TRY(regexp_full_match(${right.sql}, ${left.sql}))`;
    const sql = `coalesce(${negated ? `NOT ${matches}` : matches}, false)`;
    return { sql, fallible: false, aliases: new Set([...left.aliases, ...right.aliases]), equality: false };
  }
  let sql = `contains(${right.sql}, ${left.sql})`;
  let fallible = left.failures.length + right.failures.length > 0;
  if (test === "match" && left.aliases.size === 0) {
    sql = `regexp_full_match(${right.sql}, ${left.sql})`;
  } else if (test === "match") {
    sql = `TRY(regexp_full_match(${right.sql}, ${left.sql}))`;
    fallible = true;
    body.addFailures([{ when: `(${sql} IS NULL)`, code: "'pattern'" }]);
  }
  return { sql: negated ? `(NOT ${sql})` : sql, fallible, aliases: new Set([...left.aliases, ...right.aliases]), equality: false };
}
