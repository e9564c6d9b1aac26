import { readArrowDelta } from "../../ingest/arrow_delta.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { readDeltaLines } from "../../schema/delta_lines.ts";
import { deltaOf, readDelta } from "../../schema/delta_wire.ts";
import { type ExactValue, readExactJsonBytes } from "../../schema/exact_json.ts";
import type { Limits } from "../../schema/limits.ts";

export const JSON_MEDIA = "application/json";
export const NDJSON_MEDIA = "application/x-ndjson";
export const ARROW_MEDIA = "application/vnd.apache.arrow.stream";
export const CSV_MEDIA = "text/csv";

/** Reads a delta in the form that its media type says. Errors: those of the form's reader, with their place in the body. */
export function readDeltaBody(media: string, body: Uint8Array, limits: Limits): ProposedDelta | Promise<ProposedDelta> {
  if (media === ARROW_MEDIA) return readArrowDelta(body, { source: null });
  const read = media === JSON_MEDIA ? readDelta : readDeltaLines;
  return placed(
    () => read(body, { source: null, limits }),
    () => read(body, { source: BODY, limits }),
  );
}

const BODY = "body";

/** Places cost time, which only what cannot be read is worth: it is read again with them. */
function placed<T>(read: () => T, again: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    again();
    throw cause;
  }
}

/** Reads `{"deltas": [ … ]}`. Errors: `http.batch`, `limit.batch_deltas`, those of `readDelta`, with the delta's position. */
export function readBatch(body: Uint8Array, limits: Limits): ProposedDelta[] {
  const value = placed(
    () => readExactJsonBytes(body, { source: null, limits }),
    () => readExactJsonBytes(body, { source: BODY, limits }),
  );
  const deltas: ExactValue | undefined = value instanceof Map && value.size === 1 ? value.get("deltas") : undefined;
  if (!Array.isArray(deltas) || deltas.length === 0) {
    throw new AssayError("http.batch", 'the body is not `{"deltas": [ … ]}` with at least one delta');
  }
  if (deltas.length > limits.batch_deltas) {
    throw new AssayError("limit.batch_deltas", `the batch has ${deltas.length} deltas, the bound batch_deltas is ${limits.batch_deltas}`);
  }
  return deltas.map((delta: ExactValue, index) => deltaOf(delta, `/deltas/${index}`));
}
