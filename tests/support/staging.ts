import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Quarantined } from "../../ingest/quarantine.ts";
import { type StageOptions, stageFile } from "../../ingest/stage_file.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import type { SqlRow } from "../../schema/sql_session.ts";
import type { ValueType } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";

/** A base relation of the given attributes. */
export function relationOf(name: string, attributes: Readonly<Record<string, ValueType>>): Relation {
  return {
    name,
    role: "base",
    attributes: Object.entries(attributes).map(([attribute, type]) => ({ name: attribute, type, declared: type, fallback: null })),
    key: null,
    doc: "",
    span: { file: "test.dl", offset: 0, length: 0, line: 1, column: 1 },
  };
}

/** What staging a file gave: rows without the record's number, and who was set aside, with file names alone in places. */
export interface Outcome {
  readonly rows: readonly SqlRow[];
  readonly records: readonly bigint[];
  readonly places: readonly string[];
  readonly quarantined: readonly { readonly place: string; readonly code: string; readonly text: string }[];
  readonly counts: { readonly rows: number; readonly quarantined: number; readonly skipped: number };
  readonly notices: readonly string[];
}

/** A folder and a session of a test file; the caller closes it. */
export class StagingBench {
  readonly session: DuckDbSession;
  readonly folder: string;

  private constructor(session: DuckDbSession, folder: string) {
    this.session = session;
    this.folder = folder;
  }

  static async open(): Promise<StagingBench> {
    return new StagingBench(await openMemory(), await mkdtemp(join(tmpdir(), "assay-ingest-")));
  }

  async close(): Promise<void> {
    this.session.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.path(name), content);
    return this.path(name);
  }

  /** Stages a file, reads everything back, and drops it. */
  async stage(relation: Relation, path: string, options: Partial<StageOptions> = {}): Promise<Outcome> {
    const staged = await stageFile(this.session, relation, path, { limits: limitsWith(), ...options });
    try {
      const all = await this.session.rows(`SELECT * FROM ${staged.expression} ORDER BY "_record"`);
      const records = all.map((row) => row.at(-1) as bigint);
      const quarantined = await staged.quarantine(0, 1000);
      return {
        rows: all.map((row) => row.slice(0, -1)),
        records,
        places: (await staged.placeOf(records)).map((place) => basename(place)),
        quarantined: quarantined.map(({ place, code, text }: Quarantined) => ({ place: basename(place), code, text })),
        counts: { rows: staged.rows, quarantined: staged.quarantined, skipped: staged.skipped },
        notices: staged.notices.map(({ code }) => code),
      };
    } finally {
      await staged.close();
    }
  }

  /** Writes a file and stages it. */
  async stageText(relation: Relation, name: string, content: string | Uint8Array, options: Partial<StageOptions> = {}): Promise<Outcome> {
    return this.stage(relation, await this.write(name, content), options);
  }

  /** Names of the temporary tables that stand in the session. */
  async leftovers(): Promise<string[]> {
    return (await this.session.rows("SELECT table_name FROM duckdb_tables() WHERE temporary")).map(([name]) => String(name));
  }
}
