import { type Command, Option } from "commander";
import { unreachable } from "../../../schema/unreachable.ts";
import type { QueryRequest, QueryResult } from "../../../verify/query.ts";
import { arrowStream } from "../../report/arrow.ts";
import { csvChunks } from "../../report/csv.ts";
import { jsonChunks, ndjsonChunks } from "../../report/ndjson.ts";
import type { Style } from "../../report/style.ts";
import type { Table } from "../../report/table.ts";
import { tableText } from "../../report/table_text.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type CommonOptions, count, databaseOption, jsonOption, limitOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { answerTable } from "../query_table.ts";
import { usageError } from "../usage.ts";

const formats = ["table", "json", "ndjson", "csv", "arrow"] as const;
type Format = (typeof formats)[number];

interface QueryOptions extends CommonOptions {
  readonly db: string;
  readonly limit: readonly string[];
  readonly sql?: string;
  readonly asOf?: number;
  readonly rows?: number;
  readonly format: Format;
}

const HELP = `
Examples:
  assay query --db x.duckdb '?- package(path, "zod", version).'
  assay query --db x.duckdb --sql 'SELECT name, count(*) FROM package GROUP BY name' --format csv
  assay query --db x.duckdb '?- reachable(path).' --as-of 3 --format arrow > reachable.arrow

Base and derived relations can both be asked; in SQL, derived ones are views.`;

export function queryCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("query").description("ask a Datalog query or read-only SQL, of the present or of any commit"))
    .argument("[query]", "a Datalog query: '?- package(p, \"zod\", v).'")
    .option("--sql <select>", "one SELECT statement instead")
    .option("--as-of <commit>", "answer as of this commit", count)
    .option("--rows <count>", "the first rows only", count)
    .addOption(new Option("--format <format>", "how rows are printed").choices(formats).default("table"))
    .addHelpText("after", HELP);
  jsonOption(limitOption(command)).action(async (text: string | undefined, options: QueryOptions) => {
    if (options.json === true && command.getOptionValueSource("format") === "cli")
      throw usageError("`--json` and `--format` exclude each other");
    await door.answer(await query(door, request(text, options), options), options.json === true);
  });
}

function request(text: string | undefined, { sql }: QueryOptions): QueryRequest {
  if (text !== undefined && sql !== undefined) throw usageError("a query and `--sql` exclude each other");
  if (sql !== undefined) return { sql };
  if (text === undefined) throw usageError("a query is missing", "ask '?- relation(x, y).' or --sql 'SELECT …'");
  return { datalog: text };
}

async function query(door: Door, asked: QueryRequest, options: QueryOptions): Promise<Outcome> {
  return withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
    const { asOf, rows } = options;
    const result = await base.query(asked, {
      ...(asOf === undefined ? {} : { asOf }),
      ...(rows === undefined ? {} : { limit: rows }),
    });
    const table = answerTable(result);
    const data = { as_of: result.asOf, columns: table.columns, rows: table.rows, more: result.more };
    const envelope = { ok: true, data, error: null, events: [], cursor: null };
    return { envelope, exit: 0, text: (style) => printed(table, result, options.format, style) };
  });
}

function printed(table: Table, result: QueryResult, format: Format, style: Style): string | Iterable<string | Uint8Array> {
  switch (format) {
    case "table":
      return tableText(table, style) + (result.more ? style("dim", ", and more follow") : "");
    case "json":
      return jsonChunks(table);
    case "ndjson":
      return ndjsonChunks(table);
    case "csv":
      return csvChunks(table);
    case "arrow":
      return [arrowStream(table)];
    default:
      return unreachable(format);
  }
}
