import { limits } from "../../../schema/limits.ts";
import type { Item, Program } from "../ast.ts";
import { DiagnosticList } from "../diagnostic_list.ts";
import type { ParseResult } from "../parse_result.ts";
import { SourceText } from "../source.ts";
import { DocReader } from "./doc_reader.ts";
import { lex } from "./lex.ts";
import { parseStatement } from "./parse_statement.ts";
import { StatementRejected, TokenReader } from "./token_reader.ts";

/**
 * Reads a program in clingo's dialect (gringo 5.4's grammar). Always answers: a statement that cannot be read is left out and
 * reported, and reading goes on behind its `.`. Input relations of a theory without `.dl` are declared by
 * `%! @input name(attribute:type, …)` lines, which read as relation items.
 */
export function parseLp(file: string, text: string): ParseResult {
  const diagnostics = new DiagnosticList(new SourceText(file, text), limits.diagnostics.value);
  const program = (items: readonly Item[]): Program => ({ dialect: "lp", file, items });
  if (Buffer.byteLength(text) > limits.program_bytes.value) {
    const message = `the file is larger than ${limits.program_bytes.value} bytes`;
    diagnostics.error("limit.program_bytes", message, diagnostics.source.span(0, 0));
    return { program: program([]), diagnostics: diagnostics.sorted() };
  }
  const { tokens, docs } = lex(diagnostics);
  const items = readStatements(new TokenReader(diagnostics, tokens), new DocReader(diagnostics, docs));
  return { program: program(items), diagnostics: diagnostics.sorted() };
}

function readStatements(reader: TokenReader, docs: DocReader): Item[] {
  const items: Item[] = [];
  while (!reader.diagnostics.full) {
    const { declared, doc } = docs.above(reader.peek().offset);
    items.push(...declared);
    if (reader.peek().kind === "end") {
      docs.reportMarks(doc);
      break;
    }
    reader.beginStatement();
    try {
      const item = parseStatement(reader, doc);
      if (item !== null) items.push(item);
      if (item?.kind !== "rule") docs.reportMarks(doc);
    } catch (cause) {
      if (!(cause instanceof StatementRejected)) throw cause;
      reader.skipStatement();
    }
    docs.skipTo(reader.peek(-1).offset);
  }
  return items;
}
