import { AssayError, type ErrorReport } from "../../schema/assay_error.ts";
import { type ErrorCode, registry } from "../../schema/errors.ts";
import type { Door } from "./door.ts";
import { readTextFile } from "./text_file.ts";

export interface CancelRequest {
  readonly url: string;
  readonly job: string;
  /** Where the credential stands; the variable ASSAY_TOKEN where null. */
  readonly tokenFile: string | null;
}

/** Asks a running service to cancel a job. Errors: the service's own; `http.unreachable`. */
export async function cancelAt(door: Door, { url, job, tokenFile }: CancelRequest): Promise<unknown> {
  const token = tokenFile === null ? process.env["ASSAY_TOKEN"] : (await readTextFile(door, tokenFile)).trim();
  const headers = token === undefined || token === "" ? {} : { authorization: `Bearer ${token}` };
  const { ok, error, data } = await answerOf(`${url.replace(/\/+$/, "")}/v1/jobs/${encodeURIComponent(job)}`, headers);
  if (ok) return data;
  if (error === null || !Object.hasOwn(registry, error.code)) throw new AssayError("http.unreachable", `\`${url}\` is no service of assay`);
  throw new AssayError(error.code as ErrorCode, error.detail, { place: error.place, help: error.help });
}

interface Envelope {
  readonly ok: boolean;
  readonly data: unknown;
  readonly error: ErrorReport | null;
}

async function answerOf(url: string, headers: Readonly<Record<string, string>>): Promise<Envelope> {
  try {
    const response = await fetch(url, { method: "DELETE", headers });
    return (await response.json()) as Envelope;
  } catch (cause) {
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new AssayError("http.unreachable", `\`${url}\` gives no answer that can be read: ${why}`, { cause });
  }
}
