import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";

/** The error document of OpenAI's API and of those that follow it. */
const PROBLEM = z.object({
  error: z.object({ message: z.string(), code: z.unknown(), type: z.unknown(), param: z.unknown() }).partial(),
});
const TOO_LONG: ReadonlySet<unknown> = new Set(["context_length_exceeded", "exceed_context_size_error"]);
const TOLD_CHARACTERS = 300;
const READ_BYTES = 64 * 1024;

export interface Refusal {
  readonly error: AssayError;
  /** The parameter that the endpoint does not take. */
  readonly unsupported: string | null;
}

/** Why an endpoint refused a request: `model.endpoint_key`, `model.prompt`, and else `model.endpoint`, in its own words. */
export async function readRefusal(response: Response, url: string, key: string | null): Promise<Refusal> {
  const body = await beginning(response);
  let said: z.infer<typeof PROBLEM>["error"];
  try {
    said = PROBLEM.parse(JSON.parse(body)).error;
  } catch {
    said = { message: body };
  }
  const isKey = response.status === 401 || response.status === 403;
  const code = isKey ? "model.endpoint_key" : TOO_LONG.has(said.code) || TOO_LONG.has(said.type) ? "model.prompt" : "model.endpoint";
  const detail = told(`the endpoint answered ${response.status}: ${said.message ?? response.statusText}`, key);
  const isUnsupported = said.code === "unsupported_parameter" && typeof said.param === "string";
  return { error: new AssayError(code, detail, { place: url }), unsupported: isUnsupported ? String(said.param) : null };
}

/** What an endpoint says, short, on one line and without the key. */
export function told(text: string, key: string | null): string {
  const hidden = key === null ? text : text.replaceAll(key, "…");
  return hidden.replace(/\s+/g, " ").trim().slice(0, TOLD_CHARACTERS);
}

async function beginning(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of response.body ?? []) {
      parts.push(part);
      bytes += part.length;
      if (bytes > READ_BYTES) break;
    }
  } catch {
    // What was read by then is told.
  }
  return Buffer.concat(parts).toString("utf8");
}
