import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Adapter, AdapterFacts, AdapterOptions } from "../adapter.ts";
import { readStepStream } from "./step_stream.ts";
import { type IntakeState, takeSteps } from "./take_steps.ts";

/** A machine that nothing was done to yet. */
const BLANK: IntakeState = {
  port: { steps: new Set(), independent: new Set() },
  head: null,
  taken: () => null,
  waiting: [],
  cells: () => [],
};

/**
 * Reads a whole stream of steps, a file `*.steps.ndjson` with its port in it, as the facts of the theory `machine`.
 * Errors: those of `readStepStream` and `takeSteps`, `ingest.unreadable`, `limit.json_bytes`.
 */
export const stepsAdapter: Adapter = {
  theory: "machine",
  accepts: async (path) => basename(path).endsWith(".steps.ndjson"),
  read: readMachine,
};

async function readMachine(path: string, { limits }: AdapterOptions): Promise<AdapterFacts> {
  const { assert, places } = takeSteps(BLANK, readStepStream(await readText(path, limits), path, limits), limits);
  return { facts: assert, places, quarantined: [], events: [] };
}

async function readText(path: string, limits: Limits): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR");
    throw new AssayError(missing ? "ingest.not_found" : "ingest.unreadable", `\`${path}\` cannot be read`, { place: path, cause });
  }
  if (bytes.length > limits.json_bytes)
    throw new AssayError("limit.json_bytes", `\`${path}\` has more than ${limits.json_bytes} bytes`, { place: path });
  return bytes.toString("utf8");
}
