import type { Readable } from "node:stream";
import type { ErrorReport } from "../../schema/assay_error.ts";
import { exactIntegers } from "../report/envelope_json.ts";

/** What a handler answers with. */
export type Answer =
  | { readonly kind: "json"; readonly status: number; readonly body: string; readonly headers: Headers }
  | {
      readonly kind: "text";
      readonly status: number;
      readonly media: string;
      readonly body: string | Uint8Array;
      readonly headers: Headers;
    }
  | { readonly kind: "stream"; readonly media: string; readonly body: Readable; readonly headers: Headers }
  /** The handler took the reply over (`hijack`) and writes the answer by itself. */
  | { readonly kind: "taken" };

export type Headers = Readonly<Record<string, string>>;

export interface EnvelopeParts {
  readonly status?: number;
  readonly events?: readonly ErrorReport[];
  readonly cursor?: string | null;
  readonly headers?: Headers;
}

const NONE: Headers = {};

/** An answer in the envelope; `data` may hold integers of any size. */
export function answerData(data: unknown, parts: EnvelopeParts = {}): Answer {
  return answerJson(JSON.stringify(data, exactIntegers), parts);
}

/** As `answerData`, for data that are JSON text already. */
export function answerJson(data: string, { status = 200, events = [], cursor = null, headers = NONE }: EnvelopeParts = {}): Answer {
  const told = events.length === 0 ? "[]" : JSON.stringify(events, exactIntegers);
  const after = cursor === null ? "null" : JSON.stringify(cursor);
  return { kind: "json", status, body: `{"ok":true,"data":${data},"error":null,"events":${told},"cursor":${after}}`, headers };
}

export function answerText(media: string, body: string | Uint8Array, headers: Headers = NONE): Answer {
  return { kind: "text", status: 200, media, body, headers };
}

export function answerStream(media: string, body: Readable, headers: Headers = NONE): Answer {
  return { kind: "stream", media, body, headers };
}

/** The entity tag of the state of a commit. */
export function etagOf(commit: number): string {
  return `"${commit}"`;
}
