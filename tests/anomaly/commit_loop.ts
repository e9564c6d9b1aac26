import { systemClock } from "../../schema/clock.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { proposal } from "../support/fact_bases.ts";

/**
 * Run as a process of its own by `kill.test.ts`: commits deltas of many facts to the fact base at argv[2] until it is killed, and prints the number of
 * each commit when it is acknowledged. argv[3] tells the rounds apart.
 */
const [path = "", round = ""] = process.argv.slice(2);
const base = await FactBase.open(path, { clock: systemClock });
process.stdout.write("open\n");
for (let count = 0; ; count += 1) {
  const customers = Array.from({ length: 50 }, (_, index) => [`r${round}-${count}-${index}`, BigInt(index)]);
  const verdict = await base.propose(proposal({ assert: { customer: customers }, reason: `round ${round}, delta ${count}` }));
  process.stdout.write(`${verdict.commit}\n`);
}
