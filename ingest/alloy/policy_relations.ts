/** How a policy file writes the values of an attribute. */
export type PolicyKind =
  | "text"
  | "whole"
  /** RFC 3339, or seconds since 1970. */
  | "time"
  /** A number of units, kept in millionths. */
  | "amount"
  /** A public key; its digest is the fact, and it is checked with. */
  | "key";

export interface PolicyAttribute {
  readonly name: string;
  readonly kind: PolicyKind;
  /** What is taken where a file has no value. */
  readonly otherwise?: string | bigint;
}

/** The last second of the year 9999. */
const ENDLESS = 253_402_300_799n;
const MILLIONTHS_MAX = 10n ** 18n;

const text = (name: string, otherwise?: string): PolicyAttribute => ({
  name,
  kind: "text",
  ...(otherwise === undefined ? {} : { otherwise }),
});
const time = (name: string, otherwise?: bigint): PolicyAttribute => ({
  name,
  kind: "time",
  ...(otherwise === undefined ? {} : { otherwise }),
});
const amount = (name: string, otherwise?: bigint): PolicyAttribute => ({
  name,
  kind: "amount",
  ...(otherwise === undefined ? {} : { otherwise }),
});

/** The relations of the theory `alloy` that a policy fills, attribute by attribute. */
export const POLICY_RELATIONS: ReadonlyMap<string, readonly PolicyAttribute[]> = new Map([
  [
    "registered_key",
    [text("key"), text("algorithm"), { name: "public_key", kind: "key" }, text("owner"), time("from", 0n), time("until", ENDLESS)],
  ],
  ["revoked_key", [text("key"), time("at")]],
  ["superseded_key", [text("key"), text("by"), time("at")]],
  ["key_audience", [text("key"), text("audience")]],
  ["key_level", [text("key"), text("level")]],
  ["own_audience", [text("audience")]],
  ["skilled", [text("party"), text("skill"), time("from", 0n), time("until", ENDLESS)]],
  ["quorum", [text("domain"), { name: "signers", kind: "whole" }, text("skill", "")]],
  ["required_evidence", [text("what")]],
  ["declared_device", [text("device"), amount("gb")]],
  ["declared_domain", [text("domain"), text("type_byte", "ff")]],
  ["declared_stage", [text("domain"), text("type")]],
  ["declared_field", [text("shape"), text("member"), text("kind", "any"), text("needed", "optional")]],
  ["declared_inner", [text("shape"), text("member"), text("inner")]],
  ["declared_choice", [text("shape"), text("member"), text("value")]],
  ["declared_bound", [text("shape"), text("member"), amount("least", -MILLIONTHS_MAX), amount("most", MILLIONTHS_MAX)]],
  ["declared_order", [text("domain"), text("early"), text("late")]],
  ["stage_alias", [text("domain"), text("type"), text("stands_for")]],
  ["domain_alias", [text("domain"), text("stands_for")]],
]);
