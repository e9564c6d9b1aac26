/**
 * Question: how many alloys a second does one run read, measure and judge, against a loop that only validates each by the published JSON
 * schema?
 * Hypothesis: within three times of that loop, though every value becomes a fact, every document is hashed in several forms, and all
 * documents are judged together by some hundred laws. (It does not hold: see README.md.)
 * Peer in the same run: ajv (draft 2020-12, with formats, all errors as the gate gives them): read, parse, validate, one document after the other.
 * Documents: the published alloys, each many times under a name of its own; without them there is nothing to measure. The parts of the gate's
 * time are told beside it. Environment: ALLOY_COUNT=10000; ALLOY_PUBLISHED, the folder of the published alloys; ALLOY_THEORY.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { adapterParts } from "../api/cli/source_part.ts";
import { judgementOf } from "../api/cli/theories.ts";
import { alloyGate } from "../ingest/alloy/adapter.ts";
import type { GateFacts } from "../ingest/gate_adapter.ts";
import { systemClock } from "../schema/clock.ts";
import { limitsWith } from "../schema/limits.ts";
import { judgeFacts } from "../verify/judge_facts.ts";
import { openMemory } from "../verify/store/duckdb_session.ts";
import { writeCorpus } from "./alloy/corpus.ts";
import { measure, median, printMeasured } from "./measure.ts";

const ROUNDS = 2;
const count = Number(process.env["ALLOY_COUNT"] ?? 10_000);
const published = process.env["ALLOY_PUBLISHED"] ?? join(import.meta.dirname, "../../shared/data/alloy");
const limits = limitsWith();

type Validate = (value: unknown) => boolean;

function compiledSchema(): Validate {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(join(published, "forge-alloy.schema.json"), "utf8")) as object);
}

/** Reads, parses and validates each document; returns how many are valid. */
function validate(isValid: Validate, paths: readonly string[]): number {
  return paths.filter((path) => isValid(JSON.parse(readFileSync(path, "utf8")))).length;
}

function read(folder: string): Promise<GateFacts> {
  return alloyGate.read([{ path: folder }], {
    limits,
    at: "2026-11-21T00:00:00Z",
    policy: null,
    artifacts: null,
    onProgress: () => undefined,
  });
}

/** Milliseconds of one run of the gate, by its parts, and what it held in memory at its end. */
interface GateTimes {
  readonly read_ms: number;
  readonly load_ms: number;
  readonly judge_ms: number;
  readonly facts: number;
  readonly violations: number;
  readonly rss_mb: number;
}

async function gate(folder: string): Promise<GateTimes> {
  const judgement = await judgementOf([process.env["ALLOY_THEORY"] ?? "alloy"]);
  const { program, hashes, theories } = judgement;
  const session = await openMemory({ memory_limit: `${limits.memory_mb}MB` });
  try {
    const began = performance.now();
    const facts = await read(folder);
    const isRead = performance.now();
    const parts = await adapterParts(session, program.relations, facts, "gate");
    const isLoaded = performance.now();
    const sources = new Map(parts.map((part) => [part.relation, part]));
    const verdict = await judgeFacts({ session, clock: systemClock, limits, theories: hashes, program, sources, texts: theories });
    if (verdict.verdict === "undecided") throw new Error(`undecided: ${JSON.stringify(verdict.undecided)}`);
    return {
      read_ms: isRead - began,
      load_ms: isLoaded - isRead,
      judge_ms: performance.now() - isLoaded,
      facts: verdict.checked.facts,
      violations: verdict.total,
      rss_mb: process.memoryUsage.rss() / 1e6,
    };
  } finally {
    session.close();
  }
}

function printGate(last: GateTimes, corpus: { readonly bytes: number }, ms: number): void {
  const { read_ms, load_ms, judge_ms, facts, violations, rss_mb } = last;
  const parts = `read and measure ${read_ms.toFixed(0)} ms, load ${load_ms.toFixed(0)} ms, judge ${judge_ms.toFixed(0)} ms`;
  const size = `${(corpus.bytes / 1e6).toFixed(1)} MB, ${facts.toLocaleString("en-US")} facts, ${violations.toLocaleString("en-US")} violations`;
  process.stdout.write(`  last gate: ${parts}\n  ${size}, resident ${rss_mb.toFixed(0)} MB\n`);
  process.stdout.write(`  ${((count / ms) * 1000).toFixed(0)} alloys a second\n`);
}

/** Milliseconds of processor time, of all threads, that each contender took in its runs: what a busy machine does not change. */
class ProcessorTimes {
  readonly #spent = new Map<string, number[]>();

  of(name: string, action: () => Promise<unknown>): () => Promise<void> {
    return async () => {
      const before = process.cpuUsage();
      await action();
      const { user, system } = process.cpuUsage(before);
      this.#spent.set(name, [...(this.#spent.get(name) ?? []), (user + system) / 1000]);
    };
  }

  print(base: string): void {
    const base_ms = median(this.#spent.get(base) ?? []);
    for (const [name, spent] of this.#spent) {
      const own_ms = median(spent);
      process.stdout.write(
        `  ${name.padEnd(34)}${own_ms.toFixed(1).padStart(10)} ms of processor   ${(own_ms / base_ms).toFixed(2)} x ${base}\n`,
      );
    }
  }
}

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "assay-alloys-"));
  try {
    const corpus = writeCorpus(published, folder, count);
    const isValid = compiledSchema();
    const valid = validate(isValid, corpus.paths);
    let last: GateTimes | null = null;
    const processor = new ProcessorTimes();
    const contenders = {
      ajv: processor.of("ajv", async () => validate(isValid, corpus.paths)),
      "read and measure": processor.of("read and measure", () => read(folder)),
      gate: processor.of("gate", async () => {
        last = await gate(folder);
      }),
    };
    const measured = await measure(contenders, ROUNDS);
    printMeasured(`${count.toLocaleString("en-US")} alloys, ${valid.toLocaleString("en-US")} of them valid by the schema`, measured, "ajv");
    processor.print("ajv");
    if (last !== null) printGate(last, corpus, measured.find(({ name }) => name === "gate")?.median_ms ?? Number.NaN);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (existsSync(join(published, "forge-alloy.schema.json"))) await run();
else process.stdout.write(`skipped: there are no published alloys in ${published}\n`);
