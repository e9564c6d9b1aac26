import type { Diagnostic } from "../../schema/diagnostic.ts";
import type { Program } from "./ast.ts";

/**
 * What a parser gives back, always: every item it could read and every diagnostic of the run. `program` is whole only where
 * no diagnostic is an error.
 */
export interface ParseResult {
  readonly program: Program;
  readonly diagnostics: Diagnostic[];
}
