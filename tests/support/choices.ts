/** A stream of choices that ends in zeros, so that a shorter stream is a simpler program: fast-check shrinks the stream. */
export class Choices {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(bound: number): number {
    return (this.#numbers[this.#at++] ?? 0) % bound;
  }

  of<T>(options: readonly T[]): T {
    return options[this.below(options.length)] as T;
  }
}
