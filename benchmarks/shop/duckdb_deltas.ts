import { quoteName, quoteText, type SqlSession } from "../../schema/sql_session.ts";
import type { OneFactDelta } from "./deltas.ts";
import { type ShopRelation, shopRelations } from "./generate.ts";

/** The keys by which the statements below look facts up. */
const indexes: readonly (readonly [ShopRelation, string])[] = [
  ["region", "id"],
  ["customer", "id"],
  ["product", "id"],
  ["orders", "id"],
  ["orders", "customer"],
  ["line", "order_id"],
  ["payment", "order_id"],
  ["replaces", "order_id"],
];

const columns: Readonly<Record<ShopRelation, readonly string[]>> = {
  region: ["id", "parent"],
  customer: ["id", "region", "standing"],
  product: ["id", "price", "state"],
  orders: ["id", "customer", "state"],
  line: ["order_id", "product", "quantity"],
  payment: ["order_id", "number", "amount"],
  replaces: ["order_id", "earlier"],
};

/**
 * For each kind of delta one statement with the checks of every law that such a fact can break, by the fact's values `$1`, `$2`, `$3`:
 * what a person would prepare who knows that the state before broke no law. Each row names a law that the delta breaks.
 */
const checks: Readonly<Record<string, string>> = {
  "assert line": `SELECT 'order_known' WHERE NOT EXISTS (FROM orders WHERE id = $1)
    UNION ALL SELECT 'product_known' WHERE NOT EXISTS (FROM product WHERE id = $2)
    UNION ALL SELECT 'quantity' WHERE $3 < 1 OR $3 > 1000
    UNION ALL SELECT 'gone' FROM product WHERE id = $2 AND state = 'gone' AND EXISTS (FROM orders WHERE id = $1 AND state = 'open')
    UNION ALL SELECT 'count' WHERE (SELECT count(*) FROM line WHERE order_id = $1) >= 20`,
  "retract line": `SELECT 'has_line' WHERE EXISTS (FROM orders WHERE id = $1)
    AND NOT EXISTS (FROM line WHERE order_id = $1 AND NOT (product = $2 AND quantity = $3))`,
  "assert customer": `SELECT 'region_known' WHERE NOT EXISTS (FROM region WHERE id = $2)
    UNION ALL SELECT 'one' WHERE EXISTS (FROM customer WHERE id = $1)
    UNION ALL SELECT 'blocked' WHERE $3 = 'blocked' AND EXISTS (FROM orders WHERE customer = $1 AND state = 'open')`,
  "retract customer": "SELECT 'customer_known' WHERE EXISTS (FROM orders WHERE customer = $1) AND $2 = $2 AND $3 = $3",
  "assert orders": `SELECT 'customer_known' WHERE NOT EXISTS (FROM customer WHERE id = $2)
    UNION ALL SELECT 'one' WHERE EXISTS (FROM orders WHERE id = $1)
    UNION ALL SELECT 'blocked' WHERE $3 = 'open' AND EXISTS (FROM customer WHERE id = $2 AND standing = 'blocked')
    UNION ALL SELECT 'has_line' WHERE NOT EXISTS (FROM line WHERE order_id = $1)
    UNION ALL SELECT 'payment' WHERE $3 = 'paid' AND NOT EXISTS (FROM payment WHERE order_id = $1)
    UNION ALL SELECT 'cancelled' WHERE $3 = 'cancelled' AND EXISTS (FROM payment WHERE order_id = $1)`,
  "assert payment": `SELECT 'order_known' WHERE NOT EXISTS (FROM orders WHERE id = $1)
    UNION ALL SELECT 'cancelled' WHERE EXISTS (FROM orders WHERE id = $1 AND state = 'cancelled')
    UNION ALL SELECT 'amount' WHERE $3 <= 0 OR $2 < 0
    UNION ALL SELECT 'sum' WHERE (SELECT coalesce(sum(amount), 0) FROM payment WHERE order_id = $1) + $3 > 1000000`,
  "assert replaces": `WITH RECURSIVE reach(o) AS (SELECT $2::BIGINT UNION SELECT r.earlier FROM reach JOIN replaces r ON r.order_id = reach.o)
    SELECT 'cycle' FROM reach WHERE o = $1`,
  "retract replaces": "SELECT 'never' WHERE $1 + $2 IS NULL",
};

/**
 * Builds the indexes, sets what lets DuckDB use them in joins, and prepares the statements. Returns a function that judges one delta,
 * makes the change where no law refuses it, and tells whether one did. The state before must break no law.
 */
export async function preparedDeltas(session: SqlSession): Promise<(delta: OneFactDelta) => Promise<boolean>> {
  await session.run("SET dynamic_or_filter_threshold = 1000");
  await session.run("SET index_scan_max_count = 200000");
  for (const [relation, column] of indexes)
    await session.run(`CREATE INDEX by_${relation}_${column} ON ${quoteName(relation)} (${column})`);
  for (const [kind, sql] of Object.entries(checks)) await session.run(`PREPARE ${quoteName(kind)} AS ${sql}`);
  for (const relation of shopRelations) {
    const named = columns[relation];
    const same = named.map((column, at) => `${column} = $${at + 1}`).join(" AND ");
    await session.run(
      `PREPARE ${quoteName(`make assert ${relation}`)} AS INSERT INTO ${relation} VALUES (${named.map((_, at) => `$${at + 1}`)})`,
    );
    await session.run(`PREPARE ${quoteName(`make retract ${relation}`)} AS DELETE FROM ${relation} WHERE ${same}`);
  }
  return async ({ sign, relation, row }) => {
    const values = row.map((value) => (typeof value === "string" ? quoteText(value) : String(value))).join(", ");
    const broken = await session.rows(`EXECUTE ${quoteName(`${sign} ${relation}`)}(${values})`);
    if (broken.length === 0) await session.run(`EXECUTE ${quoteName(`make ${sign} ${relation}`)}(${values})`);
    return broken.length > 0;
  };
}
