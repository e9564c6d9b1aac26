/** The requests that have arrived and have no answer yet. */
export class Unanswered {
  readonly #requests = new Set<object>();
  #whenNone: (() => void)[] = [];

  arrived(request: object): void {
    this.#requests.add(request);
  }

  /** Its answer begins, or nobody waits for one any more. Saying so twice is once. */
  answered(request: object): void {
    if (!this.#requests.delete(request) || this.#requests.size > 0) return;
    for (const tell of this.#whenNone.splice(0)) tell();
  }

  /** Comes when there is none, which may be at once. */
  async none(): Promise<void> {
    if (this.#requests.size > 0) await new Promise<void>((resolve) => this.#whenNone.push(resolve));
  }
}
