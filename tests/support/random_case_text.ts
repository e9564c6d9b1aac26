import type { RandomCase } from "./random_programs.ts";
import { readTagged, taggedText } from "./tagged_json.ts";

/** A random case as JSON text. */
export function caseText(random: RandomCase): string {
  return taggedText(random);
}

/** Reads what `caseText` wrote. */
export function readCase(text: string): RandomCase {
  return readTagged(text) as RandomCase;
}
