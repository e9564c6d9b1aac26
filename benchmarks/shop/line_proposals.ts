import type { ProposedDelta } from "../../schema/delta.ts";
import { JavaRandom } from "../train/java_random.ts";
import { proposal } from "./fill.ts";
import type { ShopSizes } from "./generate.ts";

export interface LineProposal {
  readonly delta: ProposedDelta;
  /** Whether a law refuses it: it names an order that nobody knows. */
  readonly isRefused: boolean;
}

const REFUSED_EVERY = 100;
const SEED = 11;

/** Deltas that assert one new line each, of a random order; one in a hundred of an order that does not exist. */
export function* lineProposals(sizes: ShopSizes): Generator<LineProposal> {
  const random = new JavaRandom(SEED);
  for (let at = 0n; ; at += 1n) {
    const isRefused = at % BigInt(REFUSED_EVERY) === 0n;
    const order = isRefused ? BigInt(sizes.orders) + 1n + at : BigInt(1 + random.nextInt(sizes.orders));
    const product = BigInt(1 + random.nextInt(sizes.products - 1));
    const row = [order, product % 50n === 0n ? product + 1n : product, BigInt(1 + random.nextInt(1000))];
    yield { delta: proposal(`line ${at}`, new Map([["line", [row]]])), isRefused };
  }
}
