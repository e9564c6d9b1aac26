import { parseArgs } from "node:util";
import fc from "fast-check";
import { compile } from "../../logic/language/compile.ts";
import { parseLp } from "../../logic/language/lp/parse.ts";
import { printLp } from "../../logic/language/lp/print.ts";
import { systemClock } from "../../schema/clock.ts";
import { limits } from "../../schema/limits.ts";
import { lpProgram } from "../support/lp_arbitrary.ts";
import { keepRegression } from "../support/regressions.ts";

/**
 * Throws bytes, token soup, deep nesting and broken programs at the `.lp` parser and at the lowering behind it: no input may crash
 * them, take longer than `SLOW_MS`, or give a place outside the text; and what was read must print and read back.
 * `node tests/fuzz/lp_parser.ts --seconds N [--seed S]`; a failure is printed with its seed and kept under tests/regressions.
 */
const SLOW_MS = 5_000;
const ROUND = 200;

const words =
  'p q X Y _ not :- :~ . , ; : ( ) { } [ ] | .. + - * / \\ ** & ? ^ ~ @ = != < <= 1 0x1f 99999999999999999999 "s" #count #sum #sum+ #min #max #const #show #include #external #minimize #true #false #inf #sup #script #end #program base % %* *% %!\n \n';
const soup = fc
  .array(fc.constantFrom(...words.split(" "), " ", '\n%! @law a.b error "x"\n'), { maxLength: 60 })
  .map((parts) => parts.join(" "));
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new TextDecoder().decode(array));
const deep = fc
  .tuple(fc.constantFrom("(", "-", "|", "f(", "{", "not ", "1+", "%*", "p(X;", "_", "'", '"'), fc.nat({ max: 20_000 }))
  .map(([part, times]) => `p :- ${part.repeat(times)}`);
const broken = fc.tuple(lpProgram, fc.nat(), fc.nat({ max: 8 })).map(([program, at, length]) => {
  const text = printLp(program);
  const from = text.length === 0 ? 0 : at % text.length;
  return text.slice(0, from) + text.slice(from + length);
});
const input = fc.oneof(soup, bytes, deep, broken);

/** Whether the text leaves the parser and the lowering sound; throws what they throw. */
export function isSound(text: string): boolean {
  const start = systemClock.micros();
  const { program, diagnostics } = parseLp("fuzz.lp", text);
  compile([{ theory: "fuzz", programs: [program] }]);
  const printed = parseLp("fuzz.lp", printLp(program));
  const isInside = diagnostics.every(({ span }) => span.offset + span.length <= text.length && span.line > 0 && span.column > 0);
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
      keepRegression("lp_parser", outcome.counterexample?.[0] ?? "");
      fc.assert(fc.property(input, isSound), { seed, numRuns: ROUND });
    }
    runs += ROUND;
  }
  return runs;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
  const runs = fuzz(Number(values.seconds), Number(values.seed));
  process.stdout.write(`${runs} inputs to the .lp parser and lowering, none crashed or took ${SLOW_MS} ms\n`);
}
