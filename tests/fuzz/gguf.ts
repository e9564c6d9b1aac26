import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { ModelHost } from "../../compute/llama/model_host.ts";
import { AssayError } from "../../schema/assay_error.ts";
import { systemClock } from "../../schema/clock.ts";
import { randomModel } from "../support/gguf.ts";
import { request } from "../support/model_files.ts";
import { keepRegression } from "../support/regressions.ts";

/**
 * Changes bytes of a small model file where they mean something, loads what its check lets through and asks it for two tokens: there is an
 * answer or an error, and llama.cpp never ends its process. `node tests/fuzz/gguf.ts --seconds N [--seed S]`; a failure is kept under
 * tests/regressions.
 */
const ROUND = 10;
const CONTEXT = 64;
const whole = randomModel(1, CONTEXT);
const FIELDS = ["context_length", "embedding_length", "block_count", "feed_forward_length", "head_count", "norm_rms_epsilon"];
const LISTS = ["tokenizer.ggml.tokens", "tokenizer.ggml.scores", "tokenizer.ggml.token_type", "os_token_id", "eos_token_id"];
/** Bytes behind a name that are its type, its length and first values. */
const FIELD_BYTES = 8;
const LIST_BYTES = 64;
const TENSOR_BYTES = 32;

/** Where the numbers of a header lie. */
function spots(): number[] {
  const behind = (name: string, bytes: number): number[] => {
    const found: number[] = [];
    for (let at = whole.indexOf(name); at >= 0; at = whole.indexOf(name, at + 1))
      found.push(...Array.from({ length: bytes }, (_, byte) => at + name.length + byte));
    return found;
  };
  return [
    ...Array.from({ length: 24 }, (_, at) => at),
    ...FIELDS.flatMap((name) => behind(name, FIELD_BYTES)),
    ...LISTS.flatMap((name) => behind(name, LIST_BYTES)),
    ...behind(".weight", TENSOR_BYTES),
  ];
}

/** A host and the folder of its model file. */
export class ModelBench {
  readonly host = new ModelHost({ device: "cpu", memory_mb: 400 });
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<ModelBench> {
    return new ModelBench(await mkdtemp(join(tmpdir(), "assay-gguf-")));
  }

  /** Loads and asks the model of an input, `AT=VALUE,…`: bytes of the sound file that are another. Throws where its process died over it. */
  async isSound(input: string): Promise<boolean> {
    const bytes = Buffer.from(whole);
    for (const change of input.split(",")) {
      const [at = 0, value = 0] = change.split("=").map(Number);
      bytes[at] = value;
    }
    const path = join(this.#folder, "model.gguf");
    await writeFile(path, bytes);
    const { pid } = this.host;
    try {
      const model = await this.host.model({ name: "changed", path, context: CONTEXT });
      await model.complete(request({ prompt: "ab", tokens: 2 }));
    } catch (cause) {
      if (!(cause instanceof AssayError) || cause.code === "model.crashed") throw cause;
    }
    if (pid !== null && this.host.pid !== pid) throw new Error("the process that holds models died");
    return true;
  }

  async close(): Promise<void> {
    await this.host.close();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Loads changed files for a while, at least one round; returns how many. A failure is kept and thrown. */
export async function fuzz(bench: ModelBench, seconds: number, seed: number): Promise<number> {
  const places = spots();
  const value = fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat({ max: 255 }));
  const change = fc.tuple(fc.constantFrom(...places), value).map(([at, byte]) => `${at}=${byte}`);
  const changed = fc.array(change, { minLength: 1, maxLength: 2 }).map((changes) => changes.join(","));
  const end = systemClock.micros() + seconds * 1_000_000;
  let runs = 0;
  for (let round = seed; runs === 0 || systemClock.micros() < end; round += 1) {
    const found = await fc.check(
      fc.asyncProperty(changed, (input) => bench.isSound(input)),
      { seed: round, numRuns: ROUND },
    );
    runs += found.numRuns;
    if (!found.failed) continue;
    const file = keepRegression("gguf", String(found.counterexample?.[0]));
    throw new Error(`seed ${round}, kept as ${file}`, { cause: found.errorInstance });
  }
  return runs;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
  const bench = await ModelBench.open();
  const runs = await fuzz(bench, Number(values.seconds), Number(values.seed));
  await bench.close();
  process.stdout.write(`${runs} files, none ended the process that holds models\n`);
}
