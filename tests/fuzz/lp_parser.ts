import { parseArgs } from "node:util";
import fc from "fast-check";
import { compile } from "../../logic/language/compile.ts";
import { parseLp } from "../../logic/language/lp/parse.ts";
import { printLp } from "../../logic/language/lp/print.ts";
import { systemClock } from "../../schema/clock.ts";
import { lpProgram } from "../support/lp_arbitrary.ts";

/**
 * Throws bytes, token soup and broken programs at the `.lp` parser and at the lowering behind it: no input may crash them or take
 * longer than `SLOW_MS`. `node tests/fuzz/lp_parser.ts --seconds N [--seed S]`; the seed of a failure is printed.
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

function check(text: string): boolean {
  const start = systemClock.micros();
  const { program } = parseLp("fuzz.lp", text);
  compile([{ theory: "fuzz", programs: [program] }]);
  return systemClock.micros() - start < SLOW_MS * 1000;
}

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
const end = systemClock.micros() + Number(values.seconds) * 1_000_000;
let runs = 0;
for (let seed = Number(values.seed); systemClock.micros() < end; seed++) {
  fc.assert(fc.property(input, check), { seed, numRuns: ROUND });
  runs += ROUND;
}
process.stdout.write(`${runs} inputs to the .lp parser and lowering, none crashed or took ${SLOW_MS} ms\n`);
