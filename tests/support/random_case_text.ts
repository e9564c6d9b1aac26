import type { RandomCase } from "./random_programs.ts";

/** A random case as JSON text: bigints and maps are tagged, spans left as they are. */
export function caseText(random: RandomCase): string {
  return JSON.stringify(random, (_, value: unknown) => {
    if (typeof value === "bigint") return { $integer: String(value) };
    return value instanceof Map ? { $map: [...value] } : value;
  });
}

/** Reads what `caseText` wrote. */
export function readCase(text: string): RandomCase {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("$integer" in value) return BigInt(String(value.$integer));
    return "$map" in value ? new Map(value.$map as [unknown, unknown][]) : value;
  }) as RandomCase;
}
