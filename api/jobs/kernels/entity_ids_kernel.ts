import { Utf8, vectorFromArray } from "apache-arrow";
import { entityIds } from "../../../compute/identity/entity_ids.ts";
import { uuidText } from "../../../compute/identity/uuid_text.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import type { Row, Value } from "../../../schema/value.ts";
import { type Kernel, type KernelTable, kernelHash } from "../../../verify/jobs/kernel.ts";
import { listParameter, refuseOthers, textParameter } from "./parameters.ts";

const NAME = "entity_ids";
const VERSION = "1";

/**
 * Gives every entity of a relation its id: a fact of the relation `into`, the entity's key and then its UUID, for each key in `from` that has
 * none there. See `entityIds` for what the id depends on.
 */
export const entityIdsKernel: Kernel = {
  name: NAME,
  version: VERSION,
  hash: kernelHash(NAME, VERSION),
  doc: "ids of entities: service=IRI kind=NAME from=RELATION key=ATTRIBUTE… into=RELATION, whose facts are a key and its UUID",
  reach(parameters) {
    refuseOthers(NAME, parameters, ["service", "kind", "from", "key", "into"]);
    for (const name of ["service", "kind"]) textParameter(NAME, parameters, name);
    const into = textParameter(NAME, parameters, "into");
    return { reads: [textParameter(NAME, parameters, "from"), into], writes: [into] };
  },
  async run(facts, parameters) {
    const [from, into] = [textParameter(NAME, parameters, "from"), textParameter(NAME, parameters, "into")];
    const [source, target] = [facts.get(from), facts.get(into)];
    if (source === undefined || target === undefined) throw new Error("a kernel reads what it reaches");
    const keys = keysOf(from, source, listParameter(parameters, "key") ?? []);
    if (target.columns.length !== keys.width + 1) {
      throw new AssayError(
        "job.kernel",
        `\`${into}\` has ${target.columns.length} attributes, a key of ${keys.width} and its id need ${keys.width + 1}`,
      );
    }
    const known = new Set(target.rows.map((row) => JSON.stringify(row.map(String))));
    const of = { service: textParameter(NAME, parameters, "service"), kind: textParameter(NAME, parameters, "kind") };
    const columns = Array.from({ length: keys.width }, (_, at) => ({
      name: String(at),
      values: vectorFromArray(
        keys.rows.map((row) => String(row[at])),
        new Utf8(),
      ),
    }));
    const { ids } = entityIds(of, columns);
    const rows = keys.rows
      .map((row, at): Row => [...row, uuidText(ids.subarray(at * 16, at * 16 + 16))])
      .filter((row) => !known.has(JSON.stringify(row.map(String))));
    return { assert: new Map(rows.length === 0 ? [] : [[into, rows]]), retract: new Map() };
  },
};

/** The different keys of a relation's facts. */
function keysOf(
  relation: string,
  { columns, rows }: KernelTable,
  key: readonly string[],
): { readonly width: number; readonly rows: readonly Row[] } {
  const places = key.map((name) => columns.indexOf(name));
  const wrong = key.find((_, at) => places[at] === -1);
  if (wrong !== undefined || key.length === 0) {
    const detail =
      wrong === undefined ? `the kernel \`${NAME}\` takes one attribute \`key\` or more` : `\`${relation}\` has no attribute \`${wrong}\``;
    throw new AssayError("job.kernel", detail);
  }
  const found = new Map<string, Value[]>();
  for (const row of rows) {
    const own = places.map((place) => row[place] ?? "");
    if (own.some((value) => typeof value === "number")) throw new AssayError("identity.key_type", `a key of \`${relation}\` is a float`);
    found.set(JSON.stringify(own.map(String)), own);
  }
  return { width: key.length, rows: [...found.values()] };
}
