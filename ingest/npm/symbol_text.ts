/** Whether a string may be a symbol: Unicode without halves of characters and without NUL. */
export function isSymbolText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
