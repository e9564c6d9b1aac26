import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { commitAlloy } from "../../../verify/export/commit_alloy.ts";
import { readCommit } from "../../../verify/export/read_commit.ts";
import { signingKey } from "../../../verify/signing/keys.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type CommonOptions, count, databaseOption, jsonOption, limitOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { readTextFile } from "../text_file.ts";
import { packageVersion } from "../version.ts";
import { writeReport } from "../write_report.ts";

interface ExportOptions extends CommonOptions {
  readonly db: string;
  readonly limit: readonly string[];
  readonly key?: string;
  readonly files?: string;
}

const HELP = `
The alloy is of the domain verification: its stage is the verdict, its files are the log's entry, the delta and the verdict. Another Assay
gates it, and measures the files where it has them:

  assay export 41 --db x.duckdb --key key.pem --files out/ > commit-41.alloy.json
  assay gate --artifacts out/ commit-41.alloy.json`;

export function exportCommand(root: Command, door: Door): void {
  const command = limitOption(databaseOption(root.command("export").description("print a commit as an alloy that another Assay can gate")))
    .argument("<number>", "the commit", count)
    .option("--key <pem>", "sign it with this private key")
    .option("--files <dir>", "also write the files that it lists into this folder")
    .addHelpText("after", HELP);
  jsonOption(command).action(async (seq: number, options: ExportOptions) => {
    await door.answer(await exportCommit(door, seq, options), options.json === true);
  });
}

async function exportCommit(door: Door, seq: number, options: ExportOptions): Promise<Outcome> {
  const key = options.key === undefined ? null : signingKey(await readTextFile(door, options.key), options.key);
  const commit = await withFactBase(door, options.db, options, (base) =>
    base.look(({ session }) => readCommit(session, seq, packageVersion())),
  );
  const { alloy, files } = commitAlloy(commit, key);
  if (options.files !== undefined) {
    await mkdir(options.files, { recursive: true });
    for (const [name, text] of files) await writeReport(join(options.files, name), [[text]]);
  }
  const data = { alloy: JSON.parse(alloy) as unknown, files: [...files.keys()] };
  return { envelope: { ok: true, data, error: null, events: [], cursor: null }, exit: 0, text: () => alloy.trimEnd() };
}
