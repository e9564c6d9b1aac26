import type { Relation } from "../../../schema/relation.ts";
import type { Row, Value, ValueType } from "../../../schema/value.ts";
import { CLINGO_INTEGER_MAX, fitsClingo, symbolText } from "./fact_text.ts";
import { NotForClingo } from "./not_for_clingo.ts";
import type { GroundTerm } from "./read_term.ts";
import type { ValueClass, ValueClasses } from "./value_classes.ts";

type Ranked = { readonly ranks: ReadonlyMap<Value, number>; readonly values: readonly Value[] };

/**
 * How values cross into clingo and back, exactly. Symbols are strings, integers of 32 bits themselves. Where a class of values holds
 * others (wider integers, floats) and rules only compare them, each crosses as its rank among them; where rules calculate, no
 * form is exact and the facts are refused.
 */
export class Carriage {
  readonly #classes: ValueClasses;
  readonly #ranked = new Map<object, Ranked>();

  /** Errors: `NotForClingo` (`number`), naming the fact and the bound. */
  constructor(
    classes: ValueClasses,
    relations: ReadonlyMap<string, Pick<Relation, "attributes">>,
    facts: ReadonlyMap<string, readonly Row[]>,
  ) {
    this.#classes = classes;
    const groups = new Map<object, { readonly of: ValueClass; readonly values: Set<Value>; wide: (() => string) | null }>();
    for (const [name, { attributes }] of relations) {
      for (const [column, { type, name: attribute }] of attributes.entries()) {
        if (type === "symbol") continue;
        const key = classes.key(name, column);
        const group = groups.get(key) ?? { of: classes.of(name, column), values: new Set<Value>(), wide: null };
        groups.set(key, group);
        for (const row of facts.get(name) ?? []) {
          const value = row[column] as Value;
          group.values.add(value);
          if (group.wide === null && isWide(value))
            group.wide = () => `\`${attribute}\` of \`${name}(${row.map(String).join(", ")})\` is ${value}`;
        }
      }
    }
    for (const [key, { of, values, wide }] of groups) {
      for (const constant of of.constants) values.add(constant);
      const outside = wide ?? constantOutside(of);
      if (outside === null) continue;
      if (of.isComputed) {
        const bound = `outside clingo's integers from -${CLINGO_INTEGER_MAX} to ${CLINGO_INTEGER_MAX}, and a rule calculates with it`;
        throw new NotForClingo("number", null, `${outside()}, ${bound}`);
      }
      const sorted = [...values].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      this.#ranked.set(key, { ranks: new Map(sorted.map((value, rank) => [value, rank])), values: sorted });
    }
  }

  /** A value of a column, or of a term whose class is `key`. */
  text(value: Value, key: object | null): string {
    if (typeof value === "string") return symbolText(value);
    const ranked = key === null ? undefined : this.#ranked.get(key);
    if (ranked !== undefined) return String(ranked.ranks.get(value));
    if (!isWide(value)) return String(value);
    throw new NotForClingo("number", null, `the constant ${value} is outside clingo's integers`);
  }

  columnText(relation: string, value: Value, column: number): string {
    return this.text(value, typeof value === "string" ? null : this.#classes.key(relation, column));
  }

  /** What clingo printed at a column, as a value of its type. */
  value(term: GroundTerm, type: ValueType, relation: string, column: number): Value {
    if (type === "symbol" && typeof term === "string") return term;
    if (type === "symbol" || typeof term !== "number") throw new Error(`clingo gave \`${relation}\` another type than \`${type}\``);
    const ranked = this.#ranked.get(this.#classes.key(relation, column));
    const value = ranked === undefined ? BigInt(term) : ranked.values[term];
    if (value === undefined) throw new Error(`clingo gave \`${relation}\` a rank that there is not`);
    return value;
  }
}

/** A float never crosses as it is: clingo has none. */
function isWide(value: Value): boolean {
  return typeof value === "number" || (typeof value === "bigint" && !fitsClingo(value));
}

function constantOutside(of: ValueClass): (() => string) | null {
  const wide = [...of.constants].find(isWide);
  return wide === undefined ? null : () => `a rule names ${wide}`;
}
