import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { ModelHost, ModelHostOptions, ModelOptions } from "../../compute/llama/model_host.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { Clock } from "../../schema/clock.ts";
import type { TextModel } from "../../schema/text_model.ts";

/** Where the key for endpoints stands: in the first of these variables, or in the file that the second names. */
const KEY = "ASSAY_MODEL_KEY";
const KEY_FILE = "ASSAY_MODEL_KEY_FILE";

const ENDPOINT = /^https?:\/\//;

/** How model files are held; see `ModelHost`. */
export type ModelHolding = Pick<ModelHostOptions, "device"> & Pick<ModelOptions, "context" | "sequences" | "threads" | "gpu_layers">;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Models by name. `texts` are `NAME=FILE`, or a file alone, which is named after itself without its ending; or `NAME=URL#MODEL`, or that
 * alone, for a model behind an OpenAI-compatible endpoint. Nothing is read before a model is asked for, and no endpoint is asked that no text
 * names. The caller closes it.
 */
export class ModelShelf {
  readonly #files: ReadonlyMap<string, string>;
  readonly #clock: Clock;
  readonly #environment: Environment;
  readonly #holding: ModelHolding;
  readonly #models = new Map<string, Promise<TextModel>>();
  #host: ModelHost | null = null;

  /** Errors: `usage.arguments` for two models of one name. */
  constructor(texts: readonly string[], clock: Clock, environment: Environment = process.env, holding: ModelHolding = {}) {
    this.#clock = clock;
    this.#environment = environment;
    this.#holding = holding;
    const files = new Map<string, string>();
    for (const text of texts) {
      const { name, path } = partsOf(text);
      if (files.has(name)) throw new AssayError("usage.arguments", `two models are named \`${name}\``);
      files.set(name, path);
    }
    this.#files = files;
  }

  get names(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** A model, read when it is first asked for. Errors: `job.model` where there is none of that name; `model.*`, `limit.model_mb`. */
  model(name: string): Promise<TextModel> {
    const path = this.#files.get(name);
    if (path === undefined) {
      const known = this.names.length === 0 ? "no models were named" : `the models are ${this.names.map((one) => `\`${one}\``).join(", ")}`;
      return Promise.reject(new AssayError("job.model", `there is no model \`${name}\`: ${known}`));
    }
    const there = this.#models.get(name);
    if (there !== undefined) return there;
    const loading = this.#open(name, path);
    this.#models.set(name, loading);
    loading.catch(() => this.#models.delete(name));
    return loading;
  }

  /** Cancels what models are at and ends their process. Closing twice is once. */
  async close(): Promise<void> {
    await this.#host?.close();
  }

  async #open(name: string, path: string): Promise<TextModel> {
    if (ENDPOINT.test(path)) return this.#endpoint(name, path);
    // The pool takes its time to load, which nobody pays who asks no model.
    const pool = await import("../../compute/llama/model_host.ts");
    const { device, ...settings } = this.#holding;
    this.#host ??= new pool.ModelHost(device === undefined ? {} : { device });
    return this.#host.model({ name, path, ...settings });
  }

  async #endpoint(name: string, text: string): Promise<TextModel> {
    const at = text.lastIndexOf("#");
    if (at < 0) throw new AssayError("model.endpoint_url", `\`${text}\` does not say which model: \`URL#MODEL\``);
    const { endpointModel } = await import("../../compute/endpoint/endpoint_model.ts");
    const key = await this.#key();
    return endpointModel({ name, url: text.slice(0, at), model: text.slice(at + 1), key, clock: this.#clock });
  }

  async #key(): Promise<string | null> {
    const { [KEY]: key, [KEY_FILE]: file } = this.#environment;
    if (key !== undefined && key !== "") return key;
    if (file === undefined || file === "") return null;
    try {
      return (await readFile(file, "utf8")).trim();
    } catch (cause) {
      throw new AssayError("model.endpoint_key", `the file \`${file}\` that ${KEY_FILE} names cannot be read`, { place: file, cause });
    }
  }
}

function partsOf(text: string): { readonly name: string; readonly path: string } {
  if (ENDPOINT.test(text)) return { name: text.slice(text.lastIndexOf("#") + 1), path: text };
  const at = text.indexOf("=");
  if (at > 0) return { name: text.slice(0, at), path: text.slice(at + 1) };
  return { name: basename(text, extname(text)), path: text };
}
