import { type Theory, theoryOf } from "../../logic/theory.ts";

const MANIFEST = '[theory]\nname = "pigeons"\nversion = "1.0.0"\ndescription = "every pigeon in a hole of its own"\nneeds = []\n';
const RELATIONS = ".decl pigeon(n:number)\n.input pigeon\n.decl hole(n:number)\n.input hole\n";
const PROGRAM = `
1 { at(P,H) : hole(H) } 1 :- pigeon(P).
%! @law pigeons.apart error "two pigeons share a hole"
:- at(P,H), at(Q,H), P < Q.
`;

/** A theory that clingo judges: for longer than anyone waits where there is one pigeon more than there are holes, and a dozen of them. */
export const PIGEONS: Theory = theoryOf(
  new Map([
    ["theory.toml", MANIFEST],
    ["relations.dl", RELATIONS],
    ["pigeons.lp", PROGRAM],
  ]),
);

/** A delta of pigeons and holes by their numbers. */
export function pigeonsIn(pigeons: number, holes: number): object {
  const upTo = (count: number): number[][] => Array.from({ length: count }, (_, index) => [index + 1]);
  return { assert: { pigeon: upTo(pigeons), hole: upTo(holes) } };
}
