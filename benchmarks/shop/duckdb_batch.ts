import type { DuckDbSession } from "../../verify/store/duckdb_session.ts";
import type { ShopRecord } from "./records.ts";

const INDEXES = ["customer(id)", "product(id)", "orders(id)", "orders(customer)", "line(order_id)", "payment(order_id)", "region(id)"];

/** Records of the batch that a law refuses, `base` and batch taken together: `d_<relation>` holds the batch, `pid` its record. */
const potential: readonly string[] = [
  "SELECT d.pid FROM d_customer d WHERE d.region NOT IN (SELECT r.id FROM region r)",
  "SELECT d.pid FROM d_customer d JOIN customer c ON c.id = d.id WHERE c.region <> d.region OR c.standing <> d.standing",
  `WITH hit AS MATERIALIZED (SELECT c.id FROM d_orders d JOIN customer c ON c.id = d.customer)
    SELECT d.pid FROM d_orders d WHERE d.customer NOT IN (SELECT id FROM hit UNION ALL SELECT id FROM d_customer)`,
  "SELECT d.pid FROM d_orders d JOIN orders o ON o.id = d.id WHERE o.customer <> d.customer OR o.state <> d.state",
  "SELECT d.pid FROM d_orders d JOIN customer c ON c.id = d.customer WHERE d.state = 'open' AND c.standing = 'blocked'",
  `WITH hit AS MATERIALIZED (SELECT l.order_id FROM d_orders d JOIN line l ON l.order_id = d.id)
    SELECT d.pid FROM d_orders d WHERE d.id NOT IN (SELECT order_id FROM hit UNION ALL SELECT order_id FROM d_line)`,
  `WITH hit AS MATERIALIZED (SELECT p.order_id FROM d_orders d JOIN payment p ON p.order_id = d.id)
    SELECT d.pid FROM d_orders d WHERE d.state = 'paid' AND d.id NOT IN (SELECT order_id FROM hit UNION ALL SELECT order_id FROM d_payment)`,
  `WITH hit AS MATERIALIZED (SELECT o.id FROM d_line d JOIN orders o ON o.id = d.order_id)
    SELECT d.pid FROM d_line d WHERE d.order_id NOT IN (SELECT id FROM hit UNION ALL SELECT id FROM d_orders)`,
  `WITH hit AS MATERIALIZED (SELECT p.id FROM d_line d JOIN product p ON p.id = d.product)
    SELECT d.pid FROM d_line d WHERE d.product NOT IN (SELECT id FROM hit)`,
  "SELECT pid FROM d_line WHERE quantity NOT BETWEEN 1 AND 1000",
  `SELECT d.pid FROM d_line d JOIN product p ON p.id = d.product JOIN (SELECT id, state FROM d_orders) o ON o.id = d.order_id
    WHERE p.state = 'gone' AND o.state = 'open'`,
  `WITH hit AS MATERIALIZED (SELECT o.id FROM d_payment d JOIN orders o ON o.id = d.order_id)
    SELECT d.pid FROM d_payment d WHERE d.order_id NOT IN (SELECT id FROM hit UNION ALL SELECT id FROM d_orders)`,
  "SELECT d.pid FROM d_payment d JOIN d_orders o ON o.id = d.order_id WHERE o.state = 'cancelled'",
  "SELECT pid FROM d_payment WHERE amount <= 0",
  `WITH old AS MATERIALIZED (SELECT l.order_id FROM line l JOIN d_line d ON d.order_id = l.order_id)
    SELECT min(d.pid) FROM d_line d GROUP BY d.order_id HAVING count(*) + (SELECT count(*) FROM old WHERE old.order_id = d.order_id) > 20`,
  `WITH old AS MATERIALIZED (SELECT p.order_id, p.amount FROM payment p JOIN d_payment d ON d.order_id = p.order_id)
    SELECT min(d.pid) FROM d_payment d GROUP BY d.order_id
    HAVING sum(d.amount) + coalesce((SELECT sum(amount) FROM old WHERE old.order_id = d.order_id), 0) > 1000000`,
];

const columns = {
  customer: "id BIGINT, region BIGINT, standing VARCHAR",
  orders: "id BIGINT, customer BIGINT, state VARCHAR",
  line: "order_id BIGINT, product BIGINT, quantity BIGINT",
  payment: "order_id BIGINT, number BIGINT, amount BIGINT",
} as const;

/**
 * Judges batches of records in DuckDB, set-oriented: the batch goes into permanent delta tables and each law is one query over base and
 * batch, through indexes (not prepared: DuckDB 1.5.6 takes the statistics of a prepared plan for those of the tables as they are later). It finds the records that break a law by themselves, without the sweep that settles which record
 * falls because of another; so it is a lower bound of what exact batches cost. The lawful ones are then inserted.
 */
export async function batchJudge(session: DuckDbSession): Promise<(records: readonly ShopRecord[]) => Promise<number>> {
  await session.run("SET dynamic_or_filter_threshold = 20000");
  await session.run("SET index_scan_max_count = 200000");
  for (const [at, index] of INDEXES.entries()) await session.run(`CREATE INDEX batch_${at} ON ${index}`);
  for (const [relation, list] of Object.entries(columns)) await session.run(`CREATE TABLE d_${relation} (pid BIGINT, ${list})`);
  return async (records) => {
    await session.run("BEGIN");
    for (const relation of Object.keys(columns) as (keyof typeof columns)[]) {
      await session.run(`DELETE FROM d_${relation}`);
      const types = columns[relation].split(", ").map((column) => (column.endsWith("VARCHAR") ? "symbol" : "number"));
      const rows = records.flatMap(({ facts }, pid) => facts.flatMap(([name, row]) => (name === relation ? [[BigInt(pid), ...row]] : [])));
      await session.append({ catalog: null, schema: null, table: `d_${relation}` }, ["number", ...types], rows);
    }
    const refused = new Set<bigint>();
    for (const sql of potential) for (const [pid] of await session.rows(sql)) refused.add(pid as bigint);
    const lawful = `WHERE pid NOT IN (${[...refused, -1n].join(", ")})`;
    for (const relation of Object.keys(columns))
      await session.run(`INSERT INTO ${relation} SELECT * EXCLUDE (pid) FROM d_${relation} ${lawful}`);
    await session.run("COMMIT");
    return refused.size;
  };
}
