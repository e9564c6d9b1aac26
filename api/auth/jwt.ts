import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { AssayError } from "../../schema/assay_error.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import { WatchedFile } from "./watched_file.ts";

export interface JwtSettings {
  /** A file or an `http(s)` URL of a JSON Web Key Set. */
  readonly jwks: string;
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** Signatures by private keys alone: with a shared secret whoever checks could also sign. */
const ALGORITHMS = ["EdDSA", "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const LEEWAY_S = 5;
/** Claims whose texts are groups: OpenID Connect leaves their names open. */
const GROUP_CLAIMS = ["groups", "roles"];
const CLAIM_LENGTH = 1_000;

/** Reads JSON Web Tokens (RFC 7519) signed by a key of a set that is read anew when its file changes, or as its URL's answers allow. */
export class JwtReader {
  readonly #settings: JwtSettings;
  readonly #keys: () => JWTVerifyGetKey;

  constructor(settings: JwtSettings) {
    this.#settings = settings;
    if (/^https?:\/\//.test(settings.jwks)) {
      const remote = createRemoteJWKSet(new URL(settings.jwks));
      this.#keys = () => remote;
    } else {
      const file = new WatchedFile(settings.jwks, (text) => createLocalJWKSet(JSON.parse(text) as JSONWebKeySet));
      file.current();
      this.#keys = () => file.current();
    }
  }

  static looksLike(credential: string): boolean {
    return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(credential);
  }

  /** Errors: `auth.unknown`; `auth.config` where the key set cannot be had. */
  async read(token: string, now: string): Promise<Principal> {
    const { issuer, audience } = this.#settings;
    const keys = this.#keys();
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        currentDate: new Date(now),
        clockTolerance: LEEWAY_S,
        requiredClaims: ["sub", "exp"],
        ...(issuer === null ? {} : { issuer }),
        ...(audience === null ? {} : { audience }),
      });
      return principalOf(payload);
    } catch (cause) {
      if (cause instanceof AssayError) throw cause;
      const code = cause instanceof errors.JOSEError ? cause.code : "ERR_JWKS";
      if (code === "ERR_JWKS" || code === "ERR_JWKS_TIMEOUT" || code === "ERR_JWKS_INVALID" || code === "ERR_JOSE_GENERIC") {
        throw new AssayError("auth.config", "the keys that JWTs are checked by cannot be had");
      }
      throw new AssayError("auth.unknown", `the JWT is not accepted (\`${code}\`)`);
    }
  }
}

function principalOf(payload: JWTPayload): Principal {
  const subject = payload.sub ?? "";
  if (!isText(subject)) throw new AssayError("auth.unknown", "the JWT's subject is no text that a fact can hold");
  const groups = GROUP_CLAIMS.flatMap((name) => textsOf(payload[name]));
  const scopes = typeof payload["scope"] === "string" ? payload["scope"].split(" ").filter(isText) : [];
  const claims = Object.entries(payload).flatMap(([name, value]) => {
    const texts = typeof value === "boolean" || typeof value === "number" ? [String(value)] : textsOf(value);
    return isText(name) ? texts.map((text) => [name, text] as const) : [];
  });
  const all = [...claims, ...scopes.map((scope) => ["scope", scope] as const)];
  return { id: `jwt:${subject}`, kind: "jwt", names: [subject], groups: [...new Set(groups)], claims: all };
}

function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((one): one is string => typeof one === "string" && isText(one));
}

function isText(value: string): boolean {
  return value.length > 0 && value.length <= CLAIM_LENGTH && value.isWellFormed() && !/\p{Cc}/u.test(value);
}
