/** The same text in memory of its own: a stretch of a document would keep all of the document. The text must be well-formed. */
export function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
