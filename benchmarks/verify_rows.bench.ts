/**
 * Question: what does a verdict over generated Parquet files cost beside the same checks written by hand in DuckDB SQL?
 * Hypothesis: laws lower to what a person would write, so at most 1.3 times; Soufflé, which reads and indexes every fact, at least 5 times.
 * Peers in the same run: the hand-written queries; Soufflé's interpreter on the same program where there is one (reading included).
 * Arguments: the row counts, 1000000 and 10000000 where none is given.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quoteText } from "../schema/sql_session.ts";
import { openMemory } from "../verify/store/duckdb_session.ts";
import { measure, printMeasured } from "./measure.ts";
import { generateOrders } from "./orders/generate.ts";
import { runHandWritten } from "./orders/hand_written.ts";
import { verifyOrders } from "./orders/verify_orders.ts";
import { factFolder, findSouffle, runSouffle } from "./souffle.ts";

const ROUNDS = 5;
const counts = process.argv.slice(2).map(Number);
const souffle = findSouffle();
if (souffle === null) process.stdout.write("souffle: not on this machine, left out\n");

for (const rows of counts.length > 0 ? counts : [1_000_000, 10_000_000]) {
  const folder = mkdtempSync(join(tmpdir(), "assay-orders-"));
  const session = await openMemory();
  const files = await generateOrders(session, folder, rows);
  const [mine, hand] = [await verifyOrders(session, files), await runHandWritten(session, files)];
  for (const [law, violations] of hand) {
    if (mine.get(law) !== violations) throw new Error(`${law}: ${mine.get(law)} violations, by hand ${violations}`);
  }
  const found = [...mine.values()].reduce((sum, one) => sum + one, 0);
  const contenders = { "DuckDB SQL by hand": () => runHandWritten(session, files), assay: () => verifyOrders(session, files) };
  printMeasured(`verify ${rows} rows, ${mine.size} laws, ${found} violations`, await measure(contenders, ROUNDS), "DuckDB SQL by hand");
  if (souffle !== null) {
    const program = join(folder, "orders.dl");
    const theory = new URL("./orders/theory/", import.meta.url).pathname;
    writeFileSync(program, ["relations.dl", "laws.dl"].map((name) => readFileSync(join(theory, name), "utf8")).join("\n"));
    const tables = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, `read_parquet(${quoteText(file)})`]));
    const facts = await factFolder(session, tables);
    const peers = { assay: () => verifyOrders(session, files), souffle: async () => runSouffle(souffle, program, facts.path) };
    printMeasured(`the same, ${mine.size - 3} laws in Soufflé (keys left out)`, await measure(peers, 2), "assay");
    facts.remove();
  }
  session.close();
  rmSync(folder, { recursive: true, force: true });
}
