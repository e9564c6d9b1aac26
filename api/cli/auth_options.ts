import type { Command } from "commander";
import { findTheory } from "../../logic/theory.ts";
import type { Clock } from "../../schema/clock.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { Doorkeeper } from "../auth/doorkeeper.ts";
import type { TlsFiles } from "../http/tls.ts";
import { usageError } from "./usage.ts";

/** How a service knows who asks, and what they may do. */
export interface AuthOptions {
  readonly apiKeys?: string;
  readonly jwks?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly tokenRoot?: string;
  readonly revoked?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
  readonly trustDomain?: string;
  readonly policy?: string;
}

export function authOptions(command: Command): Command {
  return command
    .option("--api-keys <file>", "let in who has a key of this file (`assay key`)")
    .option("--jwks <file|url>", "let in who has a JWT signed by a key of this set")
    .option("--issuer <text>", "of those JWTs alone that it issued")
    .option("--audience <text>", "of those JWTs alone that are for it")
    .option("--token-root <file>", "let in who has a capability token of this root key (`assay token`)")
    .option("--revoked <file>", "but no token with a revocation id in this file")
    .option("--tls-cert <pem>", "serve HTTPS with this certificate")
    .option("--tls-key <pem>", "and this private key")
    .option("--client-ca <pem>", "let in who has a certificate of this trust bundle, with a SPIFFE id")
    .option("--trust-domain <name>", "of this SPIFFE trust domain alone")
    .option("--policy <theory>", "the theory that says who may do what (default: authz)");
}

/** What checks requests; null where no credentials are configured and the door is open. Errors: `usage.arguments`, those of `Doorkeeper.open`. */
export async function gatekeeperOf(base: FactBase, clock: Clock, options: AuthOptions): Promise<Doorkeeper | null> {
  const { apiKeys = null, jwks, issuer = null, audience = null, tokenRoot, revoked = null, clientCa, trustDomain = null, policy } = options;
  if (apiKeys === null && jwks === undefined && tokenRoot === undefined && clientCa === undefined) {
    const idle = Object.entries({ issuer, audience, revoked, trustDomain, policy }).find(([, value]) => typeof value === "string");
    if (idle !== undefined) throw usageError("a policy or a restriction is named, and no credentials: see `assay serve --help`");
    return null;
  }
  // What checks credentials takes its time to load, which an open door should not pay.
  const { Doorkeeper } = await import("../auth/doorkeeper.ts");
  return Doorkeeper.open(base, clock, {
    keys: apiKeys,
    jwt: jwks === undefined ? null : { jwks, issuer, audience },
    tokens: tokenRoot === undefined ? null : { root: tokenRoot, revoked },
    certificates: clientCa === undefined ? null : { bundle: clientCa, trustDomain },
    policy: await findTheory(policy ?? "authz"),
  });
}

/** Null for HTTP. Errors: `usage.arguments`. */
export function tlsFilesOf({ tlsCert, tlsKey, clientCa }: AuthOptions): TlsFiles | null {
  if (tlsCert === undefined && tlsKey === undefined && clientCa === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) throw usageError("HTTPS needs both `--tls-cert` and `--tls-key`");
  return { certificate: tlsCert, key: tlsKey, clientAuthorities: clientCa ?? null };
}
