import type { Doc, Mark } from "./ast.ts";
import type { SourceText } from "./source.ts";

/** One line of a doc comment: what stands behind `///` or `%!`, and where that begins. */
export interface DocLine {
  readonly text: string;
  readonly offset: number;
}

export const noDoc: Doc = { text: "", marks: [] };

const MARK = /^\s*@([A-Za-z][A-Za-z0-9_]*)(.*)$/su;

/** The mark that a doc line is, or null where the line is prose. */
export function markOf(line: DocLine, source: SourceText): Mark | null {
  const match = MARK.exec(line.text);
  if (match === null) return null;
  const name = match[1] ?? "";
  const indent = line.text.indexOf("@");
  return { name, rest: (match[2] ?? "").trim(), span: source.span(line.offset + indent, line.text.trimEnd().length - indent) };
}

/** A doc comment of its lines: marks apart from prose, one space of indentation and blank lines at both ends left out. */
export function docOf(lines: readonly DocLine[], source: SourceText): Doc {
  if (lines.length === 0) return noDoc;
  const marks: Mark[] = [];
  const prose: string[] = [];
  for (const line of lines) {
    const mark = markOf(line, source);
    if (mark === null) prose.push(line.text.replace(/^ /u, "").trimEnd());
    else marks.push(mark);
  }
  const first = prose.findIndex((line) => line !== "");
  const last = prose.findLastIndex((line) => line !== "");
  return { text: prose.slice(Math.max(first, 0), last + 1).join("\n"), marks };
}

/** A doc comment as lines behind `lead` (`///`, `%!`): prose first, then the marks. Reading it back gives the same doc. */
export function docLines(doc: Doc, lead: string): string[] {
  const prose = doc.text === "" ? [] : doc.text.split("\n").map((line) => (line === "" ? lead : `${lead} ${line}`));
  const marks = doc.marks.map((mark) => `${lead} @${mark.name}${mark.rest === "" || mark.rest.startsWith("(") ? "" : " "}${mark.rest}`);
  return [...prose, ...marks];
}
