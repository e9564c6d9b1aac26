/** Ends a closed union: the compiler proves it is not called, a broken cast makes it throw. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
