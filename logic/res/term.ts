/** A relation expression: what it denotes hangs on the history it is read at. Constants, names of elements, connectives, and the two nuclei. */
export type Term =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | { readonly kind: "name"; readonly name: string }
  | Binary<"and">
  | Binary<"or">
  | Binary<"=>">
  | Closed<"sat">
  | Closed<"trans">;

interface Binary<K extends string> {
  readonly kind: K;
  readonly left: Term;
  readonly right: Term;
}

interface Closed<K extends string> {
  readonly kind: K;
  readonly of: Term;
}

export type BinaryKind = "and" | "or" | "=>";
export type NucleusKind = "sat" | "trans";

export const TRUE: Term = { kind: "true" };
export const FALSE: Term = { kind: "false" };

/** A term as text: what `parseRes` reads back. */
export function termText(term: Term): string {
  switch (term.kind) {
    case "true":
    case "false":
      return term.kind;
    case "name":
      return term.name;
    case "sat":
    case "trans":
      return `(${term.kind} ${termText(term.of)})`;
    default:
      return `(${term.kind} ${termText(term.left)} ${termText(term.right)})`;
  }
}

/** The same term with its parts replaced. */
export function withParts(term: Term, replace: (part: Term) => Term): Term {
  if (term.kind === "true" || term.kind === "false" || term.kind === "name") return term;
  if (term.kind === "sat" || term.kind === "trans") {
    const of = replace(term.of);
    return of === term.of ? term : { kind: term.kind, of };
  }
  const [left, right] = [replace(term.left), replace(term.right)];
  return left === term.left && right === term.right ? term : { kind: term.kind, left, right };
}

export function sameTerm(one: Term, other: Term): boolean {
  if (one === other) return true;
  if (one.kind !== other.kind) return false;
  if (one.kind === "name") return one.name === (other as typeof one).name;
  if (one.kind === "sat" || one.kind === "trans") return sameTerm(one.of, (other as typeof one).of);
  if (one.kind === "true" || one.kind === "false") return true;
  const { left, right } = other as typeof one;
  return sameTerm(one.left, left) && sameTerm(one.right, right);
}

/** How many terms a term is made of, itself included. */
export function termSize(term: Term): number {
  if (term.kind === "sat" || term.kind === "trans") return 1 + termSize(term.of);
  return "left" in term ? 1 + termSize(term.left) + termSize(term.right) : 1;
}
