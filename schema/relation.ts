import type { Span } from "./place.ts";
import type { Value, ValueType } from "./value.ts";

/** One typed attribute of a relation. `declared` is the type's name as the program wrote it (`Path` for a subtype of symbol). */
export interface Attribute {
  readonly name: string;
  readonly type: ValueType;
  readonly declared: string;
  /** The value that rows present before the attribute was added take (`/// @default(attr, value)`); null means the type's zero. */
  readonly fallback: Value | null;
}

/** A named set of tuples. `base` relations hold facts; `derived` ones are computed by rules. */
export interface Relation {
  readonly name: string;
  readonly role: "base" | "derived";
  readonly attributes: readonly Attribute[];
  /** Attribute names that identify a fact (`/// @key(a, b)`), or null where the whole tuple does. */
  readonly key: readonly string[] | null;
  /** What a repair pays for a change to one of its facts, 1 where absent; `never` keeps repairs away (`/// @repair cost=3`). */
  readonly repair?: number | "never";
  /** The prose of the doc comment above the declaration, marks left out. */
  readonly doc: string;
  readonly span: Span;
}
