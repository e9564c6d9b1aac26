import { canonicalJson, sha256 } from "../schema/canonical.ts";
import { type ErrorCode, registry } from "../schema/errors.ts";
import type { Place } from "../schema/place.ts";
import type { Relation } from "../schema/relation.ts";
import type { Row, Value } from "../schema/value.ts";
import type { Violation } from "../schema/verdict.ts";

export type Witness = { readonly [attribute: string]: Value };

/** The first 16 bytes, in hex, of the SHA-256 over the RFC 8785 form of `[law, witness]`. */
export function fingerprint(law: string, witness: Witness): string {
  const digest = sha256(canonicalJson([law, witness]));
  return digest.slice("sha256:".length, "sha256:".length + 32);
}

/** A law's tuple as values by attribute name. */
export function witnessOf(relation: Pick<Relation, "attributes">, row: Row): Witness {
  return Object.fromEntries(relation.attributes.map(({ name }, index) => [name, row[index] as Value]));
}

/**
 * The law's message with each `{attribute}` hole filled from the witness; an empty symbol shows as `""`, and `{attribute/6}` a whole number
 * of millionths as a decimal.
 */
export function fillMessage(message: string, witness: Witness): string {
  return message.replace(/\{([^{}]*?)(?:\/(\d))?\}/g, (hole, name: string, places: string | undefined) => {
    const value = Object.hasOwn(witness, name) ? witness[name] : undefined;
    if (value === undefined) return hole;
    if (typeof value === "bigint" && places !== undefined) return decimalText(value, Number(places));
    return value === "" ? '""' : String(value);
  });
}

/** `value` x 10^-`places`, without zeros at its end. */
function decimalText(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const point = digits.length - places;
  const fraction = digits.slice(point).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, point)}${fraction === "" ? "" : `.${fraction}`}`;
}

export interface GateFinding {
  readonly check: "shape" | "types" | "base";
  readonly code: ErrorCode;
  readonly message: string;
  readonly witness: Witness;
  readonly place: Place | null;
  readonly help?: string | null;
}

/** A refusal by one of the gate's checks before the logic: its law is `gate.<check>`. */
export function gateViolation(finding: GateFinding): Violation {
  const law = `gate.${finding.check}`;
  return {
    law,
    severity: "error",
    code: finding.code,
    message: finding.message,
    help: finding.help ?? registry[finding.code].help,
    witness: finding.witness,
    facts: [],
    rule: null,
    place: finding.place,
    fingerprint: fingerprint(law, { code: finding.code, ...finding.witness }),
  };
}
