import type { ServiceOptions } from "../../api/http/context.ts";
import type { Service } from "../../api/http/service.ts";
import { startService } from "../../api/http/service.ts";
import type { Theory } from "../../logic/theory.ts";
import { type Clock, StrictClock, systemClock } from "../../schema/clock.ts";
import type { Limits } from "../../schema/limits.ts";
import { FactBase } from "../../verify/fact_base.ts";
import type { FactBaseOptions } from "../../verify/fact_base_options.ts";
import { SHOP, theoryFrom } from "./fact_bases.ts";

export interface Served {
  readonly base: FactBase;
  readonly service: Service;
  readonly url: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answered>;
  /** Posts a delta as JSON. */
  submit(delta: object, path?: string, headers?: Readonly<Record<string, string>>): Promise<Answered>;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The body as an envelope. */
  readonly json: { ok: boolean; data: Record<string, never>; error: { code: string } | null; cursor: string | null; status: number };
}

export interface ServeTestOptions extends Partial<ServiceOptions> {
  readonly theories?: readonly Theory[];
  readonly path?: string | null;
  readonly limits?: Partial<Limits>;
  readonly engines?: FactBaseOptions["engines"];
  readonly clingo?: FactBaseOptions["clingo"];
  /** The clock of the machine that the service runs on. */
  readonly wallClock?: Clock;
}

/** A service of its own on a free port, over a fact base with the theory of the shop, for the time of `test`. */
export async function withService(test: (served: Served) => Promise<void>, options: ServeTestOptions = {}): Promise<void> {
  const { theories = [theoryFrom(SHOP)], path = null, limits = {}, engines, clingo, wallClock = systemClock, ...rest } = options;
  const clock = new StrictClock(wallClock);
  const baseOptions: FactBaseOptions = {
    clock,
    limits,
    ...(engines === undefined ? {} : { engines }),
    ...(clingo === undefined ? {} : { clingo }),
  };
  const base = await FactBase.create(path, baseOptions);
  try {
    if (theories.length > 0) await base.loadTheory(theories, { author: "tester", reason: "first" });
    const service = await startService(base, { clock, base: baseOptions, version: "0.0.0", logLevel: "silent", ...rest });
    try {
      await test(served(base, service));
    } finally {
      await service.close();
    }
  } finally {
    await base.close();
  }
}

function served(base: FactBase, service: Service): Served {
  const { url } = service;
  const call = (method: string, path: string, options: CallOptions = {}): Promise<Answered> => callAt(url, method, path, options);
  const submit: Served["submit"] = (delta, path = "/v1/deltas", headers = {}) =>
    call("POST", path, {
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ proposer: "tester", ...delta }),
    });
  return { base, service, url, call, submit };
}

export async function callAt(url: string, method: string, path: string, { headers = {}, body }: CallOptions = {}): Promise<Answered> {
  const request = {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(body instanceof ReadableStream ? { duplex: "half" as const } : {}),
  };
  const response = await fetch(`${url}${path}`, request);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text,
    get json() {
      return JSON.parse(text) as Answered["json"];
    },
  };
}

/** A customer and an order of theirs, in the shop's relations. */
export function orderOf(id: number, amount = 1) {
  return { assert: { customer: [[`c${id}`, 1]], order: [[id, `c${id}`, amount]] } };
}
