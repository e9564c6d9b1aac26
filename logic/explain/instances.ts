import type { SqlValue } from "../../schema/sql_session.ts";
import type { Value } from "../../schema/value.ts";
import { planBody } from "../engines/duckdb/body.ts";
import type { Evaluation } from "../engines/duckdb/evaluation.ts";
import { literalVariables } from "../engines/duckdb/existential.ts";
import { termSql } from "../engines/duckdb/expression.ts";
import { literalSql } from "../engines/duckdb/literal.ts";
import { whereSql } from "../engines/duckdb/select.ts";
import type { Lowering, Source } from "../engines/duckdb/source.ts";
import type { IrAtom, IrLiteral, IrTerm } from "../language/ir.ts";
import type { Question } from "./premise.ts";
import { shownTerms } from "./shown_terms.ts";

/** One way to satisfy a body: for every literal the values of the terms that `shownTerms` lists. */
export interface Instance {
  readonly values: readonly (readonly Value[])[];
  /** The greatest height among the recursive premises; -1 where there are none. */
  readonly height: number;
}

export interface Answers {
  /** By position of the question's row; least instances first, at most as many as asked for. */
  readonly instances: ReadonlyMap<number, readonly Instance[]>;
  /** How many instances there are, by position. */
  readonly totals: ReadonlyMap<number, number>;
}

const GOAL = "?goal";
const HEIGHT = "?height:";

/**
 * The least `limit` instances of a body for each row of the question. `heights` gives recursive relations with their heights;
 * instances of small height come first. `body` must have no wildcards in positive atoms, and every relation in it must be computed.
 * Returns null where the literals alone do not bind all their variables.
 */
export async function findInstances(
  evaluation: Evaluation,
  body: readonly IrLiteral[],
  question: Question,
  limit: number,
  heights: ReadonlyMap<string, Source> = new Map(),
): Promise<Answers | null> {
  const goal = goalSource(question);
  const lowering: Lowering = {
    ...evaluation.lowering(),
    source: (atom) =>
      atom.relation === GOAL ? goal : (heights.get(atom.relation.replace(HEIGHT, "")) ?? evaluation.source(atom.relation)),
  };
  const withHeight = body.map((literal, at) => raised(literal, at, heights));
  const [span] = body.map((literal) => literal.span);
  const id: IrTerm = { kind: "variable", name: "?id", type: "number" };
  const place = span ?? { file: "", offset: 0, length: 0, line: 1, column: 1 };
  const asked: IrAtom = { kind: "atom", relation: GOAL, args: [id, ...question.terms], negated: false, span: place };
  const literals = [asked, ...withHeight.map(({ literal }) => literal)];
  const plan = planBody(lowering, literals, new Map(), new Set(literals.flatMap((literal) => [...literalVariables(literal)])));
  if (plan === null) return null;
  const sqlOf = (term: IrTerm): string => termSql(term, plan.scope, lowering.symbolBytes).sql;
  const shown = body.map((literal) => shownTerms(literal).map(sqlOf));
  const outs = shown.flat().map((sql, position) => `${sql} AS o${position}`);
  const roundVariables = withHeight.flatMap(({ round }) => (round === null ? [] : [sqlOf(round)]));
  const height = roundVariables.length > 0 ? `greatest(${roundVariables.join(", ")})` : "-1";
  const where = whereSql(plan, { strict: new Set(plan.conditions) });
  const rows = `SELECT DISTINCT ${[`${sqlOf(id)} AS id`, `${height} AS height`, ...outs].join(", ")} FROM ${plan.from}${where}`;
  const order = ["height", ...outs.map((_, position) => `o${position}`)].join(", ");
  const window = `PARTITION BY id ORDER BY ${order}`;
  const sql = `SELECT *, count(*) OVER (PARTITION BY id) FROM (${rows}) QUALIFY row_number() OVER (${window}) <= ${limit} ORDER BY id, ${order}`;
  return decode(await evaluation.session.rows(sql, body.find((literal) => literal.kind === "atom")?.relation ?? "explain"), shown);
}

/** Reads a recursive atom from its table of heights, with the height as one more argument. */
function raised(literal: IrLiteral, at: number, heights: ReadonlyMap<string, Source>): { literal: IrLiteral; round: IrTerm | null } {
  if (literal.kind !== "atom" || literal.negated || !heights.has(literal.relation)) return { literal, round: null };
  const round: IrTerm = { kind: "variable", name: `?round${at}`, type: "number" };
  // A relation without attributes still has its one column.
  const args = literal.args.length === 0 ? [null, round] : [...literal.args, round];
  return { literal: { ...literal, relation: `${HEIGHT}${literal.relation}`, args }, round };
}

function goalSource(question: Question): Source {
  const columns = ["id", ...question.terms.map((_, position) => `c${position}`)];
  const rows = question.rows.map((row, at) => {
    return `(${[`${at}::BIGINT`, ...row.map((value, position) => literalSql(value, question.terms[position]?.type ?? "symbol"))].join(", ")})`;
  });
  return { sql: `(SELECT * FROM (VALUES ${rows.join(", ")}) AS v(${columns.join(", ")}))`, columns, distinct: true, dedupe: false };
}

function decode(rows: readonly (readonly SqlValue[])[], shown: readonly (readonly string[])[]): Answers {
  const instances = new Map<number, Instance[]>();
  const totals = new Map<number, number>();
  for (const row of rows) {
    const id = Number(row[0]);
    let at = 2;
    const values = shown.map((terms) => terms.map(() => row[at++] as Value));
    const instance = { values, height: Number(row[1]) };
    const known = instances.get(id);
    if (known === undefined) instances.set(id, [instance]);
    else known.push(instance);
    totals.set(id, Number(row.at(-1)));
  }
  return { instances, totals };
}
