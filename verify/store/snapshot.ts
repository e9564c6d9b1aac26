import { AssayError } from "../../schema/assay_error.ts";
import { quoteName } from "../../schema/sql_session.ts";
import { type BaseState, type InForce, inForceOf } from "../in_force.ts";
import type { Database } from "./database.ts";
import type { DuckDbSession } from "./duckdb_session.ts";
import { factsAt, generationsAt, readGenerations } from "./history.ts";
import { factTable } from "./relation_table.ts";
import { readTheoriesAt } from "./state.ts";

/** One commit's facts and theories to read, and nothing to write: the session has a read-only transaction open. */
export interface Snapshot {
  readonly session: DuckDbSession;
  readonly inForce: InForce;
  readonly asOf: number;
  /** Whether later commits are there: then no view of the database tells what its theories derive. */
  readonly isPast: boolean;
  /** The facts of a base relation as a table expression. */
  table(relation: string): string;
}

/** Lets `action` read a snapshot, on a connection of its own. Errors: those of `openSnapshot`. */
export async function readSnapshot<T>(
  database: Database,
  state: BaseState,
  asOf: number | null,
  action: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const session = await database.connect();
  try {
    return await action(await openSnapshot(session, state, asOf));
  } finally {
    database.disconnect(session);
  }
}

/**
 * Opens a snapshot of a commit, the last where `asOf` is null, on a session of the caller's that serves for this alone. For an
 * earlier commit, temporary views of its facts stand before the tables of the present; what its theories derive is left to who asks for it,
 * since binding views of all of it takes seconds.
 * Errors: `query.commit`.
 */
export async function openSnapshot(session: DuckDbSession, state: BaseState, asOf: number | null): Promise<Snapshot> {
  await session.run("BEGIN TRANSACTION READ ONLY");
  const head = Number((await session.rows("SELECT coalesce(max(seq), 0) FROM assay.entry"))[0]?.[0] ?? 0);
  const commit = asOf ?? head;
  if (!Number.isSafeInteger(commit) || commit < 0 || commit > head) {
    throw new AssayError("query.commit", `there is no commit ${commit}, the head is commit ${head}`);
  }
  const inForce = commit === state.head ? state.inForce : await inForceOf(await readTheoriesAt(session, commit));
  if (commit === head) return { session, inForce, asOf: commit, isPast: false, table: factTable };
  const facts = new Map(generationsAt(await readGenerations(session), commit).map((one) => [one.name, factsAt(one, commit)]));
  for (const [name, table] of facts) await session.run(`CREATE TEMP VIEW ${quoteName(name)} AS SELECT * FROM ${table}`);
  return { session, inForce, asOf: commit, isPast: true, table: (relation) => facts.get(relation) ?? factTable(relation) };
}
