import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { factsOf, relationNames, type TrainRelation } from "./facts.ts";
import type { Railway } from "./model.ts";

const PIECE_ROWS = 8192;

/**
 * The facts of a railway as files: `<relation>.facts`, tab-separated, and `<relation>.lp`, clingo's facts. Made in a fresh folder,
 * which the caller removes by `remove`.
 */
export class FactFiles {
  readonly folder = mkdtempSync(join(tmpdir(), "assay-train-"));
  readonly output = join(this.folder, "out");

  constructor(railway: Railway) {
    mkdirSync(this.output);
    this.write(railway, relationNames);
  }

  tsv(relation: TrainRelation): string {
    return join(this.folder, `${relation}.facts`);
  }

  lp(relation: TrainRelation): string {
    return join(this.folder, `${relation}.lp`);
  }

  /** Writes the files of these relations anew from the railway as it is. */
  write(railway: Railway, relations: Iterable<TrainRelation>): void {
    for (const relation of relations) {
      writeLines(this.tsv(relation), railway, relation, (row) => `${row.join("\t")}\n`);
      writeLines(this.lp(relation), railway, relation, (row) => `${relation}(${row.join(",")}).\n`);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function writeLines(path: string, railway: Railway, relation: TrainRelation, line: (row: readonly number[]) => string): void {
  const file = openSync(path, "w");
  let piece = "";
  let rows = 0;
  for (const row of factsOf(railway, relation)) {
    piece += line(row);
    rows += 1;
    if (rows % PIECE_ROWS === 0) {
      writeSync(file, piece);
      piece = "";
    }
  }
  writeSync(file, piece);
  closeSync(file);
}
