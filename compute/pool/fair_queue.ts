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

  /**
   * The next one that is ready, taken out; undefined where none is. Each principal's work stays in order: where its first is not ready, none of
   * its priority is.
   */
  take(isReady: (item: T) => boolean = () => true): T | undefined {
    for (const priority of [...this.#levels.keys()].sort((a, b) => b - a)) {
      const level = this.#levels.get(priority) as Map<string, T[]>;
      for (const [principal, own] of level) {
        const item = own[0] as T;
        if (!isReady(item)) continue;
        own.shift();
        level.delete(principal);
        if (own.length > 0) level.set(principal, own);
        if (level.size === 0) this.#levels.delete(priority);
        this.#size--;
        return item;
      }
    }
    return undefined;
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
