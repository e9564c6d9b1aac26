import type { Limits } from "../../schema/limits.ts";
import type { Value } from "../../schema/value.ts";
import type { FactBase } from "../fact_base.ts";
import { toldLine, toldValue } from "./told_text.ts";

/** Facts that a job's model is shown: a Datalog query and its answer. */
export interface FactView {
  readonly query: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** Whether there were more than are shown. */
  readonly more: boolean;
}

/** The answers of some queries as of one commit, at most `prompt_facts` rows of each. Errors: `query.rejected`, `query.undecided`. */
export async function readView(base: Pick<FactBase, "head" | "limits" | "query">, queries: readonly string[]): Promise<FactView[]> {
  const asOf = base.head;
  const views: FactView[] = [];
  for (const query of queries) {
    const { columns, rows, more } = await base.query({ datalog: query }, { asOf, limit: base.limits.prompt_facts });
    views.push({ query, columns, rows: rows as readonly (readonly Value[])[], more });
  }
  return views;
}

/** Views as a prompt tells them, a line a row. */
export function viewLines(views: readonly FactView[], { prompt_characters }: Pick<Limits, "prompt_characters">): string[] {
  return views.flatMap(({ query, columns, rows, more }) => [
    toldLine(query, prompt_characters),
    ...rows.map((row) => `- ${toldLine(row.map((value, at) => `${columns[at]} = ${toldValue(value)}`).join(", "), prompt_characters)}`),
    ...(rows.length === 0 ? ["- none"] : []),
    ...(more ? ["- and more"] : []),
  ]);
}
