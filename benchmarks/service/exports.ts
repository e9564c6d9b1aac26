import { request } from "node:http";
import { median } from "../measure.ts";

const ROUNDS = 5;

/** Milliseconds and bytes of one answer, read and thrown away. */
async function read(url: string, path: string, accept: string): Promise<{ ms: number; bytes: number }> {
  const start = performance.now();
  const bytes = await new Promise<number>((resolve, reject) => {
    const asked = request(`${url}${path}`, { headers: { accept } }, (response) => {
      let sum = 0;
      response.on("data", (chunk: Buffer) => {
        sum += chunk.length;
      });
      response.on("end", () => resolve(sum));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
  return { ms: performance.now() - start, bytes };
}

/** Prints how long the exports of a relation take in each format. */
export async function exportsOf(url: string, relation: string): Promise<void> {
  process.stdout.write("\n| export | ms | MB |\n|---|---|---|\n");
  for (const accept of ["application/vnd.apache.arrow.stream", "application/x-ndjson", "text/csv"]) {
    const runs: { ms: number; bytes: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) runs.push(await read(url, `/v1/facts/${relation}`, accept));
    process.stdout.write(`| ${accept} | ${median(runs.map(({ ms }) => ms)).toFixed(0)} | ${((runs[0]?.bytes ?? 0) / 1e6).toFixed(1)} |\n`);
  }
}
