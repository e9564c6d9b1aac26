import { RE2JS, RE2JSException } from "re2js";

/** Names that re2js knows and the RE2 inside DuckDB does not: properties, later scripts, and categories that RE2 leaves out. */
const UNKNOWN_TO_RE2 = new Set(
  [
    "ASCII_Hex_Digit Alphabetic Ascii Assigned Cn Dash Emoji Emoji_Component Emoji_Modifier Emoji_Modifier_Base Emoji_Presentation",
    "Extended_Pictographic Hex_Digit LC Lc Lowercase Math Quotation_Mark Terminal_Punctuation Uppercase White_Space",
    "Beria_Erfe Garay Gurung_Khema Kirat_Rai Ol_Onal Sidetic Sunuwar Tai_Yo Todhri Tolong_Siki Tulu_Tigalari Unknown",
  ]
    .join(" ")
    .split(" "),
);

/** In RE2 the category `C` lacks the unassigned code points. */
const CATEGORY_C = "\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}";

/** The pieces of a pattern outside and inside of brackets, as far as the two dialects differ. */
const OUTSIDE = /\\Q[\s\S]*?(?:\\E|$)|\\[pP](?:\{[^}]*\}|[\s\S])|\\[\s\S]|\(\?P<\w+>|\(\?<|\[\^?\]?|[\s\S]/uy;
const INSIDE = /\[:\^?\w+:\]|\\[pP](?:\{[^}]*\}|[\s\S])|\\[\s\S]|[\s\S]/uy;

/**
 * Compiles a regular expression in the syntax of RE2 as DuckDB reads it; null where it is none. Known to differ from RE2: a pattern
 * with `\C` (one byte) is none, and neither is `\P{C}` inside of brackets; character classes by category, script or letter case
 * follow a later version of Unicode.
 */
export function compilePattern(text: string): RE2JS | null {
  const translated = translate(text);
  if (translated === null) return null;
  try {
    return RE2JS.compile(translated);
  } catch (error) {
    if (error instanceof RE2JSException) return null;
    throw error;
  }
}

/** The pattern as re2js reads it: names of groups left out, which RE2 lets repeat and re2js does not. */
function translate(text: string): string | null {
  let translated = "";
  let inClass = false;
  for (let at = 0; at < text.length; ) {
    const pieces: RegExp = inClass ? INSIDE : OUTSIDE;
    pieces.lastIndex = at;
    const piece: string = pieces.exec(text)?.[0] ?? "";
    at += piece.length;
    const put = translatePiece(piece, inClass);
    if (put === null) return null;
    translated += put;
    inClass = inClass ? piece !== "]" : piece.startsWith("[");
  }
  return translated;
}

function translatePiece(piece: string, inClass: boolean): string | null {
  if (/^\\[pP]/.test(piece)) return translateProperty(piece, inClass);
  if (inClass) return piece;
  if (piece.startsWith("(?P<")) return "(";
  return piece === "(?<" || piece === "\\C" ? null : piece;
}

function translateProperty(piece: string, inClass: boolean): string | null {
  const [, letter = "", caret = "", name = ""] = /^\\([pP])\{?(\^?)([^}]*)\}?$/.exec(piece) ?? [];
  if (UNKNOWN_TO_RE2.has(name)) return null;
  if (name !== "C") return piece;
  const isNegated = (letter === "P") !== (caret === "^");
  if (inClass) return isNegated ? null : CATEGORY_C;
  return `[${isNegated ? "^" : ""}${CATEGORY_C}]`;
}
