import { basename, extname } from "node:path";
import type { ModelHost } from "../../compute/llama/model_host.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { TextModel } from "../../schema/text_model.ts";

/**
 * Models by name. `texts` are `NAME=FILE`, or a file alone, which is named after itself without its ending. Nothing is read before a model
 * is asked for. The caller closes it.
 */
export class ModelShelf {
  readonly #files: ReadonlyMap<string, string>;
  readonly #models = new Map<string, Promise<TextModel>>();
  #host: ModelHost | null = null;

  /** Errors: `usage.arguments` for two models of one name. */
  constructor(texts: readonly string[]) {
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
    // The pool takes its time to load, which nobody pays who asks no model.
    const pool = await import("../../compute/llama/model_host.ts");
    this.#host ??= new pool.ModelHost();
    return this.#host.model({ name, path });
  }
}

function partsOf(text: string): { readonly name: string; readonly path: string } {
  const at = text.indexOf("=");
  if (at > 0) return { name: text.slice(0, at), path: text.slice(at + 1) };
  return { name: basename(text, extname(text)), path: text };
}
