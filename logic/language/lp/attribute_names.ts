import type { Atom, Term } from "../ast.ts";
import { leavesOf, type Shape } from "./type_node.ts";

/**
 * Names for the attributes of a relation that no program declares: where the heads that have a variable at a place agree, that
 * variable in lower case (its parts numbered where it stands for a function term), else `a1`, `a2` … by place. A name
 * that would stand twice gives way to its number.
 */
export function attributeNames(heads: readonly Atom[], shapes: readonly Shape[]): string[] {
  const columns = heads.map((head) => head.args.flatMap((arg, index) => namesOf(arg, shapes[index])));
  const width = shapes.reduce((sum, shape) => sum + leavesOf(shape).length, 0);
  const names = Array.from({ length: width }, (_unused, index) => {
    const given = new Set(columns.flatMap((column) => column[index] ?? []));
    const [only] = given;
    return given.size === 1 && only !== undefined ? only : `a${index + 1}`;
  });
  return names.map((name, index) => (names.indexOf(name) === index ? name : distinctName(names, index)));
}

function distinctName(names: readonly string[], index: number): string {
  let name = `a${index + 1}`;
  while (names.includes(name)) name = `${name}_`;
  return name;
}

function namesOf(term: Term, shape: Shape | undefined): (string | null)[] {
  if (shape === undefined) return [];
  if (term.kind === "variable") return leafNames(term.name.toLowerCase(), shape);
  if (term.kind === "function" && shape.kind === "function") return term.args.flatMap((arg, index) => namesOf(arg, shape.args[index]));
  return leavesOf(shape).map(() => null);
}

function leafNames(name: string, shape: Shape): string[] {
  if (shape.kind === "leaf") return [name];
  return shape.args.flatMap((part, index) => leafNames(`${name}_${index + 1}`, part));
}
