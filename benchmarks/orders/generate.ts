import { quoteText, type SqlSession } from "../../schema/sql_session.ts";

/** The three files of one generated data set. */
export interface OrderFiles {
  readonly customer: string;
  readonly orders: string;
  readonly order_line: string;
}

const regions = "['north', 'south', 'east', 'west']";

/**
 * Writes `rows` rows in all (a tenth customers, three tenths orders, the rest lines) as Parquet into `directory`, the same
 * bytes-worth of facts for the same count in every run: values come from `hash(id)`, not from a clock or a random seed.
 * About one row in 1,000 of each kind breaks one law. Returns the files.
 */
export async function generateOrders(session: SqlSession, directory: string, rows: number): Promise<OrderFiles> {
  const customers = Math.floor(rows / 10);
  const orders = Math.floor((rows * 3) / 10);
  const files = {
    customer: `${directory}/customer.parquet`,
    orders: `${directory}/orders.parquet`,
    order_line: `${directory}/order_line.parquet`,
  };
  await session.run(`CREATE OR REPLACE TEMP TABLE g_customer AS
    SELECT CASE WHEN hash(i + 29) % 4000 = 0 THEN i - 1 ELSE i END AS id, ${regions}[1 + (hash(i) % 4)::INT] AS region, CASE WHEN hash(i + 29) % 4000 = 0 THEN 'twin' WHEN hash(i + 1) % 3 = 0 THEN 'local' ELSE 'abroad' END AS status
    FROM range(${customers}) t(i)`);
  await session.run(`CREATE OR REPLACE TEMP TABLE g_line AS
    SELECT CASE WHEN hash(i + 7) % 4000 = 0 THEN ${orders} + i WHEN hash(i // 2 + 23) % 2000 = 0 THEN i // 2 + 1 ELSE i // 2 END AS order_id,
      CASE WHEN hash(i // 2 + 23) % 2000 = 0 THEN i % 2 + 2 ELSE i % 2 END AS line,
      CASE WHEN hash(i + 11) % 4000 = 0 THEN 0 ELSE 1 + (hash(i) % 1000)::BIGINT END AS quantity, 1 + (hash(i + 3) % 100000)::BIGINT AS price,
      CASE WHEN hash(i + 13) % 2000 = 0 THEN 'moon'
        ELSE ${regions}[1 + (hash((hash(i // 2) % ${customers})::BIGINT) % 4)::INT] END AS warehouse
    FROM range(${rows - customers - orders}) t(i)`);
  await session.run(`CREATE OR REPLACE TEMP TABLE g_orders AS
    SELECT i AS id, CASE WHEN hash(i + 17) % 4000 = 0 THEN ${customers} + i ELSE (hash(i) % ${customers})::BIGINT END AS customer,
      ['open', 'paid', 'shipped'][1 + (hash(i + 5) % 3)::INT] AS status,
      CASE WHEN hash(i + 19) % 4000 = 0 THEN -1 ELSE coalesce(total, 0) END AS total
    FROM range(${orders}) t(i) LEFT JOIN (SELECT order_id, sum(quantity * price)::BIGINT AS total FROM g_line GROUP BY order_id) ON order_id = i`);
  for (const [table, file] of [
    ["g_customer", files.customer],
    ["g_orders", files.orders],
    ["g_line", files.order_line],
  ] as const) {
    await session.run(`COPY ${table} TO ${quoteText(file)} (FORMAT parquet)`);
    await session.run(`DROP TABLE ${table}`);
  }
  return files;
}
