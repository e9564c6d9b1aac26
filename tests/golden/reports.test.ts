import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { printError, reportFiles, reportFormats, reportStream } from "../../api/report/format.ts";
import { plainStyle } from "../../api/report/style.ts";
import { verdictText } from "../../api/report/verdict_text.ts";
import { reports } from "../support/sample_reports.ts";

/** Each folder of `reports/` is one verdict in every form. `UPDATE_GOLDEN=1` writes them anew, to be read before they are committed. */
const folder = join(import.meta.dirname, "reports");
const names = {
  sarif: "report.sarif",
  junit: "report.junit.xml",
  github: "report.github.txt",
  markdown: "report.markdown.md",
} as const;

function golden(name: string, file: string, found: string): void {
  const path = join(folder, name, file);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(path, found);
  }
  assert.equal(found, readFileSync(path, "utf8"));
}

/** SARIF is printed on one line; it is kept so that a change of it can be read. */
function readable(format: keyof typeof names, text: string): string {
  return format === "sarif" ? `${JSON.stringify(JSON.parse(text), null, 2)}\n` : text;
}

describe("reports", () => {
  for (const [name, report] of Object.entries(reports)) {
    for (const format of reportFormats) {
      it(`${name} as ${format}`, () => {
        const files = reportFiles(format, report).map((file) => [...file].join(""));
        assert.deepEqual(files, [[...reportStream(format, report)].join("")]);
        golden(name, names[format], readable(format, files.join("")));
      });
    }
    it(`${name} for a terminal`, () => {
      golden(name, "report.tty.txt", `${verdictText(report.verdict, { style: plainStyle, perLaw: 5, micros: 1000, laws: "all" })}\n`);
    });
  }

  for (const format of reportFormats) {
    it(`an error as ${format}`, () => {
      const error = {
        code: "ingest.not_found",
        title: "a file is not there",
        detail: "there is no file `x,\ny`",
        place: "x:1",
        help: "name it",
        also: [{ code: "json.syntax", title: "bad JSON", detail: "a comma too many", place: null, help: null }],
      };
      golden("error", names[format], readable(format, printError(format, error, "0.1.0", 3)));
    });
  }
});
