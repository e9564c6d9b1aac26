import { createHash, verify } from "node:crypto";
import { bytesOfBase64 } from "./base64.ts";
import { addCertificates, type TrustedRoots } from "./certificates.ts";
import { type AlloyDocument, bodyOf } from "./document.ts";
import { preAuthenticationEncoding } from "./envelope.ts";
import { itemsOf, memberOf, type PlacedJson, textOf, valueAt } from "./placed_json.ts";
import { type PublicKey, publicKeyOf } from "./public_key.ts";
import type { AlloyTables } from "./sheet.ts";
import { certificationPayload, integrityPayload } from "./signed_payload.ts";

/** The keys that a policy registers, by their ids. The key inside a document is never checked with. */
export interface KeyRing {
  readonly keys: ReadonlyMap<string, PublicKey>;
  readonly roots: TrustedRoots;
}

export const EMPTY_RING: KeyRing = { keys: new Map(), roots: [] };

const CHECKED: ReadonlySet<string> = new Set(["ES256", "ES384", "EdDSA"]);

/** What came of one signature. */
interface Checked {
  readonly key: string;
  readonly result: "ok" | "bad" | "unsupported" | "unknown_key" | "malformed";
  readonly payload: "jcs" | "jcs_sha256" | "dsse" | "";
}

/** Checks every signature of a document and adds what came of it, with the certificates and keys that it brings along. */
export function addSignatures(tables: AlloyTables, document: AlloyDocument, ring: KeyRing): void {
  const { text, root, pointer } = bodyOf(document);
  const { id } = document;
  const add = (signature: PlacedJson, at: string, payload: () => string | null): void => {
    const { key, result, payload: reading } = checkSignature(signature, payload, ring);
    tables.signature.add(id, at, key, result, reading);
    const embedded = publicKeyOf(textOf(memberOf(signature, "publicKey")) ?? "");
    if (embedded !== null) tables.embedded_key.add(id, at, embedded.digest);
    addCertificates(tables, id, at, memberOf(signature, "certificateChain"), ring.roots);
  };
  const integrity = valueAt(root, "results", "integrity");
  const own = memberOf(integrity, "signature");
  if (own?.kind === "object") add(own, `${pointer}/results/integrity/signature`, () => integrityPayload(text, root));
  for (const [index, certification] of itemsOf(memberOf(integrity, "certifications")).entries()) {
    const signature = memberOf(certification, "signature");
    if (signature?.kind !== "object") continue;
    const at = `${pointer}/results/integrity/certifications/${index}/signature`;
    add(signature, at, () => certificationPayload(text, certification));
  }
  addEnvelopeSignatures(tables, document, ring);
}

function checkSignature(signature: PlacedJson, payload: () => string | null, ring: KeyRing): Checked {
  const algorithm = textOf(memberOf(signature, "algorithm"));
  const value = bytesOfBase64(textOf(memberOf(signature, "value")) ?? "");
  if (algorithm === null) return { key: "", result: "malformed", payload: "" };
  if (!CHECKED.has(algorithm)) return { key: "", result: "unsupported", payload: "" };
  if (value === null) return { key: "", result: "malformed", payload: "" };
  const named = textOf(memberOf(signature, "keyId"));
  const id = named ?? keyByDigest(ring, publicKeyOf(textOf(memberOf(signature, "publicKey")) ?? ""));
  const key = id === null ? undefined : ring.keys.get(id);
  if (id === null || key === undefined) return { key: "", result: "unknown_key", payload: "" };
  if (key.algorithm !== algorithm) return { key: id, result: "bad", payload: "" };
  const form = payload();
  if (form === null) return { key: id, result: "malformed", payload: "" };
  const message = Buffer.from(form);
  if (verifies(key, message, value)) return { key: id, result: "ok", payload: "jcs" };
  const digest = createHash("sha256").update(message).digest();
  return verifies(key, digest, value) ? { key: id, result: "ok", payload: "jcs_sha256" } : { key: id, result: "bad", payload: "" };
}

function addEnvelopeSignatures(tables: AlloyTables, { id, envelope }: AlloyDocument, ring: KeyRing): void {
  if (envelope === null) return;
  const message = preAuthenticationEncoding(envelope.payloadType, envelope.payload);
  for (const [index, { keyId, signature }] of envelope.signatures.entries()) {
    const at = `/signatures/${index}`;
    const key = keyId === null ? undefined : ring.keys.get(keyId);
    if (signature === null) tables.signature.add(id, at, "", "malformed", "");
    else if (keyId === null || key === undefined) tables.signature.add(id, at, "", "unknown_key", "");
    else if (verifies(key, message, signature)) tables.signature.add(id, at, keyId, "ok", "dsse");
    else tables.signature.add(id, at, keyId, "bad", "");
  }
}

/** The one key of the ring with the digest of this one. */
function keyByDigest(ring: KeyRing, embedded: PublicKey | null): string | null {
  if (embedded === null) return null;
  for (const [id, { digest }] of ring.keys) if (digest === embedded.digest) return id;
  return null;
}

const HASHES = { ES256: "sha256", ES384: "sha384" } as const;
/** Bytes of r and s side by side (RFC 7518, 3.4); any other length is DER. */
const PLAIN_BYTES = { ES256: 64, ES384: 96 } as const;

/** Whether a signature over a message holds: ECDSA with the hash of its algorithm, Ed25519 over the message itself. */
export function verifies({ algorithm, object }: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (algorithm === "EdDSA") return verify(null, message, object, signature);
    const dsaEncoding = signature.length === PLAIN_BYTES[algorithm] ? "ieee-p1363" : "der";
    return verify(HASHES[algorithm], message, { key: object, dsaEncoding }, signature);
  } catch {
    return false;
  }
}
