import { AssayError } from "../../schema/assay_error.ts";
import type { Adapter, AdapterFacts, AdapterOptions } from "../adapter.ts";
import type { GateAdapter, GateFacts, GateReadOptions, GateSource } from "../gate_adapter.ts";
import { ArtifactFolder } from "./artifact_folder.ts";
import { holdsDocuments } from "./document_files.ts";
import { leaveUnmeasured, measureFiles } from "./measure_files.ts";
import { momentOf } from "./moment.ts";
import { type Policy, readPolicy } from "./policy_folder.ts";
import { POLICY_RELATIONS } from "./policy_relations.ts";
import { readAlloys } from "./read_alloys.ts";
import { EMPTY_RING } from "./signatures.ts";
import { measuringSummary } from "./summary.ts";

const NO_POLICY: Policy = { facts: new Map(), places: new Map(), ring: EMPTY_RING };

/**
 * Reads proof documents, `*.alloy.json` files or folders of them, as facts of the theory `alloy`: what they say, and what was measured beside
 * it. Files that they speak of are not looked at. Errors: those of `readAlloys`.
 */
export const alloyAdapter: Adapter = {
  theory: "alloy",
  accepts: async (path) => holdsDocuments(path),
  read: (path, options) => readForVerdict([path], options),
  readAll: readForVerdict,
};

/** The same for the gate: with a policy, the files, a time and documents that are no files. Errors: also those of `readPolicy` and `ArtifactFolder.open`. */
export const alloyGate: GateAdapter = { theory: "alloy", read: readForGate };

function readForVerdict(paths: readonly string[], { limits, now }: AdapterOptions): Promise<AdapterFacts> {
  const sources = paths.map((path) => ({ path }));
  return readForGate(sources, { limits, at: now, policy: null, artifacts: null, onProgress: () => undefined });
}

async function readForGate(sources: readonly GateSource[], options: GateReadOptions): Promise<GateFacts> {
  const { limits, onProgress } = options;
  const at = momentOf(options.at);
  if (at === null) throw new AssayError("usage.arguments", `\`${options.at}\` is no time of RFC 3339`);
  const policy = options.policy === null ? NO_POLICY : await readPolicy(options.policy, limits);
  const folder = options.artifacts === null ? null : await ArtifactFolder.open(options.artifacts, limits);
  const { tables, subjects, files } = await readAlloys(sources, { limits, ring: policy.ring, at: at.seconds, onProgress });
  if (folder === null) leaveUnmeasured(tables, files);
  else
    await measureFiles(tables, files, folder, (done, total) =>
      onProgress(`hashing artifacts: ${megabytes(done)} of ${megabytes(total)} MB`),
    );
  return {
    facts: policy.facts,
    places: policy.places,
    tables: Object.values(tables).filter(({ rows }) => rows > 0),
    quarantined: [],
    events: [],
    subjects,
    replaces: options.policy === null ? [] : [...POLICY_RELATIONS.keys()],
    summary: { measured: measuringSummary(tables) },
  };
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1_000_000).toLocaleString("en-US");
}
