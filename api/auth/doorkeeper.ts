import type { Theory } from "../../logic/theory.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { Clock } from "../../schema/clock.ts";
import { registry } from "../../schema/errors.ts";
import { unreachable } from "../../schema/unreachable.ts";
import { type Deed, deedOf, deedsOf } from "../../verify/checks/authorization/deeds.ts";
import { Policy, type PolicyAnswer } from "../../verify/checks/authorization/policy.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { Act, Credentials, Gatekeeper } from "../http/principal.ts";
import { Refusal } from "../http/problem.ts";
import { type ApiKey, findKey, isApiKey, readKeys } from "./api_keys.ts";
import { JwtReader, type JwtSettings } from "./jwt.ts";
import { CertificateReader, type CertificateSettings } from "./spiffe.ts";
import { TokenReader, type TokenSettings } from "./token_reader.ts";
import { WatchedFile } from "./watched_file.ts";

/** What credentials a service takes, null for a kind that it does not, and the theory that says what they let their bearers do. */
export interface AuthSettings {
  /** A file of API keys. */
  readonly keys: string | null;
  readonly jwt: JwtSettings | null;
  readonly tokens: TokenSettings | null;
  readonly certificates: CertificateSettings | null;
  readonly policy: Theory;
}

interface Readers {
  readonly keys: WatchedFile<readonly ApiKey[]> | null;
  readonly jwt: JwtReader | null;
  readonly tokens: TokenReader | null;
  readonly certificates: CertificateReader | null;
}

/** Lets in who proves who they are, and lets them do what the policy and their token allow. */
export class Doorkeeper implements Gatekeeper {
  readonly #base: FactBase;
  readonly #clock: Clock;
  readonly #readers: Readers;
  readonly #policy: Policy;

  private constructor(base: FactBase, clock: Clock, readers: Readers, policy: Policy) {
    this.#base = base;
    this.#clock = clock;
    this.#readers = readers;
    this.#policy = policy;
  }

  /** Reads everything once. Errors: `auth.config`, and those of `Policy.open`. */
  static async open(base: FactBase, clock: Clock, settings: AuthSettings): Promise<Doorkeeper> {
    const { keys, jwt, tokens, certificates, policy } = settings;
    const readers: Readers = {
      keys: keys === null ? null : new WatchedFile(keys, readKeys),
      jwt: jwt === null ? null : new JwtReader(jwt),
      tokens: tokens === null ? null : await TokenReader.open(tokens, clock),
      certificates: certificates === null ? null : new CertificateReader(certificates),
    };
    readers.keys?.current();
    return new Doorkeeper(base, clock, readers, await Policy.open(base, clock, policy));
  }

  close(): void {
    this.#policy.close();
  }

  /** A credential in the headers goes before a certificate. Errors: `auth.required`, `auth.unknown`, `auth.config`. */
  async identify({ headers, socket, isAgain = false }: Credentials): Promise<Principal> {
    try {
      const credential = credentialOf(headers, this.#base.limits.credential_bytes);
      if (credential !== null) return await this.#read(credential, isAgain);
      const principal = this.#readers.certificates?.read(socket, this.#clock.now()) ?? null;
      if (principal === null) throw new AssayError("auth.required", "neither the headers nor the connection say who asks");
      return principal;
    } catch (cause) {
      throw atTheDoor(cause);
    }
  }

  /** Errors: `auth.forbidden`, `auth.token_forbids`, `auth.undecided`, `auth.config`. A delta of the wrong shape passes: the gate before refuses it. */
  async authorize(principal: Principal, act: Act): Promise<void> {
    const deeds = act.kind === "propose" ? deedsOf(act.delta, this.#base.program, this.#base.limits) : [deedOfAct(act)];
    if (deeds === null) return;
    const proposer = act.kind === "propose" ? act.delta.proposer : null;
    try {
      await this.#askToken(principal, deeds, act.kind === "watch" && act.isAgain === true);
      const answer = await this.#policy.judge(principal, deeds, proposer);
      if (answer.total > 0) throw forbidden(principal, answer);
    } catch (cause) {
      throw atTheDoor(cause);
    }
  }

  async #read(credential: string, isAgain: boolean): Promise<Principal> {
    const { keys, jwt, tokens } = this.#readers;
    if (isApiKey(credential)) {
      if (keys === null) throw notTaken("API keys");
      const { name, groups } = findKey(keys.current(), credential, this.#clock.now());
      return { id: `key:${name}`, kind: "key", names: [name], groups, claims: [] };
    }
    if (JwtReader.looksLike(credential)) {
      if (jwt === null) throw notTaken("JWTs");
      return jwt.read(credential, this.#clock.now());
    }
    if (tokens === null) throw notTaken("such credentials");
    return tokens.read(credential, isAgain);
  }

  async #askToken({ capability }: Principal, deeds: readonly Deed[], isAgain: boolean): Promise<void> {
    const { tokens } = this.#readers;
    if (capability === undefined || tokens === null) return;
    const request = { deeds, time: this.#clock.now(), requests: isAgain ? 0 : tokens.requestsWith(capability) };
    await capability.authorize(request, this.#base.limits, this.#clock);
  }
}

/** The credential of a request: `Authorization: Bearer …` or `X-API-Key`; null where it has neither. */
function credentialOf(headers: Credentials["headers"], bytes: number): string | null {
  const { authorization } = headers;
  const given = headers["x-api-key"] ?? (authorization === undefined ? undefined : bearerOf(authorization));
  if (given === undefined) return null;
  if (typeof given !== "string" || given === "")
    throw new AssayError("auth.unknown", "the request has more than one credential, or an empty one");
  if (Buffer.byteLength(given) > bytes)
    throw new AssayError("auth.unknown", `the credential is longer than the bound credential_bytes, ${bytes}`);
  return given;
}

function bearerOf(authorization: string): string {
  const [, credential] = /^bearer +([^\s]+)$/i.exec(authorization) ?? [];
  if (credential === undefined) throw new AssayError("auth.unknown", "the header `Authorization` is not `Bearer` and a credential");
  return credential;
}

function deedOfAct(act: Exclude<Act, { readonly kind: "propose" }>): Deed {
  switch (act.kind) {
    case "read":
    case "watch":
    case "import":
    case "generate":
      return deedOf(act.kind, act.relation);
    case "load":
      return deedOf("load", act.theory);
    case "operate":
      return deedOf("operate", null);
    default:
      return unreachable(act);
  }
}

function forbidden({ id }: Principal, { violations, total }: PolicyAnswer): AssayError {
  const [first] = violations;
  const { title, help } = registry["auth.forbidden"];
  const also = violations.map(({ law, message, place }) => ({
    code: "auth.forbidden",
    title,
    detail: `${message} (\`${law}\`)`,
    place,
    help,
  }));
  const more = total > 1 ? `, and ${total - 1} more` : "";
  return new AssayError("auth.forbidden", `${first?.message ?? `\`${id}\` may not`} (\`${first?.law ?? "policy"}\`)${more}`, {
    place: first?.place ?? null,
    also,
  });
}

function notTaken(what: string): AssayError {
  return new AssayError("auth.unknown", `${what} are not taken here`);
}

/** An error that says which of the three gates it stands at. */
function atTheDoor(cause: unknown): unknown {
  if (!(cause instanceof AssayError) || cause instanceof Refusal) return cause;
  const { place, also } = cause;
  return new Refusal(cause.code, cause.detail, null, "authorization", { place, also, help: cause.help });
}
