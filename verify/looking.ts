import type { GateInput } from "./gate.ts";

/** A look at a fact base from inside. */
export interface Looking {
  /** Runs `action` in a transaction that is rolled back whatever it did, with nobody else about. */
  look<T>(action: (input: GateInput) => Promise<T>): Promise<T>;
}
