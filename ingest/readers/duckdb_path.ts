/** A path for DuckDB's readers, which take file names as glob patterns: its pattern characters stand for themselves. */
export function globEscaped(path: string): string {
  return path.replace(/[*?[]/g, (character) => `[${character}]`);
}
