import { alloyGate } from "../../ingest/alloy/adapter.ts";
import type { GateAdapter } from "../../ingest/gate_adapter.ts";
import { gitchainGate } from "../../ingest/git/adapter.ts";
import { npmGate } from "../../ingest/npm/gate.ts";

/** The adapter that reads documents for the theories asked for; null where they take files of facts alone. */
export function gateAdapterFor(theories: readonly string[], repository: string | null): GateAdapter | null {
  const adapters = [alloyGate, npmGate, gitchainGate(repository)];
  return adapters.find(({ theory }) => theories.includes(theory)) ?? null;
}
