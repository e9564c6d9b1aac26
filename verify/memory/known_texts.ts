import type { SqlSession } from "../../schema/sql_session.ts";
import { NumberSet } from "./number_set.ts";

/** Texts looked up by SQL before all of them are worth reading: a process that proposes a few deltas never reads many. */
const ASKED_BEFORE_READING = 256;
/** So few are read at once: a look at the tables has the journal moved to them first, which costs more. */
const FEW = 10_000;
const DIGITS = 13;

/** A table of texts. Both forms give the first 52 bits of a SHA-256 that belongs to a text; no two forms of one text differ. */
export interface TextSource {
  readonly table: string;
  /** The bits of a row's text, as a SQL expression of 13 hexadecimal digits. */
  readonly digits: string;
  /** The hexadecimal digest, `sha256:` before it, of a text. */
  digest(text: string): string;
}

/** Tells texts that are certainly new from those that may be kept in a table already, in a few nanoseconds and 16 to 32 bytes a kept text. */
export class KnownTexts {
  readonly #source: TextSource;
  #kept: NumberSet | null = null;
  #asked = 0;
  #areFew: boolean | null = null;

  constructor(source: TextSource) {
    this.#source = source;
  }

  /** Of `texts` those that may be kept, which the caller then looks up. */
  async mayBeKept(session: SqlSession, texts: readonly string[]): Promise<readonly string[]> {
    if (texts.length === 0) return texts;
    this.#asked += texts.length;
    if (this.#kept === null && !(await this.#isTimeToRead(session))) return texts;
    this.#kept ??= await this.#read(session);
    const kept = this.#kept;
    return texts.filter((text) => kept.has(this.#bitsOf(text)));
  }

  /** Notes texts that are kept from now on. */
  add(texts: Iterable<string>): void {
    if (this.#kept === null) return;
    for (const text of texts) this.#kept.add(this.#bitsOf(text));
  }

  async #isTimeToRead(session: SqlSession): Promise<boolean> {
    if (this.#asked >= ASKED_BEFORE_READING) return true;
    this.#areFew ??= Number((await session.rows(`SELECT count(*) FROM ${this.#source.table}`))[0]?.[0]) <= FEW;
    return this.#areFew;
  }

  async #read(session: SqlSession): Promise<NumberSet> {
    const { table, digits } = this.#source;
    const kept = new NumberSet();
    await session.chunks(`SELECT ('0x' || ${digits})::BIGINT::DOUBLE FROM ${table}`, ["float"], ([column]) => {
      if (column?.kind !== "float") throw new Error("the bits of texts are no numbers");
      for (const bits of column.values) kept.add(bits);
    });
    return kept;
  }

  #bitsOf(text: string): number {
    const start = "sha256:".length;
    return Number.parseInt(this.#source.digest(text).slice(start, start + DIGITS), 16);
  }
}
