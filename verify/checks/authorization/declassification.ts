import { createHash, createPublicKey, verify } from "node:crypto";
import { canonicalJson } from "../../../schema/canonical.ts";
import type { Row } from "../../../schema/value.ts";
import { signingKey } from "../../signing/keys.ts";

/** What a declassification says: facts of a relation whose attribute has a value are at most at a level. */
export interface Declassification {
  readonly relation: string;
  /** `*` for all facts; `value` is then empty. */
  readonly attribute: string;
  readonly value: string;
  readonly level: string;
}

/** The facts that declare the key and state what it signed, in the order of the attributes of the theory `access`. */
export interface SignedDeclassification {
  readonly declassifier: readonly [key: string, spki: string, level: string];
  readonly declassification: readonly [relation: string, attribute: string, value: string, level: string, key: string, signature: string];
}

/** Signs a declassification with a private key in PEM. Errors: `attest.key`. */
export function signDeclassification(stated: Declassification, pem: string, place: string): SignedDeclassification {
  const key = signingKey(pem, place);
  const signature = Buffer.from(key.sign(statement(stated))).toString("base64");
  const { relation, attribute, value, level } = stated;
  const spki = Buffer.from(key.spki).toString("base64");
  return { declassifier: [key.keyid, spki, level], declassification: [relation, attribute, value, level, key.keyid, signature] };
}

/**
 * The declassifications that hold, of facts as the theory `access` has them: signed by a declassifier's key, and to that declassifier's
 * level or one that it may flow to. Whatever is malformed does not hold. `flows` tells whether one level may flow to another.
 */
export function heldDeclassifications(
  declassifiers: readonly Row[],
  declassifications: readonly Row[],
  flows: (low: string, high: string) => boolean,
): Declassification[] {
  const keys = new Map(declassifiers.map(([key, spki, level]) => [String(key), { spki: String(spki), level: String(level) }]));
  return declassifications.flatMap((row) => {
    const [relation, attribute, value, level, keyid, signature] = row.map(String) as [string, string, string, string, string, string];
    const key = keys.get(keyid);
    const stated = { relation, attribute, value, level };
    if (key === undefined || !flows(key.level, level)) return [];
    return isSigned(stated, keyid, key.spki, signature) ? [stated] : [];
  });
}

function isSigned(stated: Declassification, keyid: string, spki: string, signature: string): boolean {
  const der = Buffer.from(spki, "base64");
  if (createHash("sha256").update(der).digest("hex") !== keyid) return false;
  try {
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    const digest = key.asymmetricKeyType === "ed25519" ? null : "sha256";
    return verify(digest, statement(stated), key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}

/** The bytes that are signed: a line that says what they are, and the RFC 8785 form of the statement. */
function statement({ relation, attribute, value, level }: Declassification): Buffer {
  return Buffer.from(`assay declassification v1\n${canonicalJson({ attribute, level, relation, value })}`, "utf8");
}
