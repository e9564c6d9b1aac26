import { startService } from "../../api/http/service.ts";
import { StrictClock, systemClock } from "../../schema/clock.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { fillShop } from "../shop/fill.ts";

/** A service over a fact base in the file argv[2] with twenty laws in force and argv[3] facts of a shop. Prints its address; SIGTERM ends it. */
const [path = "", facts = "0"] = process.argv.slice(2);
const clock = new StrictClock(systemClock);
const options = { clock, limits: { requests_a_second: 1_000_000, live_rows: 10_000_000 } };
const base = await FactBase.create(path, options);
const { sizes } = await fillShop(base, Number(facts));
const service = await startService(base, { clock, base: options, version: "0.0.0", logLevel: "warn" });
process.stdout.write(`${JSON.stringify({ url: service.url, sizes })}\n`);
process.on("message", () => process.send?.({ rss: process.memoryUsage().rss, head: base.head, cpu: process.cpuUsage() }));
process.once("SIGTERM", async () => {
  await service.close();
  await base.close();
  process.disconnect?.();
});
