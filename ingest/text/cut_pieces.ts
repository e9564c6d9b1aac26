/** A stretch of a text. */
export interface TextPiece {
  readonly text: string;
  /** Lines of the whole text, counted from 1, in which it begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** Where a text is best cut, the best first: behind a blank line, a line, a sentence, a word. */
const SEAMS = [/\r?\n[ \t]*\r?\n\s*/g, /\r?\n/g, /[.!?]["')\]]*\s+/g, /\s+/g];

/**
 * Cuts a text into pieces of at most `characters` (UTF-16 units; fewer than two count as two), each as long as can be and none shorter than half of it where a seam
 * allows: behind a blank line if one is in its second half, else a line, a sentence, a word, and else anywhere but within a character. The
 * pieces, one behind the other, are the text; those that hold nothing but space are left out.
 */
export function cutPieces(text: string, characters: number): TextPiece[] {
  const length = Math.max(characters, 2);
  const pieces: TextPiece[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const end = at + length >= text.length ? text.length : seamIn(text, at, at + length);
    const piece = text.slice(at, end);
    const breaks = piece.match(/\n/g)?.length ?? 0;
    const blankBefore = /^\s*/.exec(piece)?.[0].match(/\n/g)?.length ?? 0;
    const blankBehind = /\s*$/.exec(piece)?.[0].match(/\n/g)?.length ?? 0;
    if (piece.trim() !== "") pieces.push({ text: piece, from: line + blankBefore, to: line + breaks - blankBehind });
    line += breaks;
    at = end;
  }
  return pieces;
}

function seamIn(text: string, from: number, to: number): number {
  const half = from + Math.ceil((to - from) / 2);
  const part = text.slice(half, to);
  for (const seam of SEAMS) {
    const last = [...part.matchAll(seam)].at(-1);
    if (last !== undefined) return half + last.index + last[0].length;
  }
  const isHalved = /[\ud800-\udbff]/.test(text[to - 1] ?? "") && /[\udc00-\udfff]/.test(text[to] ?? "");
  return isHalved ? to - 1 : to;
}
