import { countsOf, type ExtractedFile, type ExtractedPiece, type PieceState } from "../jobs/extraction.ts";
import { countText } from "./count_text.ts";
import { printable } from "./fact_text.ts";
import type { Style } from "./style.ts";
import { columnsText } from "./table_text.ts";

const COLUMNS = ["pieces", "accepted", "repaired", "nothing", "refused", "failed", "facts"] as const;

/** A table of what became of each file; then the pieces that were not accepted at once, with what stood against each answer; then the sum. */
export function extractText(files: readonly ExtractedFile[], style: Style): string {
  const rows = files.map((file) => {
    const counts = countsOf([file]);
    const failed = counts.failed + counts.cancelled;
    return [file.file, ...COLUMNS.map((name) => BigInt(name === "failed" ? failed : counts[name]))];
  });
  const columns = [{ name: "file", type: "symbol" } as const, ...COLUMNS.map((name) => ({ name, type: "number" }) as const)];
  const parts = [columnsText({ columns, rows }, style), ...files.flatMap((file) => fileParts(file, style)), sumLine(files, style)];
  return parts.join("\n\n");
}

const COLOURS: Readonly<Record<PieceState, "green" | "yellow" | "red">> = {
  accepted: "green",
  repaired: "green",
  nothing: "yellow",
  refused: "red",
  failed: "red",
  cancelled: "yellow",
};

function fileParts({ file, error, pieces }: ExtractedFile, style: Style): string[] {
  const told = pieces.filter(({ state }) => state !== "accepted" && state !== "nothing");
  const unread = error === null ? [] : [`${printable(file)}  ${style("red", "no text")}\n    ${error.code}: ${printable(error.detail)}`];
  return [...unread, ...told.map((piece) => pieceText(file, piece, style))];
}

function pieceText(file: string, { lines: [from, to], state, job, receipt, attempts, error }: ExtractedPiece, style: Style): string {
  const place = `${printable(file)}:${from}${to === from ? "" : `-${to}`}`;
  const head = [place, style(COLOURS[state], state), ...(job === null ? [] : [style("dim", `${job}${receipt ? ", on record" : ""}`)])];
  const rounds = attempts.flatMap(({ round, verdict, reasons, more }) => [
    `    round ${round} ${verdict}`,
    ...reasons.map(
      ({ law, message, place: at }) => `        ${law}: ${printable(message)}${at === null || at === place ? "" : style("dim", `  ${at}`)}`,
    ),
    ...(more > 0 ? [style("dim", `        and ${countText(more, "more", "more")}`)] : []),
  ]);
  const ended = error === null ? [] : [`    ${error.code}: ${printable(error.detail)}`];
  return [head.join("  "), ...rounds, ...ended].join("\n");
}

function sumLine(files: readonly ExtractedFile[], style: Style): string {
  const { pieces, facts, receipts, accepted, repaired } = countsOf(files);
  const lawful = accepted + repaired;
  const colour = lawful === pieces ? "green" : lawful === 0 ? "red" : "yellow";
  const known = receipts === 0 ? "" : ` · ${receipts} on record already`;
  return `${style([colour, "bold"], countText(facts, "lawful fact"))}  ${lawful} of ${countText(pieces, "piece")}${known}`;
}
