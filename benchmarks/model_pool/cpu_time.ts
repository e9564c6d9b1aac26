import { readFileSync } from "node:fs";

const TICKS_A_SECOND = 100;

/** A contender whose work another process does. */
export interface Contender {
  pid(): number | null;
  run(): Promise<unknown>;
}

export interface Spent {
  readonly wall_ms: number;
  /** Processor time of this process and the contender's; not a number where the system has no /proc. */
  readonly cpu_ms: number;
}

/** Runs contenders in turn, `rounds` times over and once more before that, which is not counted. Gives the best of each,
 * which other work disturbed least. */
export async function measureSpent(contenders: Readonly<Record<string, Contender>>, rounds: number): Promise<Map<string, Spent>> {
  const runs = new Map<string, Spent[]>();
  for (let round = 0; round <= rounds; round++) {
    for (const [name, { pid, run }] of Object.entries(contenders)) {
      const [start, cpu, own] = [performance.now(), cpuOf(pid()), process.cpuUsage()];
      await run();
      const wall_ms = performance.now() - start;
      const { user, system } = process.cpuUsage(own);
      if (round > 0) runs.set(name, [...(runs.get(name) ?? []), { wall_ms, cpu_ms: cpuOf(pid()) - cpu + (user + system) / 1_000 }]);
    }
  }
  const best = (list: readonly number[]): number => list.reduce((least, one) => Math.min(least, one));
  return new Map(
    [...runs].map(([name, list]) => [name, { wall_ms: best(list.map((one) => one.wall_ms)), cpu_ms: best(list.map((one) => one.cpu_ms)) }]),
  );
}

/** A table with ratios to the contender named `base`: where other work keeps the machine busy, only processor time says something. */
export function printSpent(title: string, spent: ReadonlyMap<string, Spent>, base: string): void {
  const to = spent.get(base) ?? { wall_ms: Number.NaN, cpu_ms: Number.NaN };
  process.stdout.write(`\n${title}\n`);
  for (const [name, { wall_ms, cpu_ms }] of spent) {
    const wall = `${wall_ms.toFixed(0).padStart(8)} ms ${(wall_ms / to.wall_ms).toFixed(2).padStart(6)} x`;
    const cpu = `${cpu_ms.toFixed(0).padStart(8)} ms of processor ${(cpu_ms / to.cpu_ms).toFixed(2).padStart(6)} x`;
    process.stdout.write(`  ${name.padEnd(14)}${wall}   ${cpu}\n`);
  }
}

function cpuOf(pid: number | null): number {
  if (pid === null || process.platform !== "linux") return Number.NaN;
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND) * 1_000;
}
