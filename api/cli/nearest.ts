import { distance } from "fastest-levenshtein";

/** The known name that a mistyped one most likely meant, or null where none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  const ranked = known.map((other) => ({ other, edits: distance(name, other) })).toSorted((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best !== undefined && best.edits <= Math.max(1, Math.floor(name.length / 3)) ? best.other : null;
}
