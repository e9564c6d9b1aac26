import type { Term } from "../ast.ts";
import { parseTerms } from "./parse_literal.ts";
import { parseTerm } from "./parse_term.ts";
import type { TokenReader } from "./token_reader.ts";

/** Reads `weight@priority, term, …` of an optimisation statement. */
export function parseWeight(reader: TokenReader): { weight: Term; priority: Term | null; terms: Term[] } {
  const weight = parseTerm(reader);
  const priority = reader.take("@") ? parseTerm(reader) : null;
  return { weight, priority, terms: reader.take(",") ? parseTerms(reader) : [] };
}
