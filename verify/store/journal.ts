import { AssayError } from "../../schema/assay_error.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import { appendLeaves, forgetSize, ledgerSize } from "../ledger/append_leaves.ts";
import { type Database, fileExists, inTransaction } from "./database.ts";
import type { DuckDbSession } from "./duckdb_session.ts";
import { writeChanges } from "./group_changes.ts";
import type { GroupImage } from "./group_image.ts";
import { writeRows } from "./group_records.ts";
import { bodyOf, framed, JournalFile } from "./journal_file.ts";
import { moveGroups } from "./journal_move.ts";
import { type GroupPlaces, journalText, placesIn, rowsIn } from "./journal_text.ts";

/** A group of more rows is written to its tables at once: it pays for their statements by itself. */
const SMALL_ROWS = 1_024;
/** Rows that wait in the journal before they are moved; fewer where nothing was written for a while. A move costs much, however few they are. */
const WAITING_ROWS = 8_192;
const IDLE_ROWS = 256;
const IDLE_MS = 250;
/** Where so many bytes wait, a group waits for the move: until then one held up, as by a checkpoint of seconds, holds up nobody. */
const WAITING_BYTES = 64 * 1024 * 1024;

/** The journal of a database lies beside it, in two files under its name and these: groups are appended to one while those of the other are moved. */
const SUFFIXES = [".journal", ".journal2"] as const;

/** Where the journal of a database lies. */
export function journalPaths(path: string): readonly string[] {
  return SUFFIXES.map((suffix) => `${path}${suffix}`);
}

/**
 * Groups that are durable and not in their tables yet. DuckDB takes about a millisecond for every table that a transaction appends to,
 * however few the rows, and a group appends to eight. So a small group is appended to a file beside the database, and many groups are
 * moved to the tables together, on a connection of the journal's own: beside later groups when enough of them wait, and before the session's
 * next statement, whatever it is, which waits for the move. The session thus never sees the tables without them; other connections
 * see the state of an earlier commit until `settle`.
 */
export class Journal {
  readonly #session: DuckDbSession;
  readonly #mover: DuckDbSession;
  readonly #path: string | null;
  /** When the fact base was made, which tells its journal from that of another. */
  readonly #base: string;
  /** The one that is appended to, and the other; none for a base in memory, which nothing outlives. */
  #files: readonly JournalFile[];
  /** Groups as they stand in their file: bytes, which no collection of garbage copies or looks through, however many wait. */
  #waiting: Buffer[] = [];
  /** The leaves of the ledger before what waits, and after it; null where the tables say. */
  #start = 0;
  #end: number | null = null;
  #rows = 0;
  #bytes = 0;
  /** Hashes of the texts of laws that an earlier group brought: it is moved first. */
  readonly #laws = new Set<string>();
  /** The move under way. It never fails: what it could not move waits again. */
  #move: Promise<void> | null = null;
  #hasFailed = false;
  #isAppending = false;
  /** Has what waits moved when nothing follows, lest a read waits for it. */
  #idle: NodeJS.Timeout | null = null;

  private constructor(session: DuckDbSession, mover: DuckDbSession, path: string | null, base: string, files: readonly JournalFile[]) {
    this.#session = session;
    this.#mover = mover;
    this.#path = path;
    this.#base = base;
    this.#files = files;
    session.beforeEach(() => this.settle());
  }

  /**
   * Takes over what a process that was killed left behind. Errors: `store.damaged` for a journal that does not go on where the database
   * ends.
   */
  static async open(session: DuckDbSession, database: Database): Promise<Journal> {
    const base = String((await session.rows("SELECT created FROM assay.meta"))[0]?.[0]);
    const size = await ledgerSize(session);
    const kept = database.file === null ? [] : await Promise.all(journalPaths(database.file).map((path) => JournalFile.open(path)));
    const files = kept.map(({ file }) => file);
    const journal = new Journal(session, await database.connect(), database.path, base, files);
    const groups = kept.flatMap(({ texts }) => texts.map((bytes) => ({ ...placesIn(bodyOf(bytes)), bytes })));
    for (const group of groups.toSorted((a, b) => a.from - b.from)) journal.#takeOver(group, size);
    await journal.settle();
    for (const file of files) await file.clear();
    return journal;
  }

  /** A group that a process killed between the move and the emptying of its file left is in the tables already. */
  #takeOver(group: GroupPlaces & { readonly bytes: Buffer }, size: number): void {
    const { base, from, leaves, bytes } = group;
    if (base === this.#base && from + leaves.rows <= size) return;
    if (base !== this.#base || from !== (this.#end ?? size)) {
      throw new AssayError("store.damaged", "the journal does not go on where the database ends", { place: `${this.#path}${SUFFIXES[0]}` });
    }
    this.#wait(bytes, from, leaves.rows, rowsIn(group));
  }

