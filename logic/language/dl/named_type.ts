import type { ValueType } from "../../../schema/value.ts";

/**
 * A type as Soufflé's type system sees it: one of the four primitives, a subtype of another type, a union, or a structure. Equivalences
 * are gone: both names give the same object. `size` of a union counts its members, nested unions opened; it is bounded, so that
 * opening one when it is needed stays cheap.
 */
export type NamedType =
  | { readonly form: "primitive"; readonly name: string; readonly primitive: ValueType }
  | { readonly form: "subtype"; readonly name: string; readonly primitive: ValueType; readonly base: NamedType }
  | {
      readonly form: "union";
      readonly name: string;
      readonly primitive: ValueType;
      readonly parts: readonly NamedType[];
      readonly size: number;
    }
  | StructuredType;

/**
 * A record or an algebraic data type. Its values are symbols: the text of a JSON array of the fields, behind the branch's name
 * in an algebraic type; `null` for `nil`. Compared by identity, since a structure may hold itself.
 */
export interface StructuredType {
  readonly form: "record" | "algebraic";
  readonly name: string;
  readonly primitive: "symbol";
  /** One branch without a name for a record. Filled once all types are known. */
  readonly branches: StructuredBranch[];
}

export interface StructuredBranch {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly declared: string; readonly type: NamedType | null }[];
}

/** The record or algebraic data type that a type is, or is a subtype of; null for every other. */
export function structureOf(type: NamedType): StructuredType | null {
  let current = type;
  while (current.form === "subtype") current = current.base;
  return current.form === "record" || current.form === "algebraic" ? current : null;
}

export const primitiveTypes: Readonly<Record<ValueType, NamedType>> = {
  symbol: { form: "primitive", name: "symbol", primitive: "symbol" },
  number: { form: "primitive", name: "number", primitive: "number" },
  unsigned: { form: "primitive", name: "unsigned", primitive: "unsigned" },
  float: { form: "primitive", name: "float", primitive: "float" },
};

/** Tells whether every value of `a` may stand where a `b` is asked for. */
export function isSubtype(a: NamedType, b: NamedType): boolean {
  if (a === b) return true;
  const above = membersOf(b);
  return [...membersOf(a)].every((member) => [...chain(member)].some((one) => above.has(one)));
}

/**
 * The widest types below both: one of the two where they are in line, what a union shares with the other, nothing for
 * siblings. Source: Soufflé's greatest common subtypes.
 */
export function commonSubtypes(a: NamedType, b: NamedType): NamedType[] {
  if (isSubtype(a, b)) return [a];
  if (isSubtype(b, a)) return [b];
  const common: NamedType[] = [];
  for (const left of membersOf(a)) {
    for (const right of membersOf(b)) {
      if (isSubtype(left, right)) common.push(left);
      else if (isSubtype(right, left)) common.push(right);
    }
  }
  return [...new Set(common)];
}

/** How many members a type has as part of a union. */
export function memberCount(type: NamedType): number {
  return type.form === "union" ? type.size : 1;
}

/** The primitives and subtypes that a type is made of, nested unions opened. */
function membersOf(type: NamedType): Set<NamedType> {
  const members = new Set<NamedType>();
  const open = [type];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.form === "union") open.push(...next.parts);
    else members.add(next);
  }
  return members;
}

/** The type and its bases, up to the primitive. */
function* chain(type: NamedType): Generator<NamedType> {
  let current = type;
  yield current;
  while (current.form === "subtype") {
    current = current.base;
    yield current;
  }
}
