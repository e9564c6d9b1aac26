import type { Capability } from "./capability.ts";

/** Who asks, as a credential says. */
export interface Principal {
  /** `key:NAME`, `jwt:SUBJECT`, `token:USER`, or a SPIFFE id: no two kinds share one. Rates and logs go by it. */
  readonly id: string;
  readonly kind: "anonymous" | "key" | "jwt" | "token" | "certificate";
  /** Names that are its own, beside its id: deltas may bear them. */
  readonly names?: readonly string[];
  /** Groups that the credential itself names. */
  readonly groups?: readonly string[];
  /** Whatever else the credential says, name by name. Never the credential itself. */
  readonly claims?: readonly (readonly [name: string, value: string])[];
  /** The token whose checks must hold beside the policy. */
  readonly capability?: Capability;
}