  #wait(bytes: Buffer, from: number, leaves: number, rows: number): void {
    if (this.#waiting.length === 0) this.#start = from;
    this.#waiting.push(bytes);
    this.#end = from + leaves;
    this.#rows += rows;
    this.#bytes += bytes.length;
  }

  /** True where the tables hold all that was written. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#move === null;
  }

  /**
   * Makes a group durable; false where it cannot wait here, since it is large, replaces rows, or a value of it holds a character that stands between values.
   * Errors: those of `JournalFile.append` and of `settle`; nothing of the group is there then.
   */
  async write(image: GroupImage): Promise<boolean> {
    const rows = sizeOf(image);
    if (image.replaced.length > 0 || rows > SMALL_ROWS) return false;
    const from = this.#end ?? (await this.#session.straight(() => ledgerSize(this.#session)));
    const laws = image.laws.filter(([hash]) => !this.#laws.has(hash));
    const text = journalText({ base: this.#base, from, image: { ...image, laws } });
    if (text === null) return false;
    if (this.#bytes >= WAITING_BYTES) await this.#move;
    if (this.#rows >= WAITING_ROWS && this.#move === null) {
      if (this.#canStartMove) this.#startMove();
      else await this.settle();
    }
    const bytes = framed(text);
    await this.#append(bytes);
    for (const [hash] of laws) this.#laws.add(hash);
    this.#wait(bytes, from, image.leaves.length, rows);
    return true;
  }

  async #append(bytes: Buffer): Promise<void> {
    this.#isAppending = true;
    try {
      await this.#files[0]?.append(bytes);
    } finally {
      this.#isAppending = false;
    }
    if (this.#idle === null) this.#idle = setTimeout(() => this.#rest(), IDLE_MS).unref();
    else this.#idle.refresh();
  }

  #rest(): void {
    if (this.#rows >= IDLE_ROWS && this.#canStartMove) this.#startMove();
  }

  /** Moves all that waits into the tables. Errors: those of `inTransaction`; what could not be moved then waits on. */
  async settle(): Promise<void> {
    await this.#move;
    if (this.#waiting.length === 0) return;
    await this.#moveAll();
    for (const file of this.#files) await file.clear();
  }

  /** After a failure the next move is waited for, so that a proposer is told if it fails again. */
  get #canStartMove(): boolean {
    return this.#move === null && !this.#isAppending && !this.#hasFailed && (this.#files[1]?.isEmpty ?? true);
  }

  /** Moves all that waits now while later groups are written to the other file. */
  #startMove(): void {
    const [full] = this.#files;
    this.#files = this.#files.toReversed();
    this.#move = this.#moveAll()
      .then(() => full?.clear())
      .catch(() => undefined)
      .finally(() => {
        this.#move = null;
      });
  }

  /** In one transaction. */
  async #moveAll(): Promise<void> {
    const [groups, start, rows, bytes] = [this.#waiting, this.#start, this.#rows, this.#bytes];
    this.#waiting = [];
    this.#rows = 0;
    this.#bytes = 0;
    try {
      await inTransaction(this.#mover, this.#path, () => moveGroups(this.#mover, start, groups.map(bodyOf)));
      this.#hasFailed = false;
      forgetSize(this.#session);
      if (this.#waiting.length === 0) this.#end = null;
    } catch (cause) {
      this.#waiting = [...groups, ...this.#waiting];
      this.#start = start;
      this.#rows += rows;
      this.#bytes += bytes;
      this.#hasFailed = true;
      throw cause;
    }
  }

  /** Moves what waits, where it can be moved, and lets the files go: what cannot waits there for the next opening. */
  async close(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    await this.settle().catch(() => undefined);
    for (const file of this.#files) await file.close();
  }
}

/** Errors: `store.exists` where the journal of a database that is gone lies where one is to be made. */
export async function refuseJournal(path: string): Promise<void> {
  for (const place of journalPaths(path)) {
    if (await fileExists(place)) throw new AssayError("store.exists", `\`${place}\` holds deltas of a database that is gone`, { place });
  }
}

/** Writes a group to its tables inside the caller's transaction. Whoever rolls it back calls `forgetSize`. */
export async function writeImage(session: SqlSession, image: GroupImage): Promise<void> {
  await writeChanges(session, image.changes);
  await writeRows(session, image);
  await appendLeaves(session, image.leaves);
}

function sizeOf({ changes, rows }: GroupImage): number {
  return changes.reduce((sum, relation) => sum + relation.changes.length, rows.delta.length);
}
