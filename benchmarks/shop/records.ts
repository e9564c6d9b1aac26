import type { ProposedDelta } from "../../schema/delta.ts";
import type { Place } from "../../schema/place.ts";
import type { Row } from "../../schema/value.ts";
import { JavaRandom } from "../train/java_random.ts";
import { proposal } from "./fill.ts";
import type { ShopSizes } from "./generate.ts";

/** A record of ten facts: a new customer, two orders, five lines, two payments. */
export interface ShopRecord {
  readonly facts: readonly (readonly [relation: "customer" | "orders" | "line" | "payment", row: Row])[];
  /** Whether a law refuses it where it stands in the order of records. */
  readonly isRefused: boolean;
}

const SEED = 13;
const WRONG_EVERY = 100;

/**
 * `count` records in order. One in a hundred names a product that does not exist; the one after each of those names the customer that it
 * would have brought, and so falls with it.
 */
export function shopRecords(sizes: ShopSizes, count: number): ShopRecord[] {
  const random = new JavaRandom(SEED);
  const product = (): bigint => {
    const id = BigInt(1 + random.nextInt(sizes.products - 1));
    return id % 50n === 0n ? id + 1n : id;
  };
  return Array.from({ length: count }, (_, at) => {
    const customer = BigInt(sizes.customers + 1 + at);
    const [first, second] = [BigInt(sizes.orders + 1 + 2 * at), BigInt(sizes.orders + 2 + 2 * at)];
    const isWrong = at % WRONG_EVERY === 1;
    const isOrphan = at % WRONG_EVERY === 2;
    const quantity = (): bigint => BigInt(1 + random.nextInt(1000));
    return {
      isRefused: isWrong || isOrphan,
      facts: [
        ["customer", [customer, BigInt(1 + random.nextInt(sizes.regions)), "good"]],
        ["orders", [first, customer, "paid"]],
        ["orders", [second, isOrphan ? customer - 1n : BigInt(1 + random.nextInt(sizes.customers)), "paid"]],
        ["line", [first, product(), quantity()]],
        ["line", [first, isWrong ? BigInt(sizes.products) + 1n : product(), quantity()]],
        ["line", [second, product(), quantity()]],
        ["line", [second, product(), quantity()]],
        ["line", [second, product(), quantity()]],
        ["payment", [first, 1n, quantity()]],
        ["payment", [second, 1n, quantity()]],
      ],
    };
  });
}

/** The records as one delta; each fact's place is its record's number. */
export function recordsDelta(records: readonly ShopRecord[], reason: string): ProposedDelta {
  const rows = new Map<string, Row[]>();
  const places = new Map<string, Place[]>();
  for (const relation of ["customer", "orders", "line", "payment"]) {
    rows.set(relation, []);
    places.set(relation, []);
  }
  for (const [at, record] of records.entries()) {
    for (const [relation, row] of record.facts) {
      rows.get(relation)?.push(row);
      places.get(relation)?.push(`records:${at + 1}`);
    }
  }
  return proposal(reason, rows, places);
}
