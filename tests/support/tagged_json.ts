/** JSON text in which bigints and maps are tagged. */
export function taggedText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return { $integer: String(part) };
    return part instanceof Map ? { $map: [...part] } : part;
  });
}

/** Reads what `taggedText` wrote. */
export function readTagged(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    if (typeof part !== "object" || part === null) return part;
    if ("$integer" in part) return BigInt(String(part.$integer));
    return "$map" in part ? new Map(part.$map as [unknown, unknown][]) : part;
  });
}
