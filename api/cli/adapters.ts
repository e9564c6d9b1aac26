import type { Adapter } from "../../ingest/adapter.ts";
import { alloyAdapter } from "../../ingest/alloy/adapter.ts";
import { gitchainAdapter } from "../../ingest/git/adapter.ts";
import { npmAdapter } from "../../ingest/npm/adapter.ts";
import { stepsAdapter } from "../../ingest/steps/adapter.ts";

/** The adapters there are, in the order in which they are asked. */
const adapters: readonly Adapter[] = [npmAdapter, stepsAdapter, gitchainAdapter, alloyAdapter];

/** The adapter that reads `path`, among those of the theories asked for; where none is asked for, among all. */
export async function adapterFor(path: string, theories: readonly string[]): Promise<Adapter | null> {
  for (const adapter of adapters) {
    if (theories.length > 0 && !theories.includes(adapter.theory)) continue;
    if (await adapter.accepts(path)) return adapter;
  }
  return null;
}
