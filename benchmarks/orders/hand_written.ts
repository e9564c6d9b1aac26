import { quoteText, type SqlSession } from "../../schema/sql_session.ts";
import type { OrderFiles } from "./generate.ts";

/** The checks of `theory/` as a DuckDB user would write them: one query a law, keys included, each giving its violating rows. */
export const handWritten: Readonly<Record<string, string>> = {
  "key.customer": "SELECT id FROM customer GROUP BY id HAVING count(*) > 1",
  "key.orders": "SELECT id FROM orders GROUP BY id HAVING count(*) > 1",
  "key.order_line": "SELECT order_id, line FROM order_line GROUP BY order_id, line HAVING count(*) > 1",
  "order.customer_known": "SELECT id, customer FROM orders WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = customer)",
  "line.order_known": "SELECT order_id, line FROM order_line WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = order_id)",
  "order.has_line": "SELECT id FROM orders WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = id)",
  "line.quantity_bounds": "SELECT order_id, line, quantity FROM order_line WHERE quantity NOT BETWEEN 1 AND 1000",
  "order.paid_has_total": "SELECT id, total FROM orders WHERE status = 'paid' AND total <= 0",
  "order.total_is_sum": `SELECT o.id, o.total, coalesce(s.total, 0) FROM orders o
    LEFT JOIN (SELECT order_id, sum(quantity * price) AS total FROM order_line GROUP BY order_id) s ON s.order_id = o.id WHERE o.total <> coalesce(s.total, 0)`,
  "line.ships_from_region": `SELECT order_id, line, warehouse, region FROM order_line JOIN orders o ON o.id = order_id
    JOIN customer c ON c.id = o.customer WHERE c.status = 'local' AND warehouse <> region`,
};

/**
 * Runs every hand-written check over the Parquet files (faster here than loading them into tables first) and keeps the violating
 * rows, as `assay verify` does. Returns the count of violations by law.
 */
export async function runHandWritten(session: SqlSession, files: OrderFiles): Promise<Map<string, number>> {
  for (const [name, file] of Object.entries(files)) {
    await session.run(`CREATE OR REPLACE TEMP VIEW ${name} AS SELECT * FROM read_parquet(${quoteText(file)})`);
  }
  const counts = new Map<string, number>();
  for (const [law, sql] of Object.entries(handWritten)) {
    await session.run(`CREATE OR REPLACE TEMP TABLE hand_violation AS ${sql}`);
    counts.set(law, Number((await session.rows("SELECT count(*) FROM hand_violation"))[0]?.[0]));
  }
  for (const name of Object.keys(files)) await session.run(`DROP VIEW ${name}`);
  return counts;
}
