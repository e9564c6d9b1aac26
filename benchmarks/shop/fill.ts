import { readTheory } from "../../logic/theory.ts";
import type { ProposedDelta, ProposedRow } from "../../schema/delta.ts";
import type { Place } from "../../schema/place.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { openMemory } from "../../verify/store/duckdb_session.ts";
import { generateShop, type ShopSizes, shopSizes } from "./generate.ts";
import { shopTheory } from "./program.ts";

/** Facts of one delta at most, about; an order comes with its lines and payments. */
const DELTA_FACTS = 1_000_000;

/**
 * Puts the twenty laws in force in an empty fact base and proposes the generated facts of a shop, an order never without its lines.
 * Throws where a verdict is not accepted. Returns the count of facts made.
 */
export async function fillShop(base: FactBase, facts: number): Promise<{ made: number; sizes: ShopSizes }> {
  const session = await openMemory();
  const made = await generateShop(session, facts);
  const loaded = await base.loadTheory([await readTheory(shopTheory)], { author: "bench", reason: "twenty laws" });
  if (loaded.verdict !== "accepted") throw new Error(`the theory is ${loaded.verdict}`);
  const propose = async (reason: string, queries: Readonly<Record<string, string>>): Promise<void> => {
    const rows = new Map<string, readonly ProposedRow[]>();
    for (const [relation, sql] of Object.entries(queries)) rows.set(relation, (await session.rows(sql)) as ProposedRow[]);
    const { verdict, undecided } = await base.propose(proposal(reason, rows));
    if (verdict !== "accepted") throw new Error(`the facts are ${verdict} ${undecided?.detail ?? ""}`);
  };
  await propose("what orders rest on", { region: "FROM region", customer: "FROM customer", product: "FROM product" });
  const parts = Math.ceil(made / DELTA_FACTS);
  for (let part = 0; part < parts; part += 1) {
    const of = (column: string): string => `WHERE ${column} % ${parts} = ${part}`;
    await propose(`orders, part ${part}`, {
      orders: `FROM orders ${of("id")}`,
      line: `FROM line ${of("order_id")}`,
      payment: `FROM payment ${of("order_id")}`,
    });
  }
  await propose("what replaces what", { replaces: "FROM replaces" });
  session.close();
  return { made, sizes: shopSizes(facts) };
}

/** A delta that asserts these rows. */
export function proposal(
  reason: string,
  rows: ReadonlyMap<string, readonly ProposedRow[]>,
  places: ReadonlyMap<string, readonly Place[]> = new Map(),
): ProposedDelta {
  return { proposer: "bench", reason, base: null, key: null, assert: rows, retract: new Map(), places };
}
