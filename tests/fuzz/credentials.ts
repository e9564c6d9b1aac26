import { generateKeyPairSync } from "node:crypto";
import { Socket } from "node:net";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { exportJWK, SignJWT } from "jose";
import { makeKey, writeKeys } from "../../api/auth/api_keys.ts";
import type { Doorkeeper } from "../../api/auth/doorkeeper.ts";
import { findTheory } from "../../logic/theory.ts";
import { AssayError } from "../../schema/assay_error.ts";
import { systemClock } from "../../schema/clock.ts";
import { type BiscuitModule, biscuitModule } from "../../verify/checks/authorization/biscuit_module.ts";
import { rootKeyOf } from "../../verify/checks/authorization/capability.ts";
import { makeRootKey, mintToken } from "../../verify/checks/authorization/tokens.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { doorOf, fileIn, folder } from "../support/doors.ts";
import { keepRegression } from "../support/regressions.ts";

/**
 * Sends credentials that were good and are damaged to the door, and texts of all kinds: each is refused with `auth.unknown`, and none that
 * differs from a good one is let in. `node tests/fuzz/credentials.ts --seconds N [--seed S]`; a failure is kept under tests/regressions.
 */
export class CredentialBench {
  readonly #base: FactBase;
  readonly #door: Doorkeeper;
  readonly #module: BiscuitModule;
  readonly #root: string;
  /** Credentials that are let in. */
  readonly good: readonly string[];

  private constructor(base: FactBase, door: Doorkeeper, module: BiscuitModule, root: string, good: readonly string[]) {
    this.#base = base;
    this.#module = module;
    this.#root = root;
    this.#door = door;
    this.good = good;
  }

  static async open(): Promise<CredentialBench> {
    const directory = folder();
    const root = await makeRootKey();
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const key = makeKey("root", [], systemClock.now(), null);
    writeKeys(`${directory}/keys.json`, [key.key]);
    const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "EdDSA" };
    const base = await FactBase.create(null, { clock: systemClock });
    await base.loadTheory([await findTheory("access")], { author: "tester", reason: "first" });
    const door = await doorOf(base, {
      keys: `${directory}/keys.json`,
      jwt: { jwks: fileIn(directory, "jwks.json", JSON.stringify({ keys: [jwk] })), issuer: null, audience: null },
      tokens: { root: fileIn(directory, "root.pub", root.publicKey), revoked: null },
    });
    const soon = Math.floor(Date.parse(systemClock.now()) / 1_000) + 86_400;
    const jwt = await new SignJWT({ sub: "ann" }).setProtectedHeader({ alg: "EdDSA", kid: "k" }).setExpirationTime(soon).sign(privateKey);
    const token = await mintToken(root.privateKey, { user: "ci", groups: ["clerks"] });
    return new CredentialBench(base, door, await biscuitModule(), root.publicKey, [key.text, jwt, token]);
  }

  async close(): Promise<void> {
    this.#door.close();
    await this.#base.close();
  }

  /** What becomes of a header `Authorization`: the principal's id, an error's code, or how it broke. */
  async ask(authorization: string): Promise<string> {
    try {
      return (await this.#door.identify({ headers: { authorization }, socket: new Socket() })).id;
    } catch (error) {
      return error instanceof AssayError ? error.code : `broke: ${String(error)}`;
    }
  }

  /** Whether a header that is none of the good ones is refused as it should be. The same token written otherwise may be let in. */
  async isSound(authorization: string): Promise<boolean> {
    const given = authorization.replace(/^bearer +/i, "");
    if (this.good.some((one) => bytesOf(one) === bytesOf(given))) return true;
    const answer = await this.ask(authorization);
    return answer === "auth.unknown" || (answer === "token:ci" && this.#isSameToken(given));
  }

  /** Protobuf passes over fields that it does not know, so that one token has several texts. */
  #isSameToken(text: string): boolean {
    return this.good.includes(this.#module.Biscuit.fromBase64(text, rootKeyOf(this.#module, this.#root)).toBase64());
  }
}

/** What a credential says, without regard to padding and unused bits of base64. */
function bytesOf(credential: string): string {
  if (credential.startsWith("assay_")) return credential;
  return credential
    .split(".")
    .map((part) => Buffer.from(part, "base64url").toString("hex"))
    .join(".");
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";

/** Good credentials with characters changed, put in and taken out, cut, joined, and decoded bytes flipped; and texts that never were any. */
function damaged(good: readonly string[]): fc.Arbitrary<string> {
  const one = fc.constantFrom(...good);
  const at = fc.nat(2_000);
  const char = fc.constantFrom(...ALPHABET);
  const edited = fc
    .tuple(one, fc.array(fc.tuple(at, fc.constantFrom("set", "insert", "delete"), char), { minLength: 1, maxLength: 4 }))
    .map(([text, edits]) =>
      edits.reduce((now, [place, kind, put]) => {
        const index = place % (now.length + 1);
        const rest = now.slice(kind === "insert" ? index : index + 1);
        return now.slice(0, index) + (kind === "delete" ? "" : put) + rest;
      }, text),
    );
  const flipped = fc.tuple(one, at, fc.nat(7)).map(([text, place, bit]) => {
    const bytes = Buffer.from(text, "base64url");
    const index = place % bytes.length;
    bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
    return bytes.toString("base64url");
  });
  const cut = fc.tuple(one, at).map(([text, place]) => text.slice(0, place % text.length));
  const joined = fc.tuple(one, one).map(([a, b]) => a + b);
  const bytes = fc.uint8Array({ maxLength: 400 }).map((raw) => Buffer.from(raw).toString("base64url"));
  const other = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: "binary", maxLength: 100 }), bytes);
  const prefix = fc.constantFrom("Bearer ", "Bearer ", "Bearer ", "bearer  ", "Basic ", "");
  return fc.tuple(prefix, fc.oneof(edited, flipped, cut, joined, other)).map(([scheme, text]) => scheme + text);
}

/** Runs for some seconds; gives how many headers were tried. Throws with the shrunk one that was not refused as it should be. */
export async function fuzz(bench: CredentialBench, seconds: number, seed: number): Promise<number> {
  const until = systemClock.micros() + seconds * 1_000_000;
  let tried = 0;
  for (let round = 0; round === 0 || systemClock.micros() < until; round += 1) {
    const property = fc.asyncProperty(damaged(bench.good), async (header) => {
      tried += 1;
      return bench.isSound(header);
    });
    const { failed, counterexample } = await fc.check(property, { numRuns: 200, seed: seed + round });
    const [header] = counterexample ?? [];
    // Good credentials are made anew in each run, so what is kept is the text itself.
    if (failed) throw new Error(`seed ${seed + round}: ${header === undefined ? "no input" : keepRegression("credentials", header)}`);
  }
  return tried;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
  const bench = await CredentialBench.open();
  process.stdout.write(`${await fuzz(bench, Number(values.seconds), Number(values.seed))} headers\n`);
  await bench.close();
}
