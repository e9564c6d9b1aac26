import type { Doc, PerItem, RelationItem } from "../ast.ts";
import type { DiagnosticList } from "../diagnostic_list.ts";
import { type DocLine, docOf, markOf } from "../doc.ts";
import type { DocComment } from "./token.ts";

const SHAPE = /^([_']*[a-z][A-Za-z0-9_']*)\s*(?:\(([^()]*)\))?\s*\.?$/;
const PER = /^([_']*[A-Za-z][A-Za-z0-9_?']*)\s*\(([^()]*)\)\s*\.?$/;
const ATTRIBUTE = /^([A-Za-z_][A-Za-z0-9_']*)\s*:\s*([A-Za-z_][A-Za-z0-9_]*)$/;

/** Hands out the `%!` lines of a program to the items below them, in one pass from top to bottom. */
export class DocReader {
  readonly #diagnostics: DiagnosticList;
  readonly #lines: readonly DocComment[];
  #index = 0;

  constructor(diagnostics: DiagnosticList, lines: readonly DocComment[]) {
    this.#diagnostics = diagnostics;
    this.#lines = lines;
  }

  /**
   * The lines before `offset`: what `@input` and `@per` marks declare, and the doc comment that stands directly above `offset`.
   * Marks that stand above nothing are reported.
   */
  above(offset: number): { readonly declared: (RelationItem | PerItem)[]; readonly doc: Doc } {
    const declared: (RelationItem | PerItem)[] = [];
    let open: DocLine[] = [];
    for (let line = this.#lines[this.#index]; line !== undefined && line.offset < offset; line = this.#lines[++this.#index]) {
      const name = markOf(line, this.#diagnostics.source)?.name;
      if (name === "input" || name === "per") {
        const item = name === "input" ? this.#declaration(line, open) : this.#per(line);
        if (item !== null) declared.push(item);
        open = [];
      } else open.push(line);
      if (!line.detached) continue;
      this.reportMarks(docOf(open, this.#diagnostics.source));
      open = [];
    }
    return { declared, doc: docOf(open, this.#diagnostics.source) };
  }

  /** Leaves out the lines before `offset`, which stand inside an item, and reports marks among them. */
  skipTo(offset: number): void {
    const inside: DocLine[] = [];
    for (let line = this.#lines[this.#index]; line !== undefined && line.offset < offset; line = this.#lines[++this.#index])
      inside.push(line);
    this.reportMarks(docOf(inside, this.#diagnostics.source));
  }

  /** Reports the marks of a doc comment that belongs to no rule. */
  reportMarks(doc: Doc): void {
    for (const mark of doc.marks) {
      const help = "put it directly above a rule or a constraint, without a blank line between";
      this.#diagnostics.error("syntax.dangling_mark", `\`@${mark.name}\` stands above nothing that it could mark`, mark.span, help);
    }
  }

  #per(line: DocLine): PerItem | null {
    const mark = markOf(line, this.#diagnostics.source);
    if (mark === null) return null;
    const [, relation, written] = PER.exec(mark.rest) ?? [];
    const key = written?.split(",").map((name) => name.trim()) ?? [];
    if (relation !== undefined && key.every((name) => /^[\w?']+$/.test(name))) return { kind: "per", relation, key, span: mark.span };
    this.#diagnostics.error("syntax.unexpected", "`@per` cannot be read", mark.span, "it reads `%! @per relation(key, …)`");
    return null;
  }

  #declaration(line: DocLine, above: readonly DocLine[]): RelationItem | null {
    const source = this.#diagnostics.source;
    const mark = markOf(line, source);
    if (mark === null) return null;
    const shape = SHAPE.exec(mark.rest);
    const written = shape?.[2]?.trim() ?? "";
    const attributes = written === "" ? [] : written.split(",").map((part) => ATTRIBUTE.exec(part.trim()));
    const name = shape?.[1];
    if (name === undefined || attributes.some((attribute) => attribute === null)) {
      this.#diagnostics.error("syntax.unexpected", "`@input` cannot be read", mark.span, "it reads `%! @input name(attribute:type, …)`");
      return null;
    }
    const span = mark.span;
    return {
      kind: "relation",
      names: [{ name, span }],
      attributes: attributes.map((attribute) => ({ name: attribute?.[1] ?? "", type: { name: attribute?.[2] ?? "", span }, span })),
      qualifiers: [],
      choices: [],
      doc: docOf(above, source),
      span,
    };
  }
}
