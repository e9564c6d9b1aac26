import { alloyGate } from "../../ingest/alloy/adapter.ts";
import type { GateSource } from "../../ingest/gate_adapter.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { Row } from "../../schema/value.ts";

/** A document by the name of its file: JSON that is still to be written, or its text. */
export interface TextDocument {
  readonly name: string;
  readonly text: string;
}

export interface ReadingOptions {
  /** RFC 3339; the judgement's time. */
  readonly at?: string;
  readonly policy?: string | null;
  readonly artifacts?: string | null;
}

/** The time that tests judge at. */
export const JUDGED_AT = "2026-06-01T00:00:00Z";

/** The facts of documents that are no files, as the gate reads them. */
export async function alloyFacts(documents: readonly TextDocument[], options: ReadingOptions = {}): Promise<Map<string, readonly Row[]>> {
  const sources: GateSource[] = documents.map(({ name, text }) => ({ name, bytes: Buffer.from(text) }));
  const read = await alloyGate.read(sources, {
    limits: limitsWith(),
    policy: options.policy ?? null,
    artifacts: options.artifacts ?? null,
    at: options.at ?? JUDGED_AT,
    onProgress: () => undefined,
  });
  const facts = new Map<string, readonly Row[]>(read.facts);
  for (const table of read.tables ?? []) facts.set(table.relation, [...table.batches()].flat());
  return facts;
}
