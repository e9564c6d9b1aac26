import { createHash } from "node:crypto";
import { AssayError } from "../../schema/assay_error.ts";
import type { Clock } from "../../schema/clock.ts";
import { type BiscuitModule, biscuitModule } from "../../verify/checks/authorization/biscuit_module.ts";
import { Capability } from "../../verify/checks/authorization/capability.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import { WatchedFile } from "./watched_file.ts";

export interface TokenSettings {
  /** A file with the root's public key, `ed25519/…`. */
  readonly root: string;
  /** A file of revocation ids, one a line; none are revoked where null. */
  readonly revoked: string | null;
}

const TOKENS_KEPT = 1_000;
const ROOTS_KEPT = 10_000;
const MINUTE_MICROS = 60_000_000;

/** Reads capability tokens, keeps those that it read, and counts the requests that bear them. */
export class TokenReader {
  readonly #module: BiscuitModule;
  readonly #clock: Clock;
  readonly #root: WatchedFile<string>;
  readonly #revoked: WatchedFile<ReadonlySet<string>> | null;
  readonly #kept = new Map<string, Capability>();
  readonly #requests = new Map<string, number[]>();

  private constructor(module: BiscuitModule, settings: TokenSettings, clock: Clock) {
    this.#module = module;
    this.#clock = clock;
    this.#root = new WatchedFile(settings.root, readRoot);
    this.#revoked = settings.revoked === null ? null : new WatchedFile(settings.revoked, readRevoked);
    this.#root.current();
    this.#revoked?.current();
  }

  /** Errors: `auth.config`. */
  static async open(settings: TokenSettings, clock: Clock): Promise<TokenReader> {
    return new TokenReader(await biscuitModule(), settings, clock);
  }

  /** Counts a request, unless the token was shown for it before. Errors: `auth.unknown`, `auth.config`. */
  read(text: string, isAgain: boolean): Principal {
    const root = this.#root.current();
    const digest = createHash("sha256").update(`${root} ${text}`).digest("base64");
    const capability = this.#kept.get(digest) ?? Capability.read(this.#module, text, root);
    keepLatest(this.#kept, digest, capability, TOKENS_KEPT);
    const revoked = this.#revoked?.current();
    if (revoked !== undefined && capability.revocationIds.some((id) => revoked.has(id))) {
      throw new AssayError("auth.unknown", "the capability token was revoked");
    }
    if (!isAgain) this.#count(capability);
    const { user, groups } = capability;
    return { id: `token:${user}`, kind: "token", names: [user], groups, claims: [], capability };
  }

  /** How many requests of the last minute bore a token of the same first block. */
  requestsWith(capability: Capability): number {
    return this.#requests.get(capability.revocationIds[0] ?? "")?.length ?? 0;
  }

  #count(capability: Capability): void {
    const id = capability.revocationIds[0] ?? "";
    const now = this.#clock.micros();
    const recent = (this.#requests.get(id) ?? []).filter((micros) => micros > now - MINUTE_MICROS);
    recent.push(now);
    keepLatest(this.#requests, id, recent.slice(-REQUESTS_KEPT), ROOTS_KEPT);
  }
}

/** No token's rate counts further. */
const REQUESTS_KEPT = 100_000;

/** Puts an entry at the end of a map that holds `most`, in the order of use. */
function keepLatest<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const old of map.keys()) {
    if (map.size <= most) return;
    map.delete(old);
  }
}

function readRoot(text: string): string {
  const key = text.trim();
  if (!/^(ed25519|secp256r1)\/[0-9a-f]{64,66}$/.test(key)) throw new Error("no public key");
  return key;
}

function readRevoked(text: string): ReadonlySet<string> {
  const lines = text.split("\n").map((line) => line.replace(/#.*/, "").trim().toLowerCase());
  const ids = lines.filter((line) => line !== "");
  if (ids.some((id) => !/^[0-9a-f]+$/.test(id))) throw new Error("no revocation id");
  return new Set(ids);
}
