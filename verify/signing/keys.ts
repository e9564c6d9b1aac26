import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { AssayError } from "../../schema/assay_error.ts";

/** The algorithms that verdicts and tree heads are signed by. */
export type SigningAlgorithm = "ed25519" | "ecdsa-p256-sha256";

/** A key that signs. */
export interface SigningKey {
  /** The SHA-256, in hex, of the public key's DER form (SubjectPublicKeyInfo). */
  readonly keyid: string;
  readonly algorithm: SigningAlgorithm;
  /** The public key in DER. */
  readonly spki: Uint8Array;
  /** For who signs in a form of its own, as JOSE does. */
  readonly privateKey: KeyObject;
  sign(bytes: Uint8Array): Uint8Array;
}

/** A key that signatures are checked by. */
export interface CheckingKey {
  readonly keyid: string;
  readonly algorithm: SigningAlgorithm;
  check(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** A private key from its PEM text, unencrypted. Errors: `attest.key`. */
export function signingKey(pem: string, place: string): SigningKey {
  const key = readKey(() => createPrivateKey(pem), place, "private");
  const algorithm = algorithmOf(key, place);
  const spki = spkiOf(createPublicKey(key));
  return { keyid: keyid(spki), algorithm, spki, privateKey: key, sign: (bytes) => sign(digestOf(algorithm), bytes, key) };
}

/** A public key from its PEM text, or that of a certificate. Errors: `attest.key`. */
export function checkingKey(pem: string, place: string): CheckingKey {
  const key = readKey(() => createPublicKey(pem), place, "public");
  const algorithm = algorithmOf(key, place);
  return { keyid: keyid(spkiOf(key)), algorithm, check: (bytes, signature) => verify(digestOf(algorithm), bytes, key, signature) };
}

function readKey(read: () => KeyObject, place: string, what: "private" | "public"): KeyObject {
  try {
    return read();
  } catch (cause) {
    const help =
      what === "private"
        ? "make one: `openssl genpkey -algorithm ed25519 -out key.pem`"
        : "`openssl pkey -in key.pem -pubout -out pub.pem`";
    throw new AssayError("attest.key", `\`${place}\` holds no ${what} key in PEM that can be read`, { place, help, cause });
  }
}

function algorithmOf(key: KeyObject, place: string): SigningAlgorithm {
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return "ecdsa-p256-sha256";
  const kind = [key.asymmetricKeyType, key.asymmetricKeyDetails?.namedCurve].filter((part) => part !== undefined).join(" ");
  throw new AssayError("attest.key", `\`${place}\` is a key of the kind \`${kind}\``, { place });
}

/** Ed25519 hashes by itself. */
function digestOf(algorithm: SigningAlgorithm): "sha256" | null {
  return algorithm === "ed25519" ? null : "sha256";
}

function spkiOf(key: KeyObject): Uint8Array {
  return key.export({ type: "spki", format: "der" });
}

function keyid(spki: Uint8Array): string {
  return createHash("sha256").update(spki).digest("hex");
}
