import { rowText } from "../../schema/delta_id.ts";
import type { Fact } from "../../schema/fact.ts";
import type { Place } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import type { LogRecord } from "../commit.ts";
import { placesInLog } from "../origins.ts";
import type { DuckDbSession } from "../store/duckdb_session.ts";
import type { Journal } from "../store/journal.ts";
import { logTable, PLACE } from "../store/relation_table.ts";

/** Facts with places that may wait in the journal; with more of them it is moved first. */
const WAITING_MOST = 2_048;

/**
 * The places of facts in the log, read without having the journal moved to its tables: those of what waits there stand here. A relation
 * none of whose facts ever had a place is not read at all.
 */
export class KeptPlaces {
  readonly #session: DuckDbSession;
  readonly #journal: Journal;
  /** Whether the log of a relation held places when it was looked at. */
  readonly #inLog = new Map<string, boolean>();
  /** The last place, by relation and fact, of what was committed since the journal was seen empty. */
  readonly #waiting = new Map<string, Map<string, Place>>();
  #waitingFacts = 0;

  constructor(session: DuckDbSession, journal: Journal) {
    this.#session = session;
    this.#journal = journal;
  }

  /** Takes note of what was written, once it is on disk. */
  note(records: readonly LogRecord[]): void {
    if (this.#journal.isEmpty) this.#clearWaiting();
    for (const record of records) {
      if (record.kind !== "commit") continue;
      for (const { relation, op, source } of record.accepted.changes) {
        if (op !== 1) continue;
        if (source.kind === "memory") this.#noteRows(relation.name, source.rows, source.places);
        else this.#inLog.delete(relation.name);
      }
    }
  }

  /** Logs were closed and begun. Nothing waits in the journal then. */
  forget(): void {
    this.#inLog.clear();
    this.#clearWaiting();
  }

  /** As `placesInLog`. Errors: `SqlError`. */
  async of(relations: ReadonlyMap<string, Relation>, facts: readonly Fact[]): Promise<(Place | null)[]> {
    if (this.#journal.isEmpty) this.#clearWaiting();
    const places = facts.map(({ relation, row }) => this.#waiting.get(relation)?.get(rowText(row)) ?? null);
    const open: number[] = [];
    for (const [index, { relation }] of facts.entries()) {
      if (places[index] === null && relations.get(relation)?.role === "base" && (await this.#isInLog(relation))) open.push(index);
    }
    if (open.length === 0) return places;
    const asked = open.map((index) => facts[index] as Fact);
    const found = await this.#session.straight(() => placesInLog(this.#session, relations, asked));
    for (const [at, index] of open.entries()) places[index] = found[at] ?? null;
    return places;
  }

  /** Keeps what is remembered of the journal within bounds. To be called between two groups. */
  async trim(): Promise<void> {
    if (this.#waitingFacts <= WAITING_MOST) return;
    await this.#journal.settle();
    this.#clearWaiting();
  }

  async #isInLog(relation: string): Promise<boolean> {
    let known = this.#inLog.get(relation);
    if (known === undefined) {
      const any = `SELECT 1 FROM ${logTable(relation)} WHERE ${PLACE} IS NOT NULL LIMIT 1`;
      known = (await this.#session.straight(() => this.#session.rows(any))).length > 0;
      this.#inLog.set(relation, known);
    }
    return known;
  }

  #noteRows(relation: string, rows: readonly Fact["row"][], places: readonly (Place | null)[]): void {
    for (const [index, place] of places.entries()) {
      if (place === null) continue;
      this.#inLog.set(relation, true);
      if (this.#journal.isEmpty) return;
      const waiting = this.#waiting.get(relation) ?? new Map<string, Place>();
      this.#waiting.set(relation, waiting);
      const text = rowText(rows[index] as Fact["row"]);
      if (!waiting.has(text)) this.#waitingFacts += 1;
      waiting.set(text, place);
    }
  }

  #clearWaiting(): void {
    this.#waiting.clear();
    this.#waitingFacts = 0;
  }
}
