/** The pointer to a member of the value at `parent` (RFC 6901). */
export function pointerTo(parent: string, member: string): string {
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
