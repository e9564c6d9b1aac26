/** `LINE:COLUMN` of a UTF-16 offset, both from 1; columns count UTF-16 units, as editors do. */
export function lineAndColumn(text: string, offset: number): string {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1 && end < offset; end = text.indexOf("\n", start)) {
    line += 1;
    start = end + 1;
  }
  return `${line}:${offset - start + 1}`;
}
