import { systemClock } from "../schema/clock.ts";

/** Wall-clock milliseconds of each contender: the median of its runs. */
export interface Measured {
  readonly name: string;
  readonly median_ms: number;
  readonly runs_ms: readonly number[];
}

/**
 * Runs the contenders in turn, `rounds` times over, so that a slow moment of the machine hits all of them alike.
 * The first round warms up and is not counted. Rejects with the first contender's failure.
 */
export async function measure(contenders: Readonly<Record<string, () => Promise<unknown>>>, rounds: number): Promise<Measured[]> {
  const runs = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round++) {
    for (const [name, action] of Object.entries(contenders)) {
      const start = systemClock.micros();
      await action();
      const spent_ms = (systemClock.micros() - start) / 1000;
      if (round > 0) runs.set(name, [...(runs.get(name) ?? []), spent_ms]);
    }
  }
  return [...runs].map(([name, runs_ms]) => ({ name, median_ms: median(runs_ms), runs_ms }));
}

/** The middle value of a list that is not empty. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this part of a list that is not empty lies: 0.5 is its median. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** A table for the terminal: milliseconds and the ratio of each contender to the one named `base`. */
export function printMeasured(title: string, measured: readonly Measured[], base: string): void {
  const base_ms = measured.find((one) => one.name === base)?.median_ms ?? Number.NaN;
  process.stdout.write(`\n${title}\n`);
  for (const one of measured) {
    const ratio = (one.median_ms / base_ms).toFixed(2);
    process.stdout.write(`  ${one.name.padEnd(34)}${one.median_ms.toFixed(1).padStart(10)} ms   ${ratio.padStart(7)} x ${base}\n`);
  }
}
