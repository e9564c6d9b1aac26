import type { Row } from "../../schema/value.ts";
import { JavaRandom } from "../train/java_random.ts";
import type { ShopRelation, ShopSizes } from "./generate.ts";

/** A delta of one fact, and whether a law refuses it in the state that it meets. */
export interface OneFactDelta {
  readonly sign: "assert" | "retract";
  readonly relation: ShopRelation;
  readonly row: Row;
  readonly isRefused: boolean;
}

const SEED = 7;
/** Chains of replaced orders begin at ids that are 1 modulo this and are four orders long. */
const CHAIN = 20;

/**
 * Deltas in rounds of seventeen: lawful facts over three relations that appear and go again, so that the base keeps its size, a link in
 * the middle of a chain that goes and comes back, and facts that a law refuses: a line and a payment of an order that nobody knows, a
 * quantity of nothing, a cycle of replacements, an order without a line.
 */
export function* oneFactDeltas(sizes: ShopSizes): Generator<OneFactDelta> {
  const random = new JavaRandom(SEED);
  const some = (count: number): bigint => BigInt(1 + random.nextInt(count));
  const active = (count: number): bigint => {
    const id = some(count - 1);
    return id % 50n === 0n ? id + 1n : id;
  };
  for (let fresh = 0n; ; fresh += 1n) {
    const line = [some(sizes.orders), active(sizes.products), 1001n - some(500)];
    const twin = [line[0] as bigint, active(sizes.products), some(500)];
    const customer = [BigInt(sizes.customers) + 1n + fresh, some(sizes.regions), "good"];
    const chain = BigInt(1 + CHAIN * random.nextInt(Math.floor(sizes.orders / CHAIN)));
    const order = [BigInt(sizes.orders) + 1n + fresh, some(sizes.customers), "cancelled"];
    const lawful = [
      ["line", line],
      ["line", twin],
      ["customer", customer],
      ["replaces", [chain + 5n, chain + 3n]],
      ["replaces", [chain, chain + 7n]],
    ] as const satisfies readonly (readonly [ShopRelation, Row])[];
    for (const [relation, row] of lawful) yield { sign: "assert", relation, row, isRefused: false };
    yield { sign: "assert", relation: "line", row: [order[0] as bigint, 1n, 1n], isRefused: true };
    yield { sign: "assert", relation: "line", row: [some(sizes.orders), active(sizes.products), 0n], isRefused: true };
    yield { sign: "assert", relation: "replaces", row: [chain, chain + 3n], isRefused: true };
    yield { sign: "assert", relation: "orders", row: order, isRefused: true };
    yield { sign: "assert", relation: "payment", row: [order[0] as bigint, 1n, 5n], isRefused: true };
    yield { sign: "retract", relation: "replaces", row: [chain + 2n, chain + 1n], isRefused: false };
    yield { sign: "assert", relation: "replaces", row: [chain + 2n, chain + 1n], isRefused: false };
    for (const [relation, row] of lawful) yield { sign: "retract", relation, row, isRefused: false };
  }
}
