import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIPv6 } from "node:net";
import type { Clock } from "../../schema/clock.ts";
import { Later } from "./problem.ts";

const WINDOW_MICROS = 60_000_000;
const MICROS_A_SECOND = 1_000_000;
const ADDRESSES_KEPT = 10_000;
const GOOD_KEPT = 10_000;
/** Of an IPv6 address: the network, for whoever has one has all addresses in it. */
const NETWORK_GROUPS = 4;

interface Window {
  readonly begun: number;
  failures: number;
}

/**
 * Bounds how often one address may fail to say who it is: after so many failures in a minute it is turned away unheard for the rest of that
 * minute. A credential that was good before is heard all the same, so that nobody locks others out who come from the same address.
 */
export class FailedTries {
  readonly #clock: Clock;
  readonly #most: () => number;
  readonly #windows = new Map<string, Window>();
  readonly #good = new Set<string>();

  /** `most` is asked each time, for bounds change with theories. */
  constructor(clock: Clock, most: () => number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Called before a credential is looked at. Errors: `auth.rate`. */
  admit(address: string, headers: IncomingHttpHeaders): void {
    const window = this.#windows.get(networkOf(address));
    if (window === undefined || window.failures < this.#most()) return;
    const left = window.begun + WINDOW_MICROS - this.#clock.micros();
    if (left <= 0) {
      this.#windows.delete(networkOf(address));
      return;
    }
    const digest = digestOf(headers);
    if (digest !== null && this.#good.has(digest)) return;
    const seconds = Math.ceil(left / MICROS_A_SECOND);
    throw new Later("auth.rate", `${window.failures} credentials from \`${address}\` were refused within a minute`, seconds);
  }

  noteFailure(address: string): void {
    const network = networkOf(address);
    const now = this.#clock.micros();
    const known = this.#windows.get(network);
    const window = known === undefined || known.begun + WINDOW_MICROS <= now ? { begun: now, failures: 0 } : known;
    window.failures += 1;
    this.#windows.delete(network);
    this.#windows.set(network, window);
    forgetFirst(this.#windows, ADDRESSES_KEPT);
  }

  noteSuccess(headers: IncomingHttpHeaders): void {
    const digest = digestOf(headers);
    if (digest === null || this.#good.has(digest)) return;
    this.#good.add(digest);
    forgetFirst(this.#good, GOOD_KEPT);
  }
}

function forgetFirst(kept: Map<string, unknown> | Set<string>, most: number): void {
  for (const first of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(first);
  }
}

/** A digest of the credential in the headers; null where there is none. */
function digestOf({ authorization, "x-api-key": key }: IncomingHttpHeaders): string | null {
  return authorization === undefined && key === undefined ? null : hash("sha256", JSON.stringify([authorization, key]), "base64");
}

/** Whom failures of an address are put down to: itself, or its network of 64 bits. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "").replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  const [before = "", after] = plain.split("::");
  const groups = before === "" ? [] : before.split(":");
  const rest = after === undefined || after === "" ? [] : after.split(":");
  const missing = Math.max(0, 2 * NETWORK_GROUPS - groups.length - rest.length);
  const all = after === undefined ? groups : [...groups, ...Array<string>(missing).fill("0"), ...rest];
  return all
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
