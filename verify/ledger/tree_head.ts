import type { CheckingKey, SigningAlgorithm, SigningKey } from "../signing/keys.ts";

/** What a ledger was at some time: so many leaves under this root. */
export interface TreeHead {
  readonly size: number;
  /** `sha256:<hex>`. */
  readonly root: string;
  /** RFC 3339, to the millisecond. */
  readonly time: string;
}

export interface TreeHeadSignature {
  readonly keyid: string;
  readonly algorithm: SigningAlgorithm;
  /** Base64. */
  readonly value: string;
}

export interface SignedTreeHead extends TreeHead {
  /** Null where nobody signed it. */
  readonly signature: TreeHeadSignature | null;
}

/** Signs a tree head; without a key it stays unsigned. */
export function signedTreeHead(head: TreeHead, key: SigningKey | null): SignedTreeHead {
  if (key === null) return { ...head, signature: null };
  const value = Buffer.from(key.sign(treeHeadBytes(head))).toString("base64");
  return { ...head, signature: { keyid: key.keyid, algorithm: key.algorithm, value } };
}

/** Whether a head carries the signature of `key`. */
export function isSignedBy(head: SignedTreeHead, key: CheckingKey): boolean {
  const { signature } = head;
  if (signature === null || signature.algorithm !== key.algorithm) return false;
  return key.check(treeHeadBytes(head), Buffer.from(signature.value, "base64"));
}

/** The bytes under a signature: `TreeHeadSignature` of RFC 6962, section 3.5 (version 1, tree hash, milliseconds since 1970, size, root). */
export function treeHeadBytes({ size, root, time }: TreeHead): Uint8Array {
  const bytes = Buffer.alloc(50);
  bytes.writeUInt8(0, 0);
  bytes.writeUInt8(1, 1);
  bytes.writeBigUInt64BE(BigInt(Date.parse(time)), 2);
  bytes.writeBigUInt64BE(BigInt(size), 10);
  bytes.write(root.slice("sha256:".length), 18, "hex");
  return bytes;
}
