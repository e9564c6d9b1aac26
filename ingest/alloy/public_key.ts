import { createPublicKey, type KeyObject } from "node:crypto";
import { bytesOfBase64 } from "./base64.ts";
import { digestOf } from "./document.ts";

/** The algorithms that can be checked, named as signatures name them. */
export type KeyAlgorithm = "ES256" | "ES384" | "EdDSA";

/** A public key that can be checked with. */
export interface PublicKey {
  readonly algorithm: KeyAlgorithm;
  readonly object: KeyObject;
  /** `sha256:` and the SHA-256 of its SubjectPublicKeyInfo, a point on a curve uncompressed. */
  readonly digest: string;
}

/** The heads of a SubjectPublicKeyInfo (RFC 5480, RFC 8410) for raw keys of a length in bytes. */
const RAW_HEADS: ReadonlyMap<number, string> = new Map([
  [32, "302a300506032b6570032100"],
  [33, "3039301306072a8648ce3d020106082a8648ce3d030107032200"],
  [65, "3059301306072a8648ce3d020106082a8648ce3d030107034200"],
  [49, "3046301006072a8648ce3d020106052b81040022033200"],
  [97, "3076301006072a8648ce3d020106052b81040022036200"],
]);

/**
 * The key that a text holds: PEM, or in base64, base64url or hexadecimal digits a SubjectPublicKeyInfo, a raw Ed25519 key, or a point on P-256
 * or P-384. Null for anything else, and for keys of algorithms that cannot be checked.
 */
export function publicKeyOf(text: string): PublicKey | null {
  if (text.includes("-----BEGIN")) return checkedKey(() => createPublicKey(text));
  const trimmed = text.trim();
  const bytes = isHex(trimmed) ? Buffer.from(trimmed, "hex") : bytesOfBase64(trimmed);
  if (bytes === null || bytes.length === 0) return null;
  const head = RAW_HEADS.get(bytes.length);
  const der = head === undefined ? bytes : Buffer.concat([Buffer.from(head, "hex"), bytes]);
  return checkedKey(() => createPublicKey({ key: der, format: "der", type: "spki" }));
}

/** A key object as a key to check with; null where its algorithm cannot be checked. */
export function publicKeyOfObject(object: KeyObject): PublicKey | null {
  const algorithm = algorithmOf(object);
  if (algorithm === null) return null;
  const plain = algorithm === "EdDSA" ? object : createPublicKey({ key: object.export({ format: "jwk" }), format: "jwk" });
  return { algorithm, object: plain, digest: digestOf(plain.export({ format: "der", type: "spki" })) };
}

function checkedKey(make: () => KeyObject): PublicKey | null {
  try {
    return publicKeyOfObject(make());
  } catch {
    return null;
  }
}

function algorithmOf(object: KeyObject): KeyAlgorithm | null {
  if (object.asymmetricKeyType === "ed25519") return "EdDSA";
  if (object.asymmetricKeyType !== "ec") return null;
  const curve = object.asymmetricKeyDetails?.namedCurve;
  if (curve === "prime256v1") return "ES256";
  return curve === "secp384r1" ? "ES384" : null;
}

/** Digits of which base64 would read other bytes: a length that no base64 key has. */
function isHex(text: string): boolean {
  return text.length % 2 === 0 && RAW_HEADS.has(text.length / 2) && /^[0-9a-fA-F]+$/.test(text);
}
