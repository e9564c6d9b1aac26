import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { AssayError } from "../../schema/assay_error.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import { WatchedFile } from "./watched_file.ts";

export interface CertificateSettings {
  /** A trust bundle: PEM certificates of authorities. */
  readonly bundle: string;
  /** The one whose ids count; every one where null. */
  readonly trustDomain: string | null;
}

const LONGEST_CHAIN = 4;
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
/** A SPIFFE id (SPIFFE-ID, section 2): a trust domain, and a path without empty or dotted segments. */
const SPIFFE_ID = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)*)$/;
const LONGEST_ID = 2_048;

interface Seen {
  readonly bundle: readonly X509Certificate[];
  readonly principal: Principal;
  readonly until_ms: number;
}

/**
 * Reads who a client is from the certificate it showed in the handshake: an X.509-SVID, whose one URI SAN is a SPIFFE id. What the handshake
 * checked is checked again when the trust bundle changed, so that a connection that stays open does not outlive the trust in it.
 */
export class CertificateReader {
  readonly #settings: CertificateSettings;
  readonly #bundle: WatchedFile<readonly X509Certificate[]>;
  readonly #seen = new WeakMap<Socket, Seen>();

  /** Errors: `auth.config`. */
  constructor(settings: CertificateSettings) {
    this.#settings = settings;
    this.#bundle = new WatchedFile(settings.bundle, readBundle);
    this.#bundle.current();
  }

  /** Null where the client showed no certificate. Errors: `auth.unknown`, `auth.config`. */
  read(socket: Socket, now: string): Principal | null {
    if (!(socket instanceof TLSSocket)) return null;
    const bundle = this.#bundle.current();
    const now_ms = Date.parse(now);
    const known = this.#seen.get(socket);
    if (known?.bundle === bundle && now_ms <= known.until_ms) return known.principal;
    const chain = chainOf(socket);
    const [leaf] = chain;
    if (leaf === undefined) return null;
    if (!socket.authorized) throw unknown("was not accepted in the handshake");
    if (!isTrusted(chain, bundle, now_ms)) throw unknown("leads to no authority of the trust bundle, or is out of date");
    const principal = this.#principalOf(leaf);
    this.#seen.set(socket, { bundle, principal, until_ms: Date.parse(leaf.validTo) });
    return principal;
  }

  #principalOf(leaf: X509Certificate): Principal {
    const id = spiffeId(leaf.subjectAltName ?? "");
    if (leaf.ca) throw unknown("is that of an authority");
    if (id === null) throw unknown("has not exactly one URI, a SPIFFE id");
    const { trustDomain } = this.#settings;
    if (trustDomain !== null && id.domain !== trustDomain) throw unknown(`is of the trust domain \`${id.domain}\``);
    return { id: id.text, kind: "certificate", names: [], groups: [], claims: [["trust_domain", id.domain]] };
  }
}

/** The SPIFFE id of a list of alternative names as Node writes it; null where there is not exactly one URI, and that one. */
export function spiffeId(names: string): { readonly text: string; readonly domain: string } | null {
  const parts = names.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  const uris = parts.map((part) => part.trim()).filter((part) => part.startsWith("URI:"));
  const text = uris[0]?.slice("URI:".length) ?? "";
  const match = text.length <= LONGEST_ID ? SPIFFE_ID.exec(text) : null;
  return uris.length === 1 && match !== null ? { text, domain: match[1] as string } : null;
}

function readBundle(text: string): X509Certificate[] {
  const found = (text.match(PEM) ?? []).map((pem) => new X509Certificate(pem));
  if (found.length === 0) throw new Error("no certificate");
  return found;
}

/** The certificates that the client sent, its own first. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && chain.length < LONGEST_CHAIN) {
    const certificate = new X509Certificate(next.raw);
    if (chain.some((one) => one.fingerprint256 === certificate.fingerprint256)) break;
    chain.push(certificate);
    next = next.issuerCertificate;
  }
  return chain;
}

function isTrusted(chain: readonly X509Certificate[], bundle: readonly X509Certificate[], now_ms: number): boolean {
  for (const [index, certificate] of chain.entries()) {
    if (!isInForce(certificate, now_ms) || (index > 0 && !certificate.ca)) return false;
    const issuer = bundle.find((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey));
    if (issuer !== undefined) return issuer.ca && isInForce(issuer, now_ms);
    const next = chain[index + 1];
    if (next === undefined || !certificate.checkIssued(next) || !certificate.verify(next.publicKey)) return false;
  }
  return false;
}

function isInForce({ validFrom, validTo }: X509Certificate, now_ms: number): boolean {
  return Date.parse(validFrom) <= now_ms && now_ms <= Date.parse(validTo);
}

function unknown(why: string): AssayError {
  return new AssayError("auth.unknown", `the client's certificate ${why}`);
}
