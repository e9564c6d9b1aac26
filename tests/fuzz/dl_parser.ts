import { parseArgs } from "node:util";
import fc from "fast-check";
import { compile } from "../../logic/language/compile.ts";
import { parseDl } from "../../logic/language/dl/parse.ts";
import { parseGroundAtom, parseQuery } from "../../logic/language/dl/parse_query.ts";
import { printDl } from "../../logic/language/dl/print.ts";
import { systemClock } from "../../schema/clock.ts";
import { limits } from "../../schema/limits.ts";
import { dlProgram } from "../support/dl_arbitrary.ts";
import { keepRegression } from "../support/regressions.ts";

/**
 * Throws bytes, token soup, deep nesting and broken programs at the `.dl` parsers and at the lowering behind them: no input may
 * crash them, take longer than `SLOW_MS`, or give a place outside the text; and what was read must print and read back.
 * `node tests/fuzz/dl_parser.ts --seconds N [--seed S]`; a failure is printed with its seed and kept under tests/regressions.
 */
const SLOW_MS = 5_000;
const ROUND = 200;

const words =
  'p q x _ ?y a.b ( ) { } [ ] , . ; : :- = != < <= > >= <: | + - * / % ^ ! $ @ # " \\ band bnot lor land 1 0x1f 0b1 42u 1.5 1e5 1.2.3.4 99999999999999999999 "s" "\\q" count sum min max mean cat strlen substr range match contains true false nil as autoinc inline eqrel choice-domain input .decl .type .input .output .plan .pragma .include .once .comp .init .override .functor .lattice .number_type .tpye // /* */';
const soup = fc
  .array(
    fc.constantFrom(...words.split(" "), " ", "\n", '\n/// @law a.b error "x"\n', "\n#define A 1\n", "\n#define B (A)", '\n#include "x"\n'),
    {
      maxLength: 60,
    },
  )
  .chain((parts) => fc.constantFrom("", " ").map((glue) => parts.join(glue)));
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new TextDecoder().decode(array));
const units = fc.array(fc.nat({ max: 0xffff }), { maxLength: 100 }).map((codes) => String.fromCharCode(...codes));
const deep = fc
  .tuple(
    fc.constantFrom("p(", "p() :- ", ".decl ", "#define A ", ""),
    fc.constantFrom("(", "-", "!", "[", "{", "1+", "2^", "f(", "max(", "count : { ", "a.", "/*", '"', "// ", "q(),", "q();"),
    fc.nat({ max: 20_000 }),
  )
  .map(([start, part, times]) => start + part.repeat(times));
const broken = fc.tuple(dlProgram, fc.nat(), fc.nat({ max: 8 }), soup).map(([program, at, length, noise]) => {
  const text = printDl(program);
  const from = text.length === 0 ? 0 : at % text.length;
  return text.slice(0, from) + (length % 2 === 0 ? noise : "") + text.slice(from + length);
});
const input = fc.oneof(soup, bytes, units, deep, broken);

/** Whether the text leaves the parsers sound; throws what they throw. */
export function isSound(text: string): boolean {
  const start = systemClock.micros();
  const { program, diagnostics } = parseDl("fuzz.dl", text);
  const queries = [...parseQuery(text).diagnostics, ...parseGroundAtom(text).diagnostics];
  compile([{ theory: "fuzz", programs: [program] }]);
  const printed = parseDl("fuzz.dl", printDl(program));
  const isInside = [...diagnostics, ...queries].every(
    ({ span }) => span.offset + span.length <= text.length && span.line > 0 && span.column > 0,
  );
  const readsBack = printed.program.items.length === program.items.length;
  const isBounded = diagnostics.length <= limits.diagnostics.value + 1;
  return isInside && readsBack && isBounded && systemClock.micros() - start < SLOW_MS * 1000;
}

/** Runs the target for `seconds`; gives the count of inputs. */
export function fuzz(seconds: number, firstSeed: number): number {
  const end = systemClock.micros() + seconds * 1_000_000;
  let runs = 0;
  for (let seed = firstSeed; systemClock.micros() < end; seed++) {
    const outcome = fc.check(fc.property(input, isSound), { seed, numRuns: ROUND });
    if (outcome.failed) {
      keepRegression("dl_parser", outcome.counterexample?.[0] ?? "");
      fc.assert(fc.property(input, isSound), { seed, numRuns: ROUND });
    }
    runs += ROUND;
  }
  return runs;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
  const runs = fuzz(Number(values.seconds), Number(values.seed));
  process.stdout.write(`${runs} inputs to the .dl parsers and lowering, none crashed or took ${SLOW_MS} ms\n`);
}
