import { setImmediate } from "node:timers/promises";
import type { Biscuit, PublicKey } from "@biscuit-auth/biscuit-wasm";
import { AssayError } from "../../../schema/assay_error.ts";
import type { Clock } from "../../../schema/clock.ts";
import type { Limits } from "../../../schema/limits.ts";
import type { BiscuitModule } from "./biscuit_module.ts";
import type { Deed } from "./deeds.ts";

/** A request as a token's checks see it. */
export interface CheckedRequest {
  readonly deeds: readonly Deed[];
  /** RFC 3339. */
  readonly time: string;
  /** Requests of the last minute that bore this token or one made from the same first block, this one counted. */
  readonly requests: number;
}

/** Deeds asked about before others have their turn. */
const DEEDS_A_TURN = 16;
const MAX_FACTS = 10_000;
const MAX_ITERATIONS = 1_000;
const MICROS = 1_000;

/**
 * A capability token (Biscuit v2 and later) whose signatures were checked. Its first block, signed by the root key, says who it is for: one
 * `user("…")`, any `group("…")`. Checks, of that block and of all that its holders added, bound what may be done with it; the policy says
 * what its user may do in the first place.
 */
export class Capability {
  readonly user: string;
  readonly groups: readonly string[];
  /** One a block, in hex; whoever revokes the first revokes all tokens made from it. */
  readonly revocationIds: readonly string[];
  readonly #module: BiscuitModule;
  readonly #token: Biscuit;
  /** Whether some block looks at the values of facts. */
  readonly #readsValues: boolean;

  private constructor(module: BiscuitModule, token: Biscuit, user: string, groups: readonly string[]) {
    this.#module = module;
    this.#token = token;
    this.user = user;
    this.groups = groups;
    this.revocationIds = token.getRevocationIdentifiers().map(String);
    const blocks = Array.from({ length: token.countBlocks() }, (_, index) => token.getBlockSource(index));
    this.#readsValues = blocks.some((source) => /\bvalue\s*\(/.test(source));
  }

  /** A token from its text, under the root's public key (`ed25519/…`). Errors: `auth.unknown`, without a word of the token. */
  static read(module: BiscuitModule, text: string, root: string): Capability {
    let token: Biscuit;
    try {
      token = module.Biscuit.fromBase64(text, rootKeyOf(module, root));
    } catch {
      throw new AssayError("auth.unknown", "the capability token is malformed, or signed by another root");
    }
    const terms = (fact: string): string[] => termsOf(module, token, fact);
    const users = terms("user");
    if (users.length !== 1 || users[0] === undefined) {
      throw new AssayError("auth.unknown", `the capability token is for ${users.length} users, and must be for one`);
    }
    return new Capability(module, token, users[0], terms("group"));
  }

  /**
   * Asks every check of the token about every deed, and throws where one does not hold. Deeds that the checks cannot tell apart are asked
   * about once. Errors: `auth.token_forbids` with the check, `auth.undecided` past `token_deeds` or `token_ms`.
   */
  async authorize({ deeds, time, requests }: CheckedRequest, limits: Limits, clock: Clock): Promise<void> {
    const different = new Map(deeds.map((deed) => [this.#factsOf(deed), deed]));
    if (different.size > limits.token_deeds) {
      throw new AssayError("auth.undecided", `the token's checks look at ${limits.token_deeds} facts, the delta has ${different.size}`);
    }
    const until = clock.micros() + limits.token_ms * MICROS;
    let asked = 0;
    for (const [facts, deed] of different) {
      asked += 1;
      if (asked % DEEDS_A_TURN === 0) await setImmediate();
      const left = until - clock.micros();
      if (left <= 0) throw new AssayError("auth.undecided", `the token's checks took longer than the bound \`token_ms\``);
      this.#ask(`${facts} time(${time}); requests(${requests}); allow if true;`, deed, left);
    }
  }

  #ask(code: string, deed: Deed, left_micros: number): void {
    const builder = new this.#module.AuthorizerBuilder();
    builder.addCode(code);
    try {
      const authorizer = builder.buildAuthenticated(this.#token);
      try {
        authorizer.authorizeWithLimits({ max_facts: MAX_FACTS, max_iterations: MAX_ITERATIONS, max_time_micro: Math.ceil(left_micros) });
      } finally {
        authorizer.free();
      }
    } catch (cause) {
      throw refusal(cause, deed);
    }
  }

  #factsOf({ operation, relation, values }: Deed): string {
    const facts = `operation(${quoted(operation)}); relation(${quoted(relation)});`;
    if (!this.#readsValues) return facts;
    return facts + values.map(([attribute, value]) => ` value(${quoted(attribute)}, ${quoted(value)});`).join("");
  }
}

/** A string of Biscuit's Datalog, where only backslash and quote mean something else than themselves. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

/** A public key from its text: `ed25519/` or `secp256r1/` and hex. Throws what biscuit-auth throws. */
export function rootKeyOf(module: BiscuitModule, text: string): PublicKey {
  const [kind = "", hex = ""] = text.trim().split("/");
  const { Ed25519, Secp256r1 } = module.SignatureAlgorithm;
  return module.PublicKey.fromString(hex, kind === "secp256r1" ? Secp256r1 : Ed25519);
}

/** The texts that facts of one name in the first block hold: those of later blocks are their authors' own words and count for nothing. */
function termsOf(module: BiscuitModule, token: Biscuit, fact: string): string[] {
  const authorizer = new module.AuthorizerBuilder().buildAuthenticated(token);
  try {
    const found = authorizer.queryWithLimits(module.Rule.fromString(`data($x) <- ${fact}($x)`), {
      max_facts: MAX_FACTS,
      max_iterations: MAX_ITERATIONS,
      max_time_micro: 1_000_000,
    });
    return found.flatMap((one: { terms(): unknown[] }) => one.terms().filter((term) => typeof term === "string"));
  } catch (cause) {
    throw new AssayError("auth.unknown", "the facts of the capability token cannot be read", { cause: new Error(kindOf(cause)) });
  } finally {
    authorizer.free();
  }
}

function refusal(cause: unknown, { operation, relation, place }: Deed): AssayError {
  const said = isObject(cause) ? cause : {};
  const failed = checksOf(said);
  if (failed.length === 0) return new AssayError("auth.undecided", `the token's checks gave no answer (\`${kindOf(cause)}\`)`);
  const checks = failed.map((rule) => `\`${rule}\``).join(", ");
  return new AssayError("auth.token_forbids", `to ${operation} \`${relation}\`: ${checks}`, { place });
}

/** The checks that did not hold, as biscuit-auth reports them. */
function checksOf(said: Readonly<Record<string, unknown>>): string[] {
  const logic = said["FailedLogic"];
  const inner = isObject(logic) ? Object.values(logic)[0] : null;
  const checks = isObject(inner) ? inner["checks"] : null;
  if (!Array.isArray(checks)) return [];
  return checks.flatMap((one: unknown) => {
    const check = isObject(one) ? Object.values(one)[0] : null;
    return isObject(check) && typeof check["rule"] === "string" ? [check["rule"]] : [];
  });
}

/** The name of an error of biscuit-auth's, without what it says of the token. */
function kindOf(cause: unknown): string {
  if (cause instanceof Error) return cause.name;
  return isObject(cause) ? (Object.keys(cause)[0] ?? "unknown") : "unknown";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
