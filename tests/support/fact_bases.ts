import { type Theory, theoryOf } from "../../logic/theory.ts";
import type { Clock } from "../../schema/clock.ts";
import type { ProposedDelta, ProposedRow } from "../../schema/delta.ts";
import type { Limits } from "../../schema/limits.ts";
import type { EngineName } from "../../verify/engine_name.ts";
import { FactBase } from "../../verify/fact_base.ts";

/** A clock that goes one second a reading, so that what a test makes is the same in every run. */
export function steppingClock(): Clock {
  let seconds = 0;
  let micros = 0;
  return {
    now: () => {
      seconds += 1;
      return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
    },
    micros: () => {
      micros += 1;
      return micros;
    },
  };
}

/** A theory of one program. */
export function theoryFrom(program: string, name = "shop", version = "1.0.0"): Theory {
  const manifest = `[theory]\nname = "${name}"\nversion = "${version}"\ndescription = "for tests"\nneeds = []\n`;
  return theoryOf(
    new Map([
      ["theory.toml", manifest],
      [`${name}.dl`, program],
    ]),
  );
}

/** Orders refer to customers; a customer's name identifies it; credit is not negative; large orders are remarked on. */
export const SHOP = `
/// @key(name)
.decl customer(name:symbol, credit:number)
.input customer
.decl order(id:number, customer:symbol, amount:float)
.input order
.decl open()
.input open
/// @law shop.customer error "order {id} has no customer {customer}"
.decl orphan(id:number, customer:symbol)
orphan(i, c) :- order(i, c, _), !customer(c, _).
/// @law shop.credit error "{name} has credit {credit}"
.decl indebted(name:symbol, credit:number)
indebted(n, c) :- customer(n, c), c < 0.
/// @law shop.large warn "order {id} is large"
.decl large(id:number)
large(i) :- order(i, _, a), a > 1000.0.
`;

export type Rows = Readonly<Record<string, readonly ProposedRow[]>>;

/** A proposal; `places` names each asserted row `in.csv:N`, N counting from 1. */
export function proposal(parts: {
  readonly assert?: Rows;
  readonly retract?: Rows;
  readonly base?: number;
  readonly key?: string;
  readonly reason?: string;
}): ProposedDelta {
  const assert = new Map(Object.entries(parts.assert ?? {}));
  return {
    proposer: "tester",
    reason: parts.reason ?? "test",
    base: parts.base ?? null,
    key: parts.key ?? null,
    assert,
    retract: new Map(Object.entries(parts.retract ?? {})),
    places: new Map([...assert].map(([relation, rows]) => [relation, rows.map((_, index) => `in.csv:${index + 1}`)])),
  };
}

/** Runs `test` with a fact base in memory that has `theories` loaded. */
export async function withBase(
  theories: readonly Theory[],
  test: (base: FactBase) => Promise<void>,
  limits: Partial<Limits> = {},
  engines: readonly EngineName[] | null = null,
): Promise<void> {
  const base = await FactBase.create(null, { clock: steppingClock(), limits, ...(engines === null ? {} : { engines }) });
  try {
    if (theories.length > 0) await base.loadTheory(theories, { author: "tester", reason: "first load" });
    await test(base);
  } finally {
    await base.close();
  }
}
