import { AssayError } from "../../schema/assay_error.ts";
import type { Proof } from "./proof.ts";
import type { SignedTreeHead, TreeHeadSignature } from "./tree_head.ts";

type Members = { readonly [name: string]: unknown };

const HASH = /^sha256:[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
/** A tree of 2^53 leaves is 53 levels high; a consistency proof has one hash more. */
const PATH_HASHES = 54;

/** Reads a proof as `assay prove` prints it, from JSON. Errors: `ledger.proof`. */
export function readProof(json: string, place: string): Proof {
  const fail = (detail: string): AssayError => new AssayError("ledger.proof", detail, { place });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new AssayError("ledger.proof", `\`${place}\` is no JSON`, { place, cause });
  }
  const proof = objectOf(value);
  const head = readHead(objectOf(proof?.["head"]));
  if (proof === null || head === null) throw fail("there is no tree head of a size, a root and a time");
  const { kind, index, leaf, path, first } = proof;
  if (kind === "head") return { kind, head };
  if (!isPath(path)) throw fail("`path` is no list of hashes `sha256:…`");
  if (kind === "inclusion" && isSize(index) && typeof leaf === "string") return { kind, index, leaf, path, head };
  const begin = objectOf(first);
  if (kind === "consistency" && isSize(begin?.["size"]) && isHash(begin["root"])) {
    return { kind, first: { size: begin["size"], root: begin["root"] }, path, head };
  }
  throw fail("it is no proof of the kind `inclusion`, `consistency` or `head`");
}

function readHead(head: Members | null): SignedTreeHead | null {
  if (head === null) return null;
  const { size, root, time, signature } = head;
  if (!isSize(size) || !isHash(root) || typeof time !== "string" || !TIME.test(time) || !(Date.parse(time) >= 0)) return null;
  if (signature === null || signature === undefined) return { size, root, time, signature: null };
  const read = readSignature(objectOf(signature));
  return read === null ? null : { size, root, time, signature: read };
}

function readSignature(signature: Members | null): TreeHeadSignature | null {
  const { keyid, algorithm, value } = signature ?? {};
  if (typeof keyid !== "string" || typeof value !== "string") return null;
  return algorithm === "ed25519" || algorithm === "ecdsa-p256-sha256" ? { keyid, algorithm, value } : null;
}

function objectOf(value: unknown): Members | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : null;
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && HASH.test(value);
}

function isPath(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= PATH_HASHES && value.every(isHash);
}
