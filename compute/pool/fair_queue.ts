export interface Ticket {
  readonly principal: string;
  /** Higher goes first. */
  readonly priority: number;
}

/**
 * Work that waits: the highest priority first; within one, principals take turns, and each has its work done in the order it came. At most
 * `capacity` wait.
 */
export class FairQueue<T extends Ticket> {
  readonly #capacity: number;
  /** By priority, each principal's work; the principal whose turn it is stands first. */
  readonly #levels = new Map<number, Map<string, T[]>>();
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** Returns false, and takes nothing, where the queue is full. */
  add(item: T): boolean {
    if (this.#size >= this.#capacity) return false;
    const level = this.#levels.get(item.priority) ?? new Map<string, T[]>();
    const own = level.get(item.principal) ?? [];
    own.push(item);
    level.set(item.principal, own);
    this.#levels.set(item.priority, level);
    this.#size++;
    return true;
  }

  /** The next one, taken out; undefined where none waits. */
  take(): T | undefined {
    if (this.#size === 0) return undefined;
    const priority = Math.max(...this.#levels.keys());
    const level = this.#levels.get(priority) as Map<string, T[]>;
    const [principal, own] = level.entries().next().value as [string, T[]];
    const item = own.shift() as T;
    level.delete(principal);
    if (own.length > 0) level.set(principal, own);
    if (level.size === 0) this.#levels.delete(priority);
    this.#size--;
    return item;
  }

  /** Takes one out of turn. Returns whether it was there. */
  remove(item: T): boolean {
    const level = this.#levels.get(item.priority);
    const own = level?.get(item.principal);
    const at = own?.indexOf(item) ?? -1;
    if (level === undefined || own === undefined || at < 0) return false;
    own.splice(at, 1);
    if (own.length === 0) level.delete(item.principal);
    if (level.size === 0) this.#levels.delete(item.priority);
    this.#size--;
    return true;
  }
}
