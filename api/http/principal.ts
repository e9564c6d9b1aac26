import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";

/** What a request shows of who sends it. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
  /** Shown before, on a connection that is open still: it counts as no further request. */
  readonly isAgain?: boolean;
}

/** What a principal is about to do. */
export type Act =
  | { readonly kind: "propose"; readonly delta: ProposedDelta; readonly isDry: boolean }
  | { readonly kind: "import"; readonly relation: string }
  | { readonly kind: "generate"; readonly relation: string }
  | { readonly kind: "load"; readonly theory: string }
  | { readonly kind: "read"; readonly relation: string | null }
  | { readonly kind: "watch"; readonly relation: string | null; readonly isAgain?: boolean }
  | { readonly kind: "operate" };

/**
 * The gate between shape and logic. A request passes three in order: its shape is checked, then who may do it, then what the laws say.
 * Both methods refuse by throwing an `AssayError`.
 */
export interface Gatekeeper {
  identify(credentials: Credentials): Principal | Promise<Principal>;
  authorize(principal: Principal, act: Act): void | Promise<void>;
}

export const ANYONE: Principal = { id: "anonymous", kind: "anonymous" };

/** Lets everyone do everything: for a service that only its own machine reaches. */
export const openDoor: Gatekeeper = {
  identify: () => ANYONE,
  authorize: () => undefined,
};
