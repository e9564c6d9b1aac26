import { stat } from "node:fs/promises";
import {
  getLlama,
  InsufficientMemoryError,
  type Llama,
  type LlamaContextSequence,
  LlamaGrammar,
  LlamaLogLevel,
  type LlamaModel,
  NoBinaryFoundError,
} from "node-llama-cpp";
import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import { type ModelFile, versionOf } from "./gguf_header.ts";
import { HeldModel } from "./held_model.ts";
import { whileNot } from "./job_end.ts";
import type { HoldSettings, ModelSettings, ModelTask } from "./model_messages.ts";

const GRAMMARS = 32;
const MB = 1024 * 1024;
/** What any context takes beside what is foreseen for it. */
const CONTEXT_BYTES = 32 * MB;

/** The models in one thread's memory, each loaded with its first job and let go, least used first, where another one needs the room. */
export class HeldModels {
  readonly #settings: HoldSettings;
  /** The one used last stands last. */
  readonly #models = new Map<string, HeldModel>();
  readonly #grammars = new Map<string, LlamaGrammar>();
  readonly #runtime: Promise<Llama>;
  #loading: Promise<unknown> = Promise.resolve();

  constructor(settings: HoldSettings) {
    this.#settings = settings;
    this.#runtime = runtime(settings);
    this.#runtime.catch(() => undefined);
  }

  /**
   * Runs `work` with a sequence of the job's model, which is loaded once. One whose file was replaced meanwhile is another model: its hash
   * differs. A job that ends while its model is loaded leaves the model to those after it. Errors: `model.changed` where the file is no more
   * what it was when its hash was taken, `model.unreadable`, `model.device`, `limit.model_mb`; as `endOf`.
   */
  async use<T>(task: ModelTask, signal: AbortSignal, work: (sequence: LlamaContextSequence) => Promise<T>): Promise<T> {
    const claim = this.#claim(task.model, task.file);
    const model = await whileNot(signal, claim, task).catch((cause: unknown) => {
      claim.then(
        (late) => late.release(),
        () => undefined,
      );
      throw cause;
    });
    try {
      return await model.use(signal, task, work);
    } finally {
      model.release();
    }
  }

  /** A grammar, read once. */
  async grammar(text: string): Promise<LlamaGrammar> {
    const there = this.#grammars.get(text);
    if (there !== undefined) return there;
    const grammar = new LlamaGrammar(await this.#runtime, { grammar: text });
    this.#grammars.set(text, grammar);
    if (this.#grammars.size > GRAMMARS) this.#grammars.delete(this.#grammars.keys().next().value as string);
    return grammar;
  }

  #claim(settings: ModelSettings, file: ModelFile): Promise<HeldModel> {
    const key = JSON.stringify([settings, file.hash]);
    const claim = this.#loading.then(async () => {
      const model = this.#models.get(key) ?? (await this.#load(settings, file));
      this.#models.delete(key);
      this.#models.set(key, model);
      model.claim();
      return model;
    });
    this.#loading = claim.catch(() => undefined);
    return claim;
  }

  async #load(settings: ModelSettings, file: ModelFile): Promise<HeldModel> {
    const { path, context, sequences, threads, gpu_layers } = settings;
    const llama = await this.#runtime;
    await this.#makeRoom(settings, file.bytes);
    let model: LlamaModel | null = null;
    try {
      model = await llama.loadModel({ modelPath: path, useMmap: false, ...(gpu_layers === null ? {} : { gpuLayers: gpu_layers }) });
      if (versionOf(await stat(path, { bigint: true })) !== file.version)
        throw new AssayError("model.changed", `\`${path}\` was changed since its hash was taken`, { place: path });
      const bytes = file.bytes + (await contextBytes(model, settings));
      await this.#makeRoom(settings, bytes);
      const held = await model.createContext({ contextSize: context, sequences, threads, failedCreationRemedy: false });
      return new HeldModel(model, held, bytes);
    } catch (cause) {
      await model?.dispose();
      throw loadError(cause, path);
    }
  }

  /** Lets models go until `bytes` more fit. */
  async #makeRoom({ path, memory_mb }: ModelSettings, bytes: number): Promise<void> {
    const needs = `\`${path}\` needs ${Math.ceil(bytes / MB)} ${limits.model_mb.unit} with its context`;
    const fail = (detail: string): never => {
      throw new AssayError("limit.model_mb", `${needs}; ${detail}`, { place: path });
    };
    const all = this.#settings.worker_mb;
    if (bytes > memory_mb * MB) fail(`it may have ${memory_mb}`);
    if (bytes > all * MB) fail(`the thread has ${all}`);
    const held = (): number => [...this.#models.values()].reduce((sum, model) => sum + model.bytes, 0);
    while (held() + bytes > all * MB) {
      const [key, idle] = [...this.#models].find(([, model]) => model.isIdle) ?? fail("other models are at work");
      this.#models.delete(key);
      await idle.dispose();
    }
  }
}

async function runtime({ device }: HoldSettings): Promise<Llama> {
  try {
    const gpu = device === "cpu" ? false : device;
    return await getLlama({ gpu, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error, progressLogs: false });
  } catch (cause) {
    if (!(cause instanceof NoBinaryFoundError)) throw cause;
    throw new AssayError("model.device", `there is no llama.cpp for \`${device}\` on this machine`, { cause });
  }
}

async function contextBytes(model: LlamaModel, { context, sequences }: ModelSettings): Promise<number> {
  const need = await model.fileInsights.estimateContextResourceRequirementsV2({
    contextSize: context,
    sequences,
    modelGpuLayers: model.gpuLayers,
  });
  return need.cpuRam + need.gpuVram + CONTEXT_BYTES;
}

function loadError(cause: unknown, path: string): AssayError {
  if (cause instanceof AssayError) return cause;
  if (cause instanceof InsufficientMemoryError)
    return new AssayError("limit.model_mb", cause.message.toLowerCase(), { place: path, cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AssayError("model.unreadable", `llama.cpp cannot load the model: ${reason}`, { place: path, cause });
}
