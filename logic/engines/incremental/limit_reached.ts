import type { LimitName } from "../../../schema/limits.ts";

/** A bound was passed while working for `relation` (null where none is at work). */
export class LimitReached extends Error {
  override readonly name = "LimitReached";
  readonly limit: LimitName;
  readonly relation: string | null;

  constructor(limit: LimitName, relation: string | null) {
    super(`limit ${limit} reached`);
    this.limit = limit;
    this.relation = relation;
  }
}
