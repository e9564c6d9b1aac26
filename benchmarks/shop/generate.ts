import { quoteName, type SqlSession } from "../../schema/sql_session.ts";

/** How many rows each relation of a shop has. Ids run from 1. */
export interface ShopSizes {
  readonly regions: number;
  readonly customers: number;
  readonly products: number;
  readonly orders: number;
  readonly lines: number;
}

export const shopRelations = ["region", "customer", "product", "orders", "line", "payment", "replaces"] as const;
export type ShopRelation = (typeof shopRelations)[number];

/** Every so many ids a customer is blocked, a product gone. */
const EXCEPTION_EVERY = 50;
const ORDERS_A_CHAIN = 20;

/** The sizes for about `facts` facts in all; payments and replacements, about 17 in 100, follow from the orders. */
export function shopSizes(facts: number): ShopSizes {
  const part = (share: number): number => Math.max(EXCEPTION_EVERY, Math.floor(facts * share));
  return { regions: 100, customers: part(0.1), products: part(0.01), orders: part(0.3), lines: part(0.425) };
}

/**
 * Makes one table a relation in the session, `main.<relation>`, of about `facts` facts that break no law; the same facts in every run, since
 * values come from `hash(id)`. Returns the count of facts.
 */
export async function generateShop(session: SqlSession, facts: number): Promise<number> {
  const { regions, customers, products, orders, lines } = shopSizes(facts);
  const tables: Readonly<Record<ShopRelation, string>> = {
    region: `SELECT i AS id, i // 10 AS parent FROM range(1, ${regions + 1}) t(i)`,
    customer: `SELECT i AS id, (1 + hash(i) % ${regions})::BIGINT AS region, CASE WHEN i % ${EXCEPTION_EVERY} = 0 THEN 'blocked' ELSE 'good' END AS standing
      FROM range(1, ${customers + 1}) t(i)`,
    product: `SELECT i AS id, (1 + hash(i) % 10000)::BIGINT AS price, CASE WHEN i % ${EXCEPTION_EVERY} = 0 THEN 'gone' ELSE 'active' END AS state
      FROM range(1, ${products + 1}) t(i)`,
    orders: `SELECT id, customer, CASE WHEN state < 4 THEN 'paid' WHEN state = 4 OR customer % ${EXCEPTION_EVERY} = 0 THEN 'cancelled' ELSE 'open' END AS state
      FROM (SELECT i AS id, (1 + hash(i) % ${customers})::BIGINT AS customer, hash(i + 3) % 10 AS state FROM range(1, ${orders + 1}) t(i))`,
    line: `SELECT DISTINCT order_id, CASE WHEN product % ${EXCEPTION_EVERY} = 0 THEN product - 1 ELSE product END AS product, quantity
      FROM (SELECT CASE WHEN i < ${orders} THEN i + 1 ELSE 1 + hash(i + 5) % ${orders} END::BIGINT AS order_id,
        (1 + hash(i + 7) % ${products})::BIGINT AS product, (1 + hash(i + 11) % 1000)::BIGINT AS quantity FROM range(${lines}) t(i))`,
    payment: "SELECT id AS order_id, 1::BIGINT AS number, (1 + hash(id) % 1000)::BIGINT AS amount FROM orders WHERE state = 'paid'",
    replaces: `SELECT i AS order_id, i - 1 AS earlier FROM range(1, ${orders + 1}) t(i) WHERE i % ${ORDERS_A_CHAIN} BETWEEN 2 AND 4`,
  };
  let count = 0;
  for (const relation of shopRelations) {
    await session.run(`CREATE OR REPLACE TABLE ${quoteName(relation)} AS ${tables[relation]}`);
    count += Number((await session.rows(`SELECT count(*) FROM ${quoteName(relation)}`))[0]?.[0]);
  }
  return count;
}
