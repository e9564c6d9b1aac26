import { X509Certificate } from "node:crypto";
import { digestOf } from "./document.ts";
import { itemsOf, type PlacedJson, textOf } from "./placed_json.ts";
import { publicKeyOfObject } from "./public_key.ts";
import type { AlloyTables } from "./sheet.ts";

/** The certificates that a policy trusts. */
export type TrustedRoots = readonly X509Certificate[];

const SUBJECT_UNITS = 256;

/**
 * Adds one fact for each certificate of a chain, the leaf first: its validity and whether the next one, or for the last a trusted root or itself,
 * issued it. One that cannot be read has no subject, a validity of nothing, and was issued by none.
 */
export function addCertificates(
  tables: AlloyTables,
  alloy: string,
  pointer: string,
  chain: PlacedJson | undefined,
  roots: TrustedRoots,
): void {
  const certificates = itemsOf(chain).map((item) => certificateOf(textOf(item) ?? ""));
  for (const [index, certificate] of certificates.entries()) {
    if (certificate === null) {
      tables.certificate.addRow([alloy, pointer, BigInt(index), "", 0n, 0n, "", "bad"]);
      continue;
    }
    const next = certificates[index + 1];
    const issuers = next === undefined && index === certificates.length - 1 ? [certificate, ...roots] : [next ?? null];
    const issued = issuers.some((issuer) => issuer !== null && issuer !== undefined && isIssuedBy(certificate, issuer));
    tables.certificate.addRow([
      alloy,
      pointer,
      BigInt(index),
      certificate.subject.replaceAll("\n", ", ").replaceAll("\0", "").slice(0, SUBJECT_UNITS).toWellFormed(),
      secondsOf(certificate.validFromDate),
      secondsOf(certificate.validToDate),
      keyDigest(certificate),
      issued ? "ok" : "bad",
    ]);
  }
}

/** A certificate in PEM, or null where the text is none. */
export function certificateOf(text: string): X509Certificate | null {
  if (!text.includes("-----BEGIN CERTIFICATE-----")) return null;
  try {
    return new X509Certificate(text);
  } catch {
    return null;
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** The digest of the key of a certificate, "" for one that cannot be read. */
function keyDigest(certificate: X509Certificate): string {
  try {
    const key = certificate.publicKey;
    return publicKeyOfObject(key)?.digest ?? digestOf(key.export({ format: "der", type: "spki" }));
  } catch {
    return "";
  }
}

function secondsOf(date: Date): bigint {
  return BigInt(Math.floor(date.getTime() / 1000));
}
