import type { Principal } from "../../verify/checks/authorization/principal.ts";
import type { JobAccess } from "./jobs.ts";
import type { Gatekeeper } from "./principal.ts";

/** Who began a job may ask about it; others must be allowed to read or to watch what it is of. Errors: `auth.*`. */
export async function authorizeAsking(
  gatekeeper: Gatekeeper,
  principal: Principal,
  { owner, relation }: JobAccess,
  kind: "read" | "watch",
): Promise<void> {
  if (!isOwn(principal, owner)) await gatekeeper.authorize(principal, { kind, relation });
}

/** Who began a job may cancel it, and whoever may operate the service. Errors: `auth.*`. */
export async function authorizeCancelling(gatekeeper: Gatekeeper, principal: Principal, { owner }: JobAccess): Promise<void> {
  if (!isOwn(principal, owner)) await gatekeeper.authorize(principal, { kind: "operate" });
}

/** A token that was made from the owner's is not the owner's: it may have been restricted, to other relations too. */
function isOwn(principal: Principal, owner: Principal): boolean {
  const isSame = principal.kind !== "anonymous" && principal.id === owner.id && principal.kind === owner.kind;
  return isSame && tokenOf(principal) === tokenOf(owner);
}

function tokenOf({ capability }: Principal): string {
  return capability === undefined ? "" : capability.revocationIds.join();
}
