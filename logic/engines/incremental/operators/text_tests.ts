import type { RE2JS } from "re2js";
import { compilePattern } from "./compile_pattern.ts";
import { FAILURE, LEAST_CELL } from "./failure.ts";
import type { Runtime } from "./runtime.ts";

/** Patterns kept compiled; past it all are dropped, so that patterns taken from facts do not pile up. */
const MOST_PATTERNS = 10_000;

/** Whether the whole text matches the pattern, in RE2's syntax as DuckDB reads it: 1 or 0, or a failure where there is no such pattern. */
export function matches(runtime: Runtime, pattern: number, text: number): number {
  if (pattern < LEAST_CELL) return pattern;
  if (text < LEAST_CELL) return text;
  const compiled = compiledPattern(runtime, pattern);
  if (compiled === null) return FAILURE.pattern;
  return compiled.testExact(runtime.pools.symbolText(text)) ? 1 : 0;
}

/** Whether `text` holds `needle`: 1 or 0, or an operand's failure. */
export function contains(runtime: Runtime, needle: number, text: number): number {
  if (needle < LEAST_CELL) return needle;
  if (text < LEAST_CELL) return text;
  return runtime.pools.symbols.contains(text, needle) ? 1 : 0;
}

function compiledPattern(runtime: Runtime, cell: number): RE2JS | null {
  const known = runtime.patterns.get(cell);
  if (known !== undefined) return known;
  const compiled = compilePattern(runtime.pools.symbolText(cell));
  if (runtime.patterns.size >= MOST_PATTERNS) runtime.patterns.clear();
  runtime.patterns.set(cell, compiled);
  return compiled;
}
