import { type Kernel, kernelHash } from "../../../verify/jobs/kernel.ts";
import { readFibers } from "../../machine/read_fibers.ts";
import { standings } from "../../machine/settle_delta.ts";
import { settledRows } from "../../machine/settled_rows.ts";
import { factsReader } from "./facts_reader.ts";
import { listParameter, refuseOthers } from "./parameters.ts";
import { FIBER_RELATIONS } from "./settled_kernel.ts";

const NAME = "news";
const VERSION = "1";

/** Writes what settles anew along the stepping map of a machine: `observed` and `emitted`. */
export const newsKernel: Kernel = {
  name: NAME,
  version: VERSION,
  hash: kernelHash(NAME, VERSION),
  doc: "what settles anew along the stepping map of a machine, as `observed` and `emitted`: at=HISTORY… for some of its fibers",
  reach(parameters) {
    refuseOthers(NAME, parameters, ["at"]);
    return { reads: [...FIBER_RELATIONS, "ext", "gam", "observed", "emitted"], writes: ["emitted", "observed"] };
  },
  async run(facts, parameters) {
    const read = factsReader(facts);
    const fibers = await readFibers(read, listParameter(parameters, "at"));
    // Polars takes its time to load.
    const { newsChanges } = await import("../../machine/news_delta.ts");
    return newsChanges(read, standings(fibers, await settledRows(fibers)));
  },
};
