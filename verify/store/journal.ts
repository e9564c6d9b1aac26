import { AssayError } from "../../schema/assay_error.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import { appendLeaves, forgetSize, ledgerSize } from "../ledger/append_leaves.ts";
import { type Database, fileExists, inTransaction } from "./database.ts";
import type { DuckDbSession } from "./duckdb_session.ts";
import { writeChanges } from "./group_changes.ts";
import { type GroupImage, joined } from "./group_image.ts";
import { noteKept, writeRows } from "./group_records.ts";
import { JournalFile } from "./journal_file.ts";
import { type JournalGroup, journalText, readJournalText } from "./journal_text.ts";

/** A group of more rows is written to its tables at once: it pays for their statements by itself. */
const SMALL_ROWS = 1_024;
/** Rows that wait in the journal before they are moved, and how many characters; fewer rows where nobody waits for the move. */
const WAITING_ROWS = 2_048;
const IDLE_ROWS = 256;
/** After a group of at most so many deltas there is time to spare: where there is none, more of them wait for each other. */
const IDLE_GROUP = 8;
const WAITING_CHARACTERS = 16 * 1024 * 1024;

/** The journal of a database lies beside it under the name of its file and this. */
export const JOURNAL_SUFFIX = ".journal";

/**
 * Groups that are durable and not in their tables yet. DuckDB takes about a millisecond for every table that a transaction appends to,
 * however few the rows, and a group appends to eight. So a small group is appended to a file beside the database, and many groups are
 * moved to the tables together: before the session's next statement, whatever it is, and when enough of them wait.
 * The session thus never sees the tables without them; other connections see the state of an earlier commit until `settle`.
 */
export class Journal {
  readonly #session: DuckDbSession;
  readonly #path: string | null;
  /** When the fact base was made, which tells its journal from that of another. */
  readonly #base: string;
  /** Null for a base in memory, which nothing outlives. */
  readonly #file: JournalFile | null;
  #waiting: GroupImage[] = [];
  #leaves = 0;
  #rows = 0;
  #characters = 0;

  private constructor(session: DuckDbSession, path: string | null, base: string, file: JournalFile | null) {
    this.#session = session;
    this.#path = path;
    this.#base = base;
    this.#file = file;
    session.beforeEach(() => this.settle());
  }

  /**
   * Takes over what a process that was killed left behind. `file` is where the database lies, null in memory.
   * Errors: `store.damaged` for a journal that does not go on where the database ends.
   */
  static async open(session: DuckDbSession, { path, file }: Pick<Database, "path" | "file">): Promise<Journal> {
    const base = String((await session.rows("SELECT created FROM assay.meta"))[0]?.[0]);
    if (file === null) return new Journal(session, path, base, null);
    const { file: kept, texts } = await JournalFile.open(`${file}${JOURNAL_SUFFIX}`);
    const size = await ledgerSize(session);
    const journal = new Journal(session, path, base, kept);
    for (const text of texts) journal.#takeOver(readJournalText(text), size);
    await journal.settle();
    await kept.clear();
    return journal;
  }

  /** A group that a process killed between the move and the emptying of the file left is in the tables already. */
  #takeOver({ base, leaves, image }: JournalGroup, size: number): void {
    if (base === this.#base && leaves + image.leaves.length <= size) return;
    if (base !== this.#base || leaves !== size + this.#leaves) {
      throw new AssayError("store.damaged", "the journal does not go on where the database ends", {
        place: `${this.#path}${JOURNAL_SUFFIX}`,
      });
    }
    this.#wait(image);
  }

  #wait(image: GroupImage): void {
    this.#waiting.push(image);
    this.#leaves += image.leaves.length;
    this.#rows += rowsOf(image);
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

  /** Makes a group durable. Errors: those of `JournalFile.append` and of `settle`; nothing of the group is there then. */
  async write(image: GroupImage): Promise<void> {
    if (this.#rows >= WAITING_ROWS || this.#characters >= WAITING_CHARACTERS) await this.settle();
    if (this.#file !== null) {
      const size = await this.#session.straight(() => ledgerSize(this.#session));
      const text = journalText({ base: this.#base, leaves: size + this.#leaves, image });
      await this.#file.append(text);
      this.#characters += text.length;
    }
    this.#wait(image);
  }

  /** Moves all that waits into the tables, in one transaction. Errors: those of `inTransaction`; all of it then waits on. */
  async settle(): Promise<void> {
    if (this.isEmpty) return;
    const session = this.#session;
    const image = joined(this.#waiting);
    try {
      await session.straight(() => inTransaction(session, this.#path, () => writeImage(session, image)));
    } catch (cause) {
      forgetSize(session);
      throw cause;
    }
    noteKept(session, image);
    this.#waiting = [];
    this.#leaves = 0;
    this.#rows = 0;
    this.#characters = 0;
    await this.#file?.clear();
  }

  /** Moves what waits, where it can be moved, and lets the file go: what cannot waits there for the next opening. */
  async close(): Promise<void> {
    await this.settle().catch(() => undefined);
    await this.#file?.close();
  }
}

/** Errors: `store.exists` where the journal of a database that is gone lies where one is to be made. */
export async function refuseJournal(path: string): Promise<void> {
  const place = `${path}${JOURNAL_SUFFIX}`;
  if (!(await fileExists(place))) return;
  throw new AssayError("store.exists", `\`${place}\` holds deltas of a database that is gone`, { place });
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
