import { basename } from "node:path";
import type { ExtractedFile, ExtractedPiece, PieceState } from "./extraction.ts";

/** What is kept for whoever looks into it: its text, and what the model said of it. */
const LEFT: ReadonlySet<PieceState> = new Set(["refused", "failed", "cancelled"]);

/** What an extraction left out, as objects of JSON: files that are no text, and pieces whose facts were not committed. */
export function leftOutOf(files: readonly ExtractedFile[]): { readonly name: string; readonly entry: object }[] {
  const entries = files.flatMap(({ file, error, pieces }) => [
    ...(error === null ? [] : [{ name: basename(file), entry: { kind: "file", file, error } }]),
    ...pieces.filter(({ state }) => LEFT.has(state)).map((piece) => pieceEntry(file, piece)),
  ]);
  const taken = new Map<string, number>();
  return entries.map(({ name, entry }) => {
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return { name: `${name}${count === 1 ? "" : `.${count}`}.json`, entry };
  });
}

function pieceEntry(file: string, { lines, text, state, job, attempts, error }: ExtractedPiece) {
  const [from, to] = lines;
  return { name: `${basename(file)}.${from}-${to}`, entry: { kind: "piece", file, lines, state, job, error, text, attempts } };
}
