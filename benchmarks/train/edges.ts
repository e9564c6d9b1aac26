/** A set of directed edges between integers, followed both ways. */
export class Edges {
  readonly #forward = new Map<number, number[]>();
  readonly #backward = new Map<number, number[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Tells whether the edge was not there before. */
  add(from: number, to: number): boolean {
    if (this.has(from, to)) return false;
    push(this.#forward, from, to);
    push(this.#backward, to, from);
    this.#count += 1;
    return true;
  }

  /** Tells whether the edge was there. */
  remove(from: number, to: number): boolean {
    if (!this.has(from, to)) return false;
    drop(this.#forward, from, to);
    drop(this.#backward, to, from);
    this.#count -= 1;
    return true;
  }

  has(from: number, to: number): boolean {
    return this.#forward.get(from)?.includes(to) ?? false;
  }

  from(node: number): readonly number[] {
    return this.#forward.get(node) ?? [];
  }

  into(node: number): readonly number[] {
    return this.#backward.get(node) ?? [];
  }

  *all(): Generator<[number, number]> {
    for (const [from, targets] of this.#forward) for (const to of targets) yield [from, to];
  }
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, [value]);
  else found.push(value);
}

function drop(map: Map<number, number[]>, key: number, value: number): void {
  const found = map.get(key);
  if (found === undefined) return;
  if (found.length === 1) map.delete(key);
  else found.splice(found.indexOf(value), 1);
}
