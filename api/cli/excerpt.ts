import { readFileSync, statSync } from "node:fs";
import { limits } from "../../schema/limits.ts";

const LINE_CHARACTERS = 160;

/** Reads the line that a place `file:line:column` names; null for every other place, and where the file or the line is too long to show. */
export function excerpt(place: string): { line: string; column: number } | null {
  const [, file, number, column] = /^(.+):(\d+):(\d+)$/.exec(place) ?? [];
  if (file === undefined) return null;
  try {
    if (statSync(file).size > limits.program_bytes.value) return null;
    const line = readFileSync(file, "utf8").split(/\r?\n/)[Number(number) - 1];
    return line === undefined || line.length > LINE_CHARACTERS ? null : { line, column: Number(column) };
  } catch {
    return null;
  }
}
