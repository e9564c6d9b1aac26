import type { LimitName } from "../../../schema/limits.ts";

/** A bound that lowering itself reached; `check_laws` and `materialise` turn it into an undecided answer. */
export class EngineLimit extends Error {
  override readonly name = "EngineLimit";
  readonly limit: LimitName;

  constructor(limit: LimitName) {
    super(`limit ${limit} reached`);
    this.limit = limit;
  }
}
