import type { Command } from "commander";
import type { FarSection, LocalPair } from "../../../compute/gluing/concurrent_act.ts";
import type { GluedTables } from "../../../compute/gluing/glue_tables.ts";
import type { TextTable } from "../../../compute/text_table.ts";
import { machineReader } from "../../machine/read_machine.ts";
import { countText } from "../../report/count_text.ts";
import type { Style } from "../../report/style.ts";
import { tableText } from "../../report/table_text.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type CommonOptions, count, databaseOption, jsonOption, limitOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { usageError } from "../usage.ts";

interface GlueOptions extends CommonOptions {
  readonly limit: readonly string[];
  readonly db: string;
  readonly accord?: string;
  readonly asOf?: number;
  readonly global?: boolean;
  readonly act: readonly string[];
  readonly rows: number;
}

const HELP = `
Local data is held against the commuting squares of the machine: how many pairs of sections match, which of them nothing glues, and which more
than one section does. The accord fiber is that of the fibers by tables. --global lists the sections of a whole accord, one value at each maximal
history. --act puts two sections over the sides of a square together.

Examples:
  assay glue --db m.duckdb
  assay glue --db m.duckdb --accord plan --global
  assay glue --db m.duckdb --accord plan --act '(a)=x' --act '(b)=y'`;

export function glueCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("glue").description("glue the local data of a machine"))
    .option("--accord <name>", "one accord; all where it is not said")
    .option("--as-of <commit>", "read as of this commit", count)
    .option("--global", "list the global sections of the accord")
    .option(
      "--act <history=section>",
      "one of two sections to put together",
      (value: string, all: readonly string[]) => [...all, value],
      [],
    )
    .option("--rows <count>", "rows printed of each table", count, 20)
    .addHelpText("after", HELP);
  jsonOption(limitOption(command)).action(async (options: GlueOptions) => {
    await door.answer(await gluing(door, options), options.json === true);
  });
}

async function gluing(door: Door, options: GlueOptions): Promise<Outcome> {
  const { accord, global, act } = options;
  if ((global === true || act.length > 0) && accord === undefined) throw usageError("`--global` and `--act` need `--accord`");
  const pair = act.length === 0 ? null : localPair(accord ?? "", act);
  // Polars takes its time to load.
  const accords = await import("../../machine/read_accords.ts");
  return withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
    const read = machineReader(base, options.asOf ?? null);
    if (global === true) return sections(await accords.globalSectionsOf(read, accord ?? "", options.rows));
    if (pair !== null) return acted(await accords.actOf(read, pair));
    return glued(await accords.glueAccords(read, accord ?? null, options.rows));
  });
}

function glued({ firstMissing, firstDouble, ...counts }: GluedTables): Outcome {
  const data = { ...counts, rows: { missing: firstMissing.rows, double: firstDouble.rows } };
  const head = `${countText(counts.families, "matching pair")}, ${counts.missing} that nothing glues, ${counts.double} glued more than once`;
  return {
    envelope: { ok: true, data, error: null, events: [], cursor: null },
    exit: counts.missing + counts.double === 0 ? 0 : 1,
    text: (style) => [head, ...shown(firstMissing, counts.missing, style), ...shown(firstDouble, counts.double, style)].join("\n\n"),
  };
}

function localPair(f: string, acts: readonly string[]): LocalPair {
  const [one, other, more] = acts.map((text) => /^([^=]+)=(.*)$/s.exec(text)?.slice(1) ?? null);
  if (one == null || other == null || more !== undefined) throw usageError("`--act` is given twice, each of the form `history=section`");
  return { f, v: one[0] ?? "", x: one[1] ?? "", w: other[0] ?? "", y: other[1] ?? "" };
}

function acted(act: FarSection | null): Outcome {
  return {
    envelope: { ok: true, data: { act }, error: null, events: [], cursor: null },
    exit: act === null ? 1 : 0,
    text: (style) => (act === null ? style("yellow", "they do not glue") : `${act.section} over ${act.u}`),
  };
}

function sections({ count: found, first }: { readonly count: number; readonly first: TextTable }): Outcome {
  const data = { histories: first.columns, sections: found, rows: first.rows };
  const envelope = { ok: true, data, error: null, events: [], cursor: null };
  return { envelope, exit: 0, text: (style) => [countText(found, "global section"), ...shown(first, found, style)].join("\n\n") };
}

/** A table of which some rows are shown; nothing where it has none. */
function shown({ columns, rows }: TextTable, count: number, style: Style): string[] {
  if (count === 0) return [];
  const listed = tableText({ columns: columns.map((name) => ({ name, type: "symbol" })), rows }, style);
  return [count > rows.length ? `${listed}\n${style("dim", `of ${countText(count, "row")}`)}` : listed];
}
