import type { Fact } from "../../schema/fact.ts";
import type { Row } from "../../schema/value.ts";

/** Which cell of a cube's tables, or which of its points, is wrong; a lawful cube has none. */
export type Flaw = "lawful" | "flawed";

/** The fiber of 2^points elements in which no point is below another, as its points: the compact form. */
export function cubePoints(points: number, flaw: Flaw): Fact[] {
  return Array.from({ length: points }, (_, p) => {
    // A point that is not below itself is no point of a poset.
    const down = flaw === "flawed" && p === points - 1 ? 0n : 1n << BigInt(p);
    return { relation: "point", row: ["e", BigInt(p), down] };
  });
}

/** The same fiber as the tables of the theory, each element named by its number. */
export function cubeTables(points: number): Record<string, Row[]> {
  const size = 2 ** points;
  const name = (element: number): string => `x${element}`;
  const rows: Record<string, Row[]> = { elem: [], meet: [], join: [], impl: [], top: [["e", name(size - 1)]], bot: [["e", name(0)]] };
  for (let x = 0; x < size; x++) rows["elem"]?.push(["e", name(x)]);
  for (const [x, y, meet, join, impl] of cells(points)) {
    rows["meet"]?.push(["e", name(x), name(y), name(meet)]);
    rows["join"]?.push(["e", name(x), name(y), name(join)]);
    rows["impl"]?.push(["e", name(x), name(y), name(impl)]);
  }
  return rows;
}

/** The laws of a Heyting algebra over three elements, as one would write them. */
const THREE_VARIABLES = `below(X,Y) :- meet(X,Y,X).
:- meet(X,Y,Z), meet(Y,X,V), Z != V.
:- join(X,Y,Z), join(Y,X,V), Z != V.
:- join(X,Y,J), meet(X,J,Z), Z != X.
:- meet(X,Y,M), join(X,M,Z), Z != X.
:- join(Y,Z,J), meet(X,J,L), meet(X,Y,A), meet(X,Z,B), join(A,B,R), L != R.
:- meet(X,Y,M), impl(Y,Z,C), below(M,Z), not below(X,C).
:- impl(Y,Z,C), below(X,C), meet(X,Y,M), not below(M,Z).
`;

/** The laws over two elements that are enough where an element's number is the set of its points. */
const TWO_VARIABLES = `:- meet(X,Y,Z), Z != X & Y.
:- join(X,Y,Z), Z != X ? Y.
:- impl(X,Y,Z), Z & X & ~Y != 0.
:- impl(X,Y,Z), p(B), Z & B == 0, X & B == 0.
:- impl(X,Y,Z), p(B), Z & B == 0, Y & B != 0.
`;

/** A program for clingo that has an answer set exactly where the cube is lawful. Elements are their sets of points as bits. */
export function cubeProgram(points: number, laws: "three variables" | "bitmask", flaw: Flaw): string {
  const lines = Array.from({ length: points }, (_, p) => `p(${1 << p}).`);
  for (const [x, y, meet, join, impl] of cells(points)) {
    const wrong = flaw === "flawed" && x === 1 && y === 2 ? 1 : meet;
    lines.push(`meet(${x},${y},${wrong}). join(${x},${y},${join}). impl(${x},${y},${impl}).`);
  }
  return `${lines.join("\n")}\n${laws === "bitmask" ? TWO_VARIABLES : THREE_VARIABLES}#show.\n`;
}

function* cells(points: number): Generator<readonly [x: number, y: number, meet: number, join: number, impl: number]> {
  const full = 2 ** points - 1;
  for (let x = 0; x <= full; x++) for (let y = 0; y <= full; y++) yield [x, y, x & y, x | y, (~x & full) | y];
}
