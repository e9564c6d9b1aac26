import { AssayError } from "../../schema/assay_error.ts";
import type { SqlSession } from "../../schema/sql_session.ts";

/** The version of the layout below. A database with a higher one was written by a later Assay and is not touched. */
export const FORMAT = 3;
export const FORMAT_WITH_LEAVES = 2;

const LEAF = "CREATE TABLE assay.leaf (position BIGINT NOT NULL, seq BIGINT, delta VARCHAR, body VARCHAR, hash VARCHAR NOT NULL)";
const LAWS = "CREATE TABLE assay.laws_text (hash VARCHAR NOT NULL, body VARCHAR NOT NULL)";
const VERDICT = `CREATE VIEW assay.verdict AS SELECT v.delta, v.hash, CASE WHEN v.laws IS NULL THEN v.head ELSE v.head || l.body || v.tail END AS body
  FROM assay.verdict_text AS v LEFT JOIN assay.laws_text AS l ON l.hash = v.laws`;

/**
 * Facts stand in `main.<relation>`, exactly the relation's attributes. `assay_log.<relation>` is their append-only history: one row an
 * effective change, `@commit`, `@op` (+1 asserted, -1 retracted), the attributes, `@place`; a history closed by a schema change
 * in commit N is renamed `<relation>@N`. `assay` holds the commits, deltas, verdicts, theories and waivers, and the leaves of the ledger:
 * one a commit (`seq`) or refusal (`delta`, `body`), in the order in which they were written. A verdict is text; the outcomes of laws that found nothing
 * are most of it and the same each time, so they stand once, in `laws_text`, and the view `verdict` puts them back.
 * Format 1 had no leaves; format 2 verdicts as one text, and no files
 * `<database>.journal` and `.journal2` beside it, which hold groups of deltas that are committed and not in these tables yet; closing leaves none.
 */
const layout: readonly string[] = [
  "CREATE SCHEMA assay",
  "CREATE SCHEMA assay_log",
  "CREATE TABLE assay.meta (format INTEGER NOT NULL, created VARCHAR NOT NULL)",
  `CREATE TABLE assay.entry (seq BIGINT NOT NULL, kind VARCHAR NOT NULL, delta VARCHAR NOT NULL, proposer VARCHAR NOT NULL, reason VARCHAR NOT NULL,
    "time" VARCHAR NOT NULL, theories VARCHAR NOT NULL, verdict VARCHAR NOT NULL, effects VARCHAR NOT NULL, prev VARCHAR NOT NULL, hash VARCHAR NOT NULL)`,
  `CREATE TABLE assay.delta (id VARCHAR NOT NULL, kind VARCHAR NOT NULL, status VARCHAR NOT NULL, proposer VARCHAR NOT NULL, reason VARCHAR NOT NULL,
    head BIGINT NOT NULL, theories VARCHAR NOT NULL, "time" VARCHAR NOT NULL)`,
  "CREATE TABLE assay.delta_part (delta VARCHAR NOT NULL, part INTEGER NOT NULL, body VARCHAR NOT NULL)",
  "CREATE TABLE assay.verdict_text (delta VARCHAR NOT NULL, hash VARCHAR NOT NULL, head VARCHAR NOT NULL, laws VARCHAR, tail VARCHAR)",
  "CREATE TABLE assay.violation (delta VARCHAR NOT NULL, fingerprint VARCHAR NOT NULL, law VARCHAR NOT NULL)",
  "CREATE TABLE assay.idempotency (key VARCHAR NOT NULL, delta VARCHAR NOT NULL)",
  `CREATE TABLE assay.theory (name VARCHAR NOT NULL, version VARCHAR NOT NULL, hash VARCHAR NOT NULL,
    commit_from BIGINT NOT NULL, commit_to BIGINT)`,
  "CREATE TABLE assay.theory_file (hash VARCHAR NOT NULL, path VARCHAR NOT NULL, body VARCHAR NOT NULL)",
  `CREATE TABLE assay.relation (name VARCHAR NOT NULL, attributes VARCHAR NOT NULL, log VARCHAR NOT NULL,
    commit_from BIGINT NOT NULL, commit_to BIGINT)`,
  `CREATE TABLE assay.waiver (fingerprint VARCHAR NOT NULL, law VARCHAR NOT NULL, witness VARCHAR NOT NULL, author VARCHAR NOT NULL,
    reason VARCHAR NOT NULL, commit_from BIGINT NOT NULL, commit_to BIGINT)`,
  LEAF,
  LAWS,
  VERDICT,
];

/** Lays out an empty fact base. Runs inside the caller's transaction. */
export async function createFormat(session: SqlSession, created: string): Promise<void> {
  for (const statement of layout) await session.run(statement);
  await session.run("INSERT INTO assay.meta VALUES (?::INTEGER, ?)", [FORMAT, created]);
}

/** True where nothing at all is in the database, as after a kill between its creation and its layout. */
export async function isEmptyDatabase(session: SqlSession): Promise<boolean> {
  return (await session.rows("SELECT 1 FROM duckdb_tables() WHERE NOT internal LIMIT 1")).length === 0;
}

/** Gives a fact base of format 1 the table of leaves, which the caller fills. */
export async function addLeafTable(session: SqlSession): Promise<void> {
  await session.run(LEAF);
}

const fromFormat2: readonly string[] = [
  "ALTER TABLE assay.verdict RENAME TO verdict_text",
  "ALTER TABLE assay.verdict_text RENAME COLUMN body TO head",
  "ALTER TABLE assay.verdict_text ADD COLUMN laws VARCHAR",
  "ALTER TABLE assay.verdict_text ADD COLUMN tail VARCHAR",
  LAWS,
  VERDICT,
];

/** Gives a fact base of format 1 or 2 verdicts that share texts, and the present format. */
export async function shareVerdicts(session: SqlSession): Promise<void> {
  for (const statement of fromFormat2) await session.run(statement);
  await session.run("UPDATE assay.meta SET format = ?::INTEGER", [FORMAT]);
}

/** Returns the format found, of those known. Errors: `store.not_a_fact_base`, `store.newer_format`. */
export async function checkFormat(session: SqlSession, path: string | null): Promise<number> {
  const tables = await session.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'assay' AND table_name = 'meta'");
  if (tables.length === 0) throw new AssayError("store.not_a_fact_base", "the database holds no fact base", { place: path });
  const format = Number((await session.rows("SELECT max(format) FROM assay.meta"))[0]?.[0] ?? 0);
  if (format > FORMAT) {
    throw new AssayError("store.newer_format", `the database has format ${format}, this Assay knows up to ${FORMAT}`, { place: path });
  }
  return format;
}
