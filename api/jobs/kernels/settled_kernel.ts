import { type Kernel, kernelHash } from "../../../verify/jobs/kernel.ts";
import { readFibers } from "../../machine/read_fibers.ts";
import { fixedFiberChanges, standings } from "../../machine/settle_delta.ts";
import { settledRows } from "../../machine/settled_rows.ts";
import { factsReader } from "./facts_reader.ts";
import { listParameter, refuseOthers } from "./parameters.ts";

const NAME = "settled";
const VERSION = "1";

/** What the fibers of a machine are read from. */
export const FIBER_RELATIONS = ["point", "down_set", "nuc_points", "elem", "meet", "join", "nuc"];

/** Writes the settled elements of fibers (`hstar`), and takes out those that are settled no more. */
export const settledKernel: Kernel = {
  name: NAME,
  version: VERSION,
  hash: kernelHash(NAME, VERSION),
  doc: "what is settled in the fibers of a machine, as `hstar`: at=HISTORY… for some of them",
  reach(parameters) {
    refuseOthers(NAME, parameters, ["at"]);
    return { reads: [...FIBER_RELATIONS, "hstar"], writes: ["hstar"] };
  },
  async run(facts, parameters) {
    const read = factsReader(facts);
    const fibers = await readFibers(read, listParameter(parameters, "at"));
    return fixedFiberChanges(read, standings(fibers, await settledRows(fibers)));
  },
};
