/** The stages in which Soufflé's language is widened here, each with what it adds; a test belongs to the last one that it needs. */
export const STAGES = "ABCDEFGHI";

/** What a program uses, by name, with its stage. Found by words in the text, so a few of them are off. */
const FEATURES: readonly (readonly [name: string, stage: string, pattern: RegExp])[] = [
  ["disjunction", "A", /;/u],
  ["inline", "A", /\binline\b/u],
  ["magic", "A", /\bmagic\b|"magic-transform"/u],
  ["plan", "A", /\.plan\b/u],
  ["negation", "B", /!\s*[A-Za-z_(]/u],
  ["bitwise", "B", /\b(?:band|bor|bxor|bnot|bshl|bshr|bshru|land|lor|lxor|lnot)\b/u],
  ["functional min/max", "B", /\b(?:min|max)\s*\([^)]*,/u],
  ["arithmetic", "B", /[\w)]\s*[-+*/%^]\s*[\w(]/u],
  ["aggregate", "C", /\b(?:count|sum|min|max|mean)\b[^.:]*:\s*(?:\{|\w+\s*\()/u],
  ["range", "C", /\brange\s*\(/u],
  ["string functor", "D", /\b(?:cat|strlen|substr|to_string|to_number)\s*\(/u],
  ["match/contains", "D", /\b(?:match|contains)\s*\(/u],
  ["ord", "D", /\bord\s*\(/u],
  ["float", "D", /\bfloat\b|\bto_float\b|\b(?:itof|ftoi|utof|ftou)\b/u],
  ["unsigned", "D", /\bunsigned\b|\bto_unsigned\b|\b(?:itou|utoi)\b/u],
  ["component", "E", /\.(?:comp|init)\b/u],
  ["record", "F", /=\s*\[|[(,:]\s*\[|\bnil\b/u],
  ["adt", "F", /\$[A-Za-z_]|\{[^{}]*\}\s*\|/u],
  ["as", "F", /\bas\s*\(/u],
  ["eqrel", "G", /\beqrel\b/u],
  ["subsumption", "G", /\)\s*<=\s*\w+\s*\(/u],
  ["choice-domain", "G", /\bchoice-domain\b/u],
  ["autoinc", "G", /\bautoinc\b|\$\s*[,)+]/u],
  ["i/o parameters", "H", /\.(?:input|output)\s[^\n(]*\(\s*[A-Za-z]+\s*=/u],
  ["limitsize", "H", /\.limitsize\b/u],
  ["user functor", "I", /\.functor\b/u],
  ["lattice", "I", /\.lattice\b|<>/u],
  ["iteration count", "I", /\brecursive_iteration_cnt\b|__ITERATION__/u],
  ["debug_delta", "I", /\bdebug_delta\b/u],
];

export interface Features {
  readonly names: readonly string[];
  readonly stage: string;
}

/** Tells what a program text uses. Strings and comments do not count. */
export function featuresOf(text: string): Features {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"/gu, (part) => (part.startsWith('"') ? '""' : " "));
  const used = FEATURES.filter(([, , pattern]) => pattern.test(code));
  const stage =
    used
      .map(([, one]) => one)
      .sort()
      .at(-1) ?? "A";
  return { names: used.map(([name]) => name), stage };
}
