import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelHost, type ModelHostOptions } from "../../compute/llama/model_host.ts";
import type { TextRequest } from "../../schema/text_model.ts";

/** Runs `test` with a host of models and what writes a model file into a folder of its own. */
export async function withModels(
  test: (host: ModelHost, write: (name: string, bytes: Uint8Array) => string) => Promise<void>,
  options: ModelHostOptions = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "assay-models-"));
  const host = new ModelHost(options);
  try {
    await test(host, (name, bytes) => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    });
  } finally {
    await host.close();
    rmSync(folder, { recursive: true });
  }
}

export function request(parts: Partial<TextRequest>): TextRequest {
  return { prompt: "say something:", shape: null, seed: 1, temperature: 0.8, tokens: 40, time_ms: 60_000, ...parts };
}
