import { findTheory, type Theory } from "../../logic/theory.ts";
import { quoteName } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import { FactBase } from "../../verify/fact_base.ts";
import type { Door } from "./door.ts";
import { accountName, withFactBase } from "./fact_base_door.ts";
import { type BaseOptions, factBaseOptions } from "./options.ts";

/** The fact base that a command names; or one in memory, with the theories named and `jobs` in force, which is gone afterwards. */
export async function withExtractionBase<T>(
  door: Door,
  options: BaseOptions & { readonly db?: string; readonly theory: readonly string[] },
  action: (base: FactBase) => Promise<T>,
): Promise<T> {
  if (options.db !== undefined) return withFactBase(door, options.db, options, action);
  const base = await FactBase.create(null, factBaseOptions(door.clock, options));
  try {
    const theories = new Map<string, Theory>();
    for (const name of [...options.theory, "jobs"]) {
      const theory = await findTheory(name);
      theories.set(theory.name, theory);
    }
    const verdict = await base.loadTheory([...theories.values()], { author: accountName(), reason: "extract" });
    if (verdict.verdict !== "accepted") throw new Error(`an empty fact base is ${verdict.verdict}`);
    return await action(base);
  } finally {
    await base.close();
  }
}

/** All facts of some relations. */
export async function storedFacts(base: FactBase, relations: readonly string[]): Promise<Map<string, readonly Row[]>> {
  const facts = new Map<string, readonly Row[]>();
  for (const relation of relations) {
    const columns = base.program.relations.get(relation)?.attributes.map(({ name }) => quoteName(name)) ?? [];
    if (columns.length === 0) continue;
    const { rows } = await base.query({ sql: `SELECT ${columns.join(", ")} FROM ${quoteName(relation)} ORDER BY ALL` });
    facts.set(relation, rows as readonly Row[]);
  }
  return facts;
}
