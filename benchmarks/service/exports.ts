import { request } from "node:http";
import { openMemory } from "../../verify/store/duckdb_session.ts";
import { measure } from "../measure.ts";
import { generateShop } from "../shop/generate.ts";

const ROUNDS = 9;
const RELATION = "line";
const TYPES = ["number", "number", "number"] as const;
const ARROW = "application/vnd.apache.arrow.stream";
const NDJSON = "application/x-ndjson";

/** Asks for a resource and throws what comes away. */
function read(url: string, path: string, accept: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { headers: { accept } }, (response) => {
      response.on("data", () => undefined);
      response.on("end", () => resolve());
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}

/**
 * Prints how long exports of a relation take, beside DuckDB's own scan of the same rows, whose values are looked at and left, and beside
 * `JSON.stringify` of objects made of them.
 */
export async function exportsOf(url: string, facts: number): Promise<void> {
  const session = await openMemory();
  await generateShop(session, facts);
  const sql = `SELECT order_id, product, quantity FROM ${RELATION}`;
  const path = `/v1/facts/${RELATION}`;
  const scan = async (): Promise<void> => {
    let sum = 0n;
    await session.chunks(sql, TYPES, (columns, rows) => {
      for (const column of columns) if (column.kind !== "symbol" && column.kind !== "float") sum += column.values[rows - 1] ?? 0n;
    });
    if (sum === 0n) throw new Error("nothing was read");
  };
  const stringify = async (): Promise<void> => {
    const rows = await session.rows(sql);
    let bytes = 0;
    for (const [order_id, product, quantity] of rows) {
      bytes += JSON.stringify({ order_id: Number(order_id), product: Number(product), quantity: Number(quantity) }).length;
    }
    if (bytes === 0) throw new Error("nothing was written");
  };
  const measured = await measure(
    {
      "DuckDB's scan, in this process": scan,
      "JSON.stringify of row objects": stringify,
      "Arrow over HTTP": () => read(url, path, ARROW),
      "NDJSON over HTTP": () => read(url, path, NDJSON),
      "CSV over HTTP": () => read(url, path, "text/csv"),
    },
    ROUNDS,
  );
  session.close();
  const scan_ms = measured[0]?.median_ms ?? Number.NaN;
  process.stdout.write("| export of the lines | ms | speed of the scan |\n|---|---|---|\n");
  for (const { name, median_ms } of measured) {
    process.stdout.write(`| ${name} | ${median_ms.toFixed(0)} | ${((100 * scan_ms) / median_ms).toFixed(0)} % |\n`);
  }
}
