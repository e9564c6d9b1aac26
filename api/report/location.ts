/** A place in a file, as machines read it. Lines and columns count from 1. */
export interface Location {
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** Reads a place, `file`, `file:line` or `file:line:column`. */
export function locationOf(place: string): Location {
  const [, path, line, column] = /^(.*?)(?::([1-9]\d{0,8}))?(?::([1-9]\d{0,8}))?$/s.exec(place) ?? [];
  if (path === undefined || path === "") return { path: place, line: null, column: null };
  return { path, line: line === undefined ? null : Number(line), column: column === undefined ? null : Number(column) };
}

/** A location as a place again. */
export function locationText({ path, line, column }: Location): string {
  return [path, ...(line === null ? [] : [line]), ...(line === null || column === null ? [] : [column])].join(":");
}
