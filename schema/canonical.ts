import { hash } from "node:crypto";
import canonicalize from "canonicalize";

const EXACT_MAX = 2n ** 53n - 1n;

/** A value that has a canonical JSON form. Members that are undefined are left out. */
export type CanonicalInput =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly CanonicalInput[]
  | { readonly [member: string]: CanonicalInput };

/**
 * The RFC 8785 form of a value. An integer (bigint) is a JSON number while a double holds it exactly, |n| <= 2^53 - 1, and a
 * JSON string past it. Throws on a non-finite number and on text with half a surrogate pair, which have no form.
 */
export function canonicalJson(value: CanonicalInput): string {
  const text = canonicalize(withoutBigints(value));
  if (text === undefined) throw new Error("undefined has no canonical form");
  return text;
}

/** The RFC 8785 form of one value of a fact; the same text as `canonicalJson`, made for hot loops. The string must be well-formed. */
export function canonicalScalar(value: string | bigint | number): string {
  if (typeof value !== "bigint") return JSON.stringify(value);
  return value >= -EXACT_MAX && value <= EXACT_MAX ? value.toString() : `"${value}"`;
}

/** The RFC 8785 form of a text or of null. Throws on half a surrogate pair, as `canonicalJson` does. */
export function canonicalText(text: string | null): string {
  if (text !== null && PLAIN.test(text)) return `"${text}"`;
  if (text !== null && !text.isWellFormed()) throw new Error("half a surrogate pair has no canonical form");
  return JSON.stringify(text);
}

/** Text that stands in JSON as it is: ASCII without control characters, quotes and backslashes. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** SHA-256 as `sha256:<hex>` over UTF-8 text. */
export function sha256(text: string): string {
  return `sha256:${hash("sha256", text, "hex")}`;
}

function withoutBigints(value: CanonicalInput): CanonicalInput {
  if (typeof value === "bigint") return value >= -EXACT_MAX && value <= EXACT_MAX ? Number(value) : value.toString();
  if (Array.isArray(value)) return value.map(withoutBigints);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutBigints(member)]));
  }
  return value;
}
