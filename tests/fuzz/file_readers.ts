import { parseArgs } from "node:util";
import { Dictionary, Int32, Int64, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import fc from "fast-check";
import { type FileFormat, fileFormats } from "../../ingest/file_format.ts";
import { stageFile } from "../../ingest/stage_file.ts";
import { AssayError } from "../../schema/assay_error.ts";
import { systemClock } from "../../schema/clock.ts";
import { limitsWith } from "../../schema/limits.ts";
import { keepRegression } from "../support/regressions.ts";
import { relationOf, StagingBench } from "../support/staging.ts";

/**
 * Damages small files of every format, byte by byte, and reads them: a reader gives rows or an `AssayError`, in time, and leaves no
 * table behind. `node tests/fuzz/file_readers.ts --seconds N [--seed S]`; a failure is kept under tests/regressions.
 */
const SLOW_MS = 10_000;
const ROUND = 20;
const item = relationOf("item", { id: "number", name: "symbol", kind: "symbol" });

/** A file as an input text, `format:base64`. */
export function inputOf(format: FileFormat, bytes: Uint8Array): string {
  return `${format}:${Buffer.from(bytes).toString("base64")}`;
}

/** Reads one input to its end; throws what is neither rows nor an `AssayError`, or a plain error where it took too long. */
export async function isSound(bench: StagingBench, input: string): Promise<boolean> {
  const [format, content] = input.split(":") as [FileFormat, string];
  const path = await bench.write(`damaged.${format}`, Buffer.from(content, "base64"));
  const start = systemClock.micros();
  try {
    const staged = await stageFile(bench.session, item, path, { limits: limitsWith(), format });
    await staged.quarantine(0, 100);
    const damage = await staged.damage();
    if (damage === null) await bench.session.rows(`SELECT count(*), max("name") FROM ${staged.expression}`);
    await staged.close();
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
  }
  const left = await bench.leftovers();
  if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
  if (systemClock.micros() - start > SLOW_MS * 1000) throw new Error("too slow");
  return true;
}

async function sound(bench: StagingBench): Promise<Record<FileFormat, Uint8Array[]>> {
  const { session } = bench;
  const path = await bench.write("sound.parquet", "");
  await session.run(`COPY (SELECT i AS id, 'name ' || i AS name, 'k' || i % 3 AS kind FROM range(300) t(i)) TO '${path}' (FORMAT parquet)`);
  const [row] = await session.rows(`SELECT base64(content) FROM read_blob('${path}')`);
  const table = new Table({
    id: vectorFromArray([1n, 2n, null], new Int64()),
    name: vectorFromArray(["a", "\u00e9", null], new Utf8()),
    kind: vectorFromArray(["x", "y", "x"], new Dictionary(new Utf8(), new Int32())),
  });
  const csv = 'id,name,kind\n1,"a\nb",c\r\n2,x,y\n3,,\n';
  return {
    csv: [Buffer.from(csv)],
    tsv: [Buffer.from(csv.replaceAll(",", "\t"))],
    ndjson: [Buffer.from('{"id":1,"name":"a","kind":"b"}\n[2,"x","\\u00e9"]\n')],
    json: [Buffer.from('[{"id":1,"name":"a","kind":"b"},\n[2,"x",true]]')],
    parquet: [Buffer.from(String(row?.[0]), "base64")],
    arrow: [tableToIPC(table, "file"), tableToIPC(table, "stream")],
  };
}

/** Reads damaged files for a while, at least one round; returns how many. A failure is kept and thrown. */
export async function fuzz(bench: StagingBench, seconds: number, seed: number): Promise<number> {
  const files = await sound(bench);
  const damaged = fc
    .tuple(
      fc.constantFrom(...fileFormats),
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
      fc.option(fc.nat()),
    )
    .map(([format, which, changes, cut]) => {
      const bytes = Buffer.from(files[format][which % files[format].length] as Uint8Array);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return inputOf(format, cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
    });
  const end = systemClock.micros() + seconds * 1_000_000;
  let runs = 0;
  for (let round = seed; runs === 0 || systemClock.micros() < end; round += 1) {
    const found = await fc.check(
      fc.asyncProperty(damaged, (input) => isSound(bench, input)),
      { seed: round, numRuns: ROUND },
    );
    runs += found.numRuns;
    if (!found.failed) continue;
    const file = keepRegression("file_readers", String(found.counterexample?.[0]));
    throw new Error(`seed ${round}, kept as ${file}`, { cause: found.errorInstance });
  }
  return runs;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
  const bench = await StagingBench.open();
  const runs = await fuzz(bench, Number(values.seconds), Number(values.seed));
  await bench.close();
  process.stdout.write(`${runs} files, none broke a reader\n`);
}
