import { systemClock } from "../../schema/clock.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { proposal } from "../support/fact_bases.ts";

/**
 * Run as a process of its own by `kill_group.test.ts`: keeps argv[4] proposals under way at the fact base at argv[2] until it is killed.
 * Each asserts two facts, every seventh is refused. Prints the name of each delta when it is acknowledged. argv[3] tells rounds apart.
 */
const [path = "", round = "", width = ""] = process.argv.slice(2);
const base = await FactBase.open(path, { clock: systemClock, engines: ["incremental"] });
process.stdout.write("open\n");
let count = 0;
const worker = async (): Promise<void> => {
  for (;;) {
    const name = `r${round}-${count}`;
    const isBad = count % 7 === 6;
    const id = BigInt(round) * 1_000_000n + BigInt(count);
    count += 1;
    const delta = proposal({ assert: { customer: [[name, isBad ? -1n : 1n]], order: [[id, name, 1n]] }, reason: name });
    const { verdict } = await base.propose(delta);
    if ((verdict === "refused") !== isBad) throw new Error(`${name} is ${verdict}`);
    process.stdout.write(`${isBad ? "-" : "+"}${name}\n`);
  }
};
await Promise.all(Array.from({ length: Number(width) }, worker));
