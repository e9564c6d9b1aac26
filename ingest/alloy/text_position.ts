/** `LINE:COLUMN` of a UTF-16 offset, both from 1; columns count UTF-16 units, as editors do. */
export function lineAndColumn(text: string, offset: number): string {
  return positionIn(lineStarts(text), offset);
}

/** The offsets at which the lines of a text begin. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return starts;
}

/** `LINE:COLUMN` of an offset, by bisection over the starts of lines. */
export function positionIn(starts: readonly number[], offset: number): string {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return `${low + 1}:${offset - (starts[low] as number) + 1}`;
}
