import { setImmediate } from "node:timers/promises";
import { AssayError } from "../../schema/assay_error.ts";
import type { Credentials, Gatekeeper } from "../http/principal.ts";
import { asAssayError } from "../http/problem.ts";
import { sentEvent } from "./events.ts";
import type { Outlet } from "./outlet.ts";

/** A channel that is open, and by what right. */
interface Admitted {
  readonly credentials: Credentials;
  /** What is listened to, as `Act` says it. */
  readonly relation: string | null;
  readonly outlet: Outlet;
}

/**
 * Asks again, now and then, whether those who listen still may: a credential runs out, a key is taken from its file, a right is taken back
 * while a channel is open. Who may not is told so and cut off.
 */
export class Sentry {
  readonly #gatekeeper: Gatekeeper;
  readonly #every_ms: () => number;
  readonly #admitted = new Set<Admitted>();
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** `every_ms` is asked each time, for bounds change with theories. */
  constructor(gatekeeper: Gatekeeper, every_ms: () => number) {
    this.#gatekeeper = gatekeeper;
    this.#every_ms = every_ms;
  }

  /** Watches over a channel that was authorized just now, until it is gone. */
  admit(credentials: Credentials, relation: string | null, outlet: Outlet): void {
    const { authorization, "x-api-key": key } = credentials.headers;
    const headers = { ...(authorization === undefined ? {} : { authorization }), ...(key === undefined ? {} : { "x-api-key": key }) };
    const one = { credentials: { headers, socket: credentials.socket, isAgain: true }, relation, outlet };
    if (outlet.isGone()) return;
    this.#admitted.add(one);
    outlet.onGone(() => this.#admitted.delete(one));
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#admitted.clear();
  }

  #schedule(): void {
    if (this.#timer !== null || this.#isClosed || this.#admitted.size === 0) return;
    this.#timer = setTimeout(() => {
      void this.#round().finally(() => {
        this.#timer = null;
        this.#schedule();
      });
    }, this.#every_ms()).unref();
  }

  /** Those who showed the same credential and listen to the same are asked about once. */
  async #round(): Promise<void> {
    const byCredential = Map.groupBy(this.#admitted, ({ credentials: { headers, socket } }) =>
      headers.authorization === undefined && headers["x-api-key"] === undefined ? socket : JSON.stringify(headers),
    );
    for (const same of byCredential.values()) {
      for (const [relation, listeners] of Map.groupBy(same, (one) => one.relation)) {
        const [first] = listeners;
        const refused = first === undefined ? null : await this.#refusal(first.credentials, relation);
        if (refused !== null) {
          const { code, detail } = refused;
          for (const { outlet } of listeners) outlet.end(sentEvent({ event: "unauthorized", cursor: null, code, detail }));
        }
        // However many there are, others have their turn in between.
        await setImmediate();
      }
    }
  }

  async #refusal(credentials: Credentials, relation: string | null): Promise<AssayError | null> {
    try {
      const principal = await this.#gatekeeper.identify(credentials);
      await this.#gatekeeper.authorize(principal, { kind: "watch", relation, isAgain: true });
      return null;
    } catch (cause) {
      return asAssayError(cause) ?? new AssayError("auth.undecided", "who listens cannot be told any more", { cause });
    }
  }
}
