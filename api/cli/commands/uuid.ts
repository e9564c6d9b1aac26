import { writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import type { ErrorReport } from "../../../schema/assay_error.ts";
import { registry } from "../../../schema/errors.ts";
import { countText } from "../../report/count_text.ts";
import type { Door } from "../door.ts";
import { type CommonOptions, jsonOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { usageError } from "../usage.ts";

interface UuidOptions extends CommonOptions {
  readonly service?: string;
  readonly kind?: string;
  readonly key?: string;
  readonly macros?: boolean;
  readonly quarantine?: string;
  readonly into: string;
  readonly format: "csv" | "arrow";
}

const HELP = `
The id is the RFC 9562 version 5 UUID of the key under the service's and the kind's namespace: it depends on nothing but the key, so the
same row has the same id in every run. Key parts are trimmed, in Unicode NFC, and length-prefixed. A row without a part of its key gets
no id: it is left out, and the exit code is 1.

--macros prints the same functions for DuckDB instead: uuid5(namespace, name) and entity_uuid(service, kind, [part, …]).

Examples:
  assay uuid --macros | duckdb shop.duckdb
  assay uuid --service https://example.org/shop --kind customer --key country,number customers.csv > customers-with-id.csv`;

export function uuidCommand(root: Command, door: Door): void {
  const command = root
    .command("uuid")
    .description("give the rows of a file the ids of their entities")
    .argument("[file]", "CSV, TSV, Parquet or Arrow IPC")
    .option("--service <iri>", "who gives the ids")
    .option("--kind <name>", "the kind of entity")
    .option("--key <columns>", "the columns of the key, in order, with commas between")
    .option("--quarantine <file>", "write the rows without an id to this file, as CSV")
    .option("--macros", "print SQL that makes the macros, and give no ids")
    .option("--into <column>", "the name of the column of ids", "id")
    .addOption(new Option("--format <format>", "how rows are printed").choices(["csv", "arrow"]).default("csv"))
    .addHelpText("after", HELP);
  jsonOption(command).action(async (path: string | undefined, options: UuidOptions) => {
    await door.answer(options.macros === true ? await macros(path) : await uuids(path, options), options.json === true);
  });
}

async function macros(path: string | undefined): Promise<Outcome> {
  if (path !== undefined) throw usageError("`--macros` gives no ids, so a file has no place");
  const { IDENTITY_MACROS } = await import("../../../compute/identity/sql_macro.ts");
  const envelope = { ok: true, data: { macros: IDENTITY_MACROS }, error: null, events: [], cursor: null };
  return { envelope, exit: 0, text: () => IDENTITY_MACROS.map((one) => `${one};`).join("\n") };
}

async function uuids(path: string | undefined, options: UuidOptions): Promise<Outcome> {
  const { service, kind, key, into } = options;
  if (path === undefined || service === undefined || kind === undefined || key === undefined) {
    throw usageError("a file, `--service`, `--kind` and `--key` say what ids are given to");
  }
  // Polars takes its time to load, which no other command should pay.
  const { scanFile, unreadable } = await import("../../../compute/identity/scan_file.ts");
  const { withEntityIds } = await import("../../../compute/identity/entity_frame.ts");
  const frame = scanFile(path);
  const of = { service, kind, into, key: key.split(",") };
  try {
    const { identified, missing } = await withEntityIds(frame, of);
    if (options.quarantine !== undefined) await writeFile(options.quarantine, missing.writeCSV());
    const data = { columns: identified.columns, identified: identified.height, missing: missing.height };
    const events = missing.height === 0 ? [] : [leftOut(path, missing.height)];
    const print = () => (options.format === "arrow" ? identified.writeIPCStream() : identified.writeCSV());
    return { envelope: { ok: true, data, error: null, events, cursor: null }, exit: missing.height === 0 ? 0 : 1, text: () => [print()] };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function leftOut(path: string, rows: number): ErrorReport {
  const { title, help } = registry["identity.part_missing"];
  const detail = `${countText(rows, "row")} of \`${path}\` without a part of the key`;
  return { code: "identity.part_missing", title, detail, place: path, help };
}
