import type { Diagnostic } from "../../../schema/diagnostic.ts";
import { type Limits, limitsWith } from "../../../schema/limits.ts";
import type { Atom, Formula, Term } from "../ast.ts";
import { DiagnosticList } from "../diagnostic_list.ts";
import { SourceText } from "../source.ts";
import { Cursor, ParseFailure } from "./parse_cursor.ts";
import { parseAtom, parseBody } from "./parse_formula.ts";
import { depthOf } from "./parse_walk.ts";

/**
 * Parses `?- path(x, "zod", v), v != "1".`: a body, with or without the `?-` before and the `.` behind it. Never throws.
 * `body` is null iff a diagnostic is an error; spans are of the file `<query>`.
 */
export function parseQuery(text: string, limits: Limits = limitsWith()): { body: Formula[] | null; diagnostics: Diagnostic[] } {
  const start = /^\s*\?-/u.exec(text)?.[0].length ?? 0;
  const { found, diagnostics } = parseWhole("<query>", text, start, limits, parseBody, (body) => body);
  return { body: found, diagnostics };
}

/**
 * Parses one fact, `package("node_modules/a", "a", "1.0.0")`, with or without a `.` behind it. Never throws. `atom` is null iff a
 * diagnostic is an error; its arguments are literals. Spans are of the file `<fact>`.
 */
export function parseGroundAtom(text: string, limits: Limits = limitsWith()): { atom: Atom | null; diagnostics: Diagnostic[] } {
  const readAtom = (cursor: Cursor): Atom => {
    const atom = parseAtom(cursor);
    for (const arg of atom.args) {
      if (!isLiteral(arg)) cursor.error("syntax.not_ground", "a fact holds values only", arg.span);
    }
    return atom;
  };
  const { found, diagnostics } = parseWhole("<fact>", text, 0, limits, readAtom, (atom) => [atom]);
  return { atom: found, diagnostics };
}

function isLiteral(term: Term): boolean {
  return term.kind === "integer" || term.kind === "unsigned" || term.kind === "float" || term.kind === "string";
}

/** Reads the whole text as one thing, which must end where the text does. */
function parseWhole<T>(
  file: string,
  text: string,
  start: number,
  limits: Limits,
  read: (cursor: Cursor) => T,
  nodesOf: (found: T) => readonly (Formula | Term)[],
): { found: T | null; diagnostics: Diagnostic[] } {
  const source = new SourceText(file, text);
  const list = new DiagnosticList(source, limits.diagnostics);
  const cursor = new Cursor({ diagnostics: list, limits, constants: new Set(), variables: new Set() }, start, text.length);
  let found: T | null = null;
  try {
    if (text.length > limits.program_bytes) {
      list.error("limit.program_bytes", `the text is larger than ${limits.program_bytes} bytes`, source.span(0, 0));
      return { found, diagnostics: list.sorted() };
    }
    found = read(cursor);
    cursor.accept(".");
    if (!cursor.atEnd()) cursor.failExpected("the end of the text");
    if (depthOf(nodesOf(found)) > limits.program_depth) {
      list.error("limit.program_depth", `nested deeper than ${limits.program_depth} levels`, cursor.spanFrom(start));
    }
  } catch (failure) {
    if (!(failure instanceof ParseFailure)) throw failure;
  }
  const hasError = list.items.some((item) => item.severity === "error");
  return { found: hasError ? null : found, diagnostics: list.sorted() };
}
