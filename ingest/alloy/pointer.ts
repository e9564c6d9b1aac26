import { ownCopy } from "./own_copy.ts";

/** Pointers that documents share are kept once, up to so many. */
const POINTERS_KEPT = 20_000;
const POINTER_UNITS = 500;
const pointers = new Map<string, Map<string, string>>();
let kept = 0;

/** The pointer to a member of the value at `parent` (RFC 6901). */
export function pointerTo(parent: string, member: string): string {
  const below = pointers.get(parent);
  const found = below?.get(member);
  if (found !== undefined) return found;
  const pointer = joined(parent, member);
  if (kept >= POINTERS_KEPT || pointer.length > POINTER_UNITS) return pointer;
  kept += 1;
  const own = ownCopy(pointer);
  if (below === undefined) pointers.set(ownCopy(parent), new Map([[ownCopy(member), own]]));
  else below.set(ownCopy(member), own);
  return own;
}

function joined(parent: string, member: string): string {
  const escaped = member.includes("~") || member.includes("/") ? member.replaceAll("~", "~0").replaceAll("/", "~1") : member;
  return `${parent}/${escaped}`;
}

/** The member names along a pointer. */
export function pointerParts(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
