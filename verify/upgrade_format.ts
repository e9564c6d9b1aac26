import { addLedger } from "./ledger/add_ledger.ts";
import { inTransaction } from "./store/database.ts";
import type { DuckDbSession } from "./store/duckdb_session.ts";
import { checkFormat, FORMAT, FORMAT_WITH_LEAVES, shareVerdicts } from "./store/format.ts";

/** Brings a fact base of an earlier format to the present one. Errors: those of `checkFormat` and `inTransaction`. */
export async function upgradeFormat(session: DuckDbSession, path: string): Promise<void> {
  const found = await checkFormat(session, path);
  if (found === FORMAT) return;
  await inTransaction(session, path, async () => {
    if (found < FORMAT_WITH_LEAVES) await addLedger(session);
    await shareVerdicts(session);
  });
}
