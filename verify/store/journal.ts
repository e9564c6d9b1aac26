import type { SqlSession } from "../../schema/sql_session.ts";
import { appendLeaves, forgetSize } from "../ledger/append_leaves.ts";
import { inTransaction } from "./database.ts";
import type { DuckDbSession } from "./duckdb_session.ts";
import { writeChanges } from "./group_changes.ts";
import { type GroupImage, joined } from "./group_image.ts";
import { noteKept, writeRows } from "./group_records.ts";
import { journalText, readJournalText } from "./journal_text.ts";

/** A group of more rows is written to its tables at once: it pays for their statements by itself. */
const SMALL_ROWS = 1_024;
/** Rows that wait in the journal before they are moved, and how many characters; fewer rows where nobody waits for the move. */
const WAITING_ROWS = 2_048;
const IDLE_ROWS = 256;
/** After a group of at most so many deltas there is time to spare: where there is none, more of them wait for each other. */
const IDLE_GROUP = 8;
const WAITING_CHARACTERS = 16 * 1024 * 1024;

/**
 * Groups that are durable and not in their tables yet. DuckDB takes about a millisecond for every table that a transaction appends to,
 * however few the rows; a group appends to eight. So a small group becomes one row of `assay.journal`, durable with it, and many
 * groups are moved to the tables together: before the session's next statement, whatever it is, and when enough of them wait.
 * The session thus never sees the tables without them; other connections see the state of an earlier commit until `settle`.
 */
export class Journal {
  readonly #session: DuckDbSession;
  readonly #path: string | null;
  #waiting: GroupImage[] = [];
  #rows = 0;
  #characters = 0;

  private constructor(session: DuckDbSession, path: string | null) {
    this.#session = session;
    this.#path = path;
    session.beforeEach(() => this.settle());
  }

  /** Takes over what a process that was killed left behind. `path` null is a database in memory. */
  static async open(session: DuckDbSession, path: string | null): Promise<Journal> {
    const journal = new Journal(session, path);
    const left = await session.rows("SELECT body FROM assay.journal ORDER BY rowid");
    journal.#waiting = left.map(([body]) => readJournalText(String(body)));
    await journal.settle();
    return journal;
  }

  /** True where the tables hold all that was written. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Moves what waits after a group so small that there is time to, lest a later group waits longer. What fails is tried again later. */
  async settleAfter(deltas: number): Promise<void> {
    if (this.#rows >= IDLE_ROWS && deltas <= IDLE_GROUP) await this.settle().catch(() => undefined);
  }

  /** Whether a group is small enough to wait here. */
  takes(image: GroupImage): boolean {
    return image.replaced.length === 0 && rowsOf(image) <= SMALL_ROWS;
  }

  /** Makes a group durable. Errors: `SqlError`, and those of `settle`; nothing of the group is there then. */
  async write(image: GroupImage): Promise<void> {
    if (this.#rows >= WAITING_ROWS || this.#characters >= WAITING_CHARACTERS) await this.settle();
    if (this.#path !== null) {
      const text = journalText(image);
      await this.#session.straight(() => this.#session.runPrepared("INSERT INTO assay.journal VALUES (?)", [text]));
      this.#characters += text.length;
    }
    this.#waiting.push(image);
    this.#rows += rowsOf(image);
  }

  /** Moves all that waits into the tables, in one transaction. Errors: those of `inTransaction`; all of it then waits on. */
  async settle(): Promise<void> {
    if (this.isEmpty) return;
    const session = this.#session;
    const image = joined(this.#waiting);
    try {
      await session.straight(() => inTransaction(session, this.#path, () => this.#move(image)));
    } catch (cause) {
      forgetSize(session);
      throw cause;
    }
    noteKept(session, image);
    this.#waiting = [];
    this.#rows = 0;
    this.#characters = 0;
  }

  async #move(image: GroupImage): Promise<void> {
    await writeImage(this.#session, image);
    if (this.#path !== null) await this.#session.run("DELETE FROM assay.journal");
  }
}

/** Writes a group to its tables inside the caller's transaction. Whoever rolls it back calls `forgetSize`. */
export async function writeImage(session: SqlSession, image: GroupImage): Promise<void> {
  await writeChanges(session, image.changes);
  await writeRows(session, image);
  await appendLeaves(session, image.leaves);
}

function rowsOf({ changes, rows }: GroupImage): number {
  return changes.reduce((sum, relation) => sum + relation.changes.length, rows.delta.length);
}
