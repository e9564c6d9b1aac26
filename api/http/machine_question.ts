import { z } from "zod";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import { type MachineReader, machineReader } from "../machine/read_machine.ts";
import type { Context } from "./context.ts";
import { commitNumber } from "./wire/parameters.ts";

export const WORD_LENGTH = 10_000;

export const history = z.string().min(1).max(WORD_LENGTH).meta({ description: "`(a b)(c)`; `e` is the empty one" });
export const asOf = commitNumber.optional().meta({ description: "read as of this commit" });

/** Reads the machine as of a commit, for who may read everything. Errors: `machine.no_machine`, those of the gatekeeper. */
export async function machineAsOf(context: Context, principal: Principal, at: number | undefined): Promise<MachineReader> {
  await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
  return machineReader(context.base, at ?? null);
}
