import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { Relation } from "../../../schema/relation.ts";
import { visitRows, withRelation } from "../../../verify/read_relation.ts";
import { type Answer, answerStream, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import type { Pieces, RowEncoder } from "./row_encoder.ts";

const BUFFERED_BYTES = 1024 * 1024;

/**
 * Answers with all rows of a relation as of a commit, as they come from the database. What is wrong before the first byte is an error of the
 * request; after it the answer breaks off, which every reader of a chunked body notices. A client that takes nothing for `stall_ms` is
 * given up, so that no snapshot stays open for it.
 */
export function streamRelation(
  context: Context,
  name: string,
  asOf: number | null,
  limit: number | null,
  encoderOf: (relation: Relation) => RowEncoder,
): Promise<Answer> {
  const { base, clock, queries } = context;
  const { limits } = base;
  return new Promise((resolve, reject) => {
    const out = new PassThrough({ highWaterMark: BUFFERED_BYTES });
    let hasBegun = false;
    const reading = queries.pass(() =>
      base.read(asOf, (snapshot) => {
        const source = { ...snapshot, clock, limits: { ...limits, verdict_ms: limits.query_ms } };
        return withRelation(source, name, async (relation, table) => {
          const encoder = encoderOf(relation);
          hasBegun = true;
          resolve(answerStream(encoder.media, out, { etag: etagOf(snapshot.asOf) }));
          const put = (pieces: Pieces): Promise<void> | undefined => write(out, pieces, limits.stall_ms);
          await put(encoder.begin());
          const holds = async () => (await snapshot.session.rows(`SELECT 1 FROM ${table} LIMIT 1`)).length;
          if (relation.attributes.length === 0) await put(encoder.chunk([], await holds()));
          else await visitRows(source, relation, table, limit, (columns, rows) => put(encoder.chunk(columns, rows)));
          await put(encoder.end());
          out.end();
        });
      }),
    );
    reading.catch((cause: unknown) => {
      if (hasBegun) out.destroy(cause instanceof Error ? cause : new Error(String(cause)));
      else reject(cause);
    });
  });
}

/** Writes, and waits where the reader is slower. Errors: plain, where the reader is gone or stalls. */
function write(out: PassThrough, pieces: Pieces, stall_ms: number): Promise<void> | undefined {
  if (out.destroyed) throw new Error("the reader is gone");
  let takesMore = true;
  for (const piece of pieces) takesMore = out.write(piece);
  return takesMore ? undefined : drained(out, stall_ms);
}

async function drained(out: PassThrough, stall_ms: number): Promise<void> {
  const gone = new AbortController();
  const stop = (): void => gone.abort();
  const timer = setTimeout(stop, stall_ms);
  out.once("close", stop);
  try {
    await once(out, "drain", { signal: gone.signal });
  } finally {
    clearTimeout(timer);
    out.off("close", stop);
  }
}
