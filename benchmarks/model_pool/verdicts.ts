import { systemClock } from "../../schema/clock.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { quantile } from "../measure.ts";
import { fillShop } from "../shop/fill.ts";
import { lineProposals } from "../shop/line_proposals.ts";

const FACTS = 50_000;

/** What proposals of one fact waited for their verdict, alone and beside work, in milliseconds. */
export interface Waits {
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

/**
 * Proposes one fact after the other to a shop in the file `path`, in slices of `slice_ms` by turns: with nothing beside it, and while `beside`
 * runs until its signal. A first turn of each is not counted.
 */
export async function verdictWaits(
  path: string,
  beside: (signal: AbortSignal) => Promise<void>,
  turns: number,
  slice_ms: number,
): Promise<Waits> {
  const base = await FactBase.create(path, { clock: systemClock });
  try {
    const { sizes } = await fillShop(base, FACTS);
    const source = lineProposals(sizes);
    const slice = async (): Promise<number[]> => {
      const waits: number[] = [];
      const end = performance.now() + slice_ms;
      while (performance.now() < end) {
        const { delta, isRefused } = source.next().value;
        const start = performance.now();
        const { verdict } = await base.propose(delta);
        waits.push(performance.now() - start);
        if (verdict !== (isRefused ? "refused" : "accepted")) throw new Error(`${verdict} where refused is ${isRefused}`);
      }
      return waits;
    };
    const waits = { alone: [] as number[], beside: [] as number[] };
    for (let turn = 0; turn <= turns; turn++) {
      const alone = await slice();
      const stop = new AbortController();
      const work = beside(stop.signal);
      const together = await slice();
      stop.abort();
      await work;
      if (turn > 0) waits.alone.push(...alone);
      if (turn > 0) waits.beside.push(...together);
    }
    return waits;
  } finally {
    await base.close();
  }
}

/** Median and 99th of a hundred, as cells of a table. */
export function waitCells(waits: readonly number[]): string {
  return [0.5, 0.99].map((part) => `${quantile(waits, part).toFixed(2)} ms`).join(" | ");
}
