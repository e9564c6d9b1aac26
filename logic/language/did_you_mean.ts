import { distance } from "fastest-levenshtein";

/** How many candidates are looked at; a program with more names than that gets suggestions from its first ones. */
const MAX_CANDIDATES = 2_000;

/**
 * The candidate nearest to `name` by edit distance, or null where none is near: at most a third of the name's letters may
 * differ, and one letter always may. Two letters that changed places are one edit. Ties go to the first in code point order.
 */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  const allowed = Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null;
  let bestDistance = allowed + 1;
  let looked = 0;
  for (const candidate of candidates) {
    looked += 1;
    if (looked > MAX_CANDIDATES) break;
    if (candidate === name || Math.abs(candidate.length - name.length) > allowed) continue;
    const edits = editsBetween(name.toLowerCase(), candidate.toLowerCase());
    if (edits < bestDistance || (edits === bestDistance && best !== null && candidate < best)) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

function editsBetween(a: string, b: string): number {
  const edits = distance(a, b);
  return edits === 2 && a.length === b.length && [...a].toSorted().join("") === [...b].toSorted().join("") ? 1 : edits;
}

/** `did you mean …` where a candidate is near, else `otherwise`. */
export function didYouMean(name: string, candidates: Iterable<string>, otherwise: string | null): string | null {
  const found = nearest(name, candidates);
  return found === null ? otherwise : `did you mean \`${found}\``;
}
