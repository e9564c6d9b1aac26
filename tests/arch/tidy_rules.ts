import { functionsOf } from "./functions.ts";
import type { Token } from "./tokens.ts";
import type { SourceFile } from "./tree.ts";

export const FILE_LINES = 400;
export const FUNCTION_LINES = 60;

/** Names whose values depend on when, where or how often the program runs, and the files that own them. */
const seams: readonly { readonly name: string; readonly owners: readonly string[] }[] = [
  { name: "Date.now", owners: ["schema/clock.ts"] },
  { name: "new Date ( )", owners: ["schema/clock.ts"] },
  { name: "performance.now", owners: ["schema/clock.ts", "benchmarks/", "tests/"] },
  { name: "process.hrtime", owners: ["schema/clock.ts", "benchmarks/", "tests/"] },
  { name: "Math.random", owners: [] },
  { name: "randomUUID", owners: [] },
  { name: "console", owners: ["benchmarks/"] },
  { name: "process.exit", owners: ["api/cli/"] },
];

/** One registry, one entry a code: a table grows with what it lists, and splitting it would hide what it has twice. */
const TABLES = ["schema/errors.ts"];

/** Written apart so that this file does not find itself. */
const leftovers = [
  ["TO", "DO"],
  ["FIX", "ME"],
  ["XX", "X"],
  ["HA", "CK"],
  ["not ", "implemented"],
  ["for ", "now"],
  ["place", "holder"],
];
const leftover = new RegExp(`\\b(${leftovers.map((parts) => parts.join("")).join("|")})\\b`);
const BEFORE_TYPE = new Set([":", "as", "<", "|", "&", "satisfies"]);

/** Says what is untidy in one file. */
export function tidyFindings(file: SourceFile): string[] {
  const code = file.tokens.filter((token) => token.kind !== "comment");
  return [...lengths(file), ...banned(file, code), ...notes(file), ...types(file, code), ...skippedTests(file, code)];
}

function lengths(file: SourceFile): string[] {
  const lines = file.text.split("\n").length - 1;
  const isTest = file.path.startsWith("tests/");
  const long = functionsOf(file).filter((found) => found.lines > FUNCTION_LINES && !(isTest && /^(describe|suite)$/.test(found.callee)));
  const findings = long.map((found) => `${file.path}:${found.line}: a function of ${found.lines} lines`);
  return lines > FILE_LINES && !TABLES.includes(file.path) ? [...findings, `${file.path}: ${lines} lines`] : findings;
}

function banned(file: SourceFile, code: readonly Token[]): string[] {
  return seams.flatMap(({ name, owners }) => {
    if (owners.some((owner) => file.path.startsWith(owner))) return [];
    const parts = name.split(/ |(?=\.)|(?<=\.)/);
    const isMember = (index: number): boolean => code[index - 1]?.text === "." && name === "console";
    const isHere = (index: number): boolean =>
      parts.every((part, offset) => code[index + offset]?.text === part && isCode(code[index + offset]));
    return code.flatMap((token, index) => (isHere(index) && !isMember(index) ? [`${file.path}:${token.line}: \`${name}\``] : []));
  });
}

function isCode(token: Token | undefined): boolean {
  return token?.kind === "word" || token?.kind === "punctuation";
}

function notes(file: SourceFile): string[] {
  return file.tokens.flatMap((token) => {
    const found = token.kind === "comment" || token.kind === "string" || token.kind === "template" ? leftover.exec(token.text) : null;
    return found === null ? [] : [`${file.path}:${token.line}: \`${found[0]}\` is a leftover note`];
  });
}

function types(file: SourceFile, code: readonly Token[]): string[] {
  const unsafe = code.flatMap((token, index) =>
    token.kind === "word" && token.text === "any" && BEFORE_TYPE.has(code[index - 1]?.text ?? "")
      ? [`${file.path}:${token.line}: \`any\``]
      : [],
  );
  const silenced = file.tokens.flatMap((token) =>
    token.kind === "comment" && /@ts-(ignore|nocheck)/.test(token.text) ? [`${file.path}:${token.line}: \`${token.text}\``] : [],
  );
  return [...unsafe, ...silenced];
}

/** `.only` never; a skip needs its reason: `{ skip: <expression> }` or `t.skip("reason")`. */
function skippedTests(file: SourceFile, code: readonly Token[]): string[] {
  return code.flatMap((token, index) => {
    const isMember = code[index - 1]?.text === "." && /^(test|it|describe|suite|t|context)$/.test(code[index - 2]?.text ?? "");
    const hasReason = token.text === "skip" && /^(t|context)$/.test(code[index - 2]?.text ?? "") && code[index + 2]?.text !== ")";
    const isBareOption = token.text === "skip" && code[index + 1]?.text === ":" && code[index + 2]?.text === "true";
    const isFinding = (isMember && (token.text === "only" || token.text === "skip") && !hasReason) || isBareOption;
    return isFinding ? [`${file.path}:${token.line}: \`${token.text}\` without a reason`] : [];
  });
}
