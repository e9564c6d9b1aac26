import type { IrLiteral, IrProgram, IrTerm } from "../../logic/language/ir.ts";

/** What a rewriting does to the parts of a program; `names` are those of variables. */
export interface Rewriting {
  readonly name?: (name: string) => string;
  readonly constant?: (constant: Extract<IrTerm, { kind: "constant" }>) => IrTerm;
  /** The order of a body's literals, and of the rules. */
  readonly order?: <T>(list: readonly T[]) => T[];
  /** Turns the sides of equations. */
  readonly turned?: boolean;
}

export function rewrittenTerm<T extends IrTerm | null>(term: T, how: Rewriting): T;
export function rewrittenTerm(term: IrTerm | null, how: Rewriting): IrTerm | null {
  if (term === null) return null;
  if (term.kind === "constant") return how.constant?.(term) ?? term;
  if (term.kind === "variable") return { ...term, name: how.name?.(term.name) ?? term.name };
  return { ...term, args: term.args.map((argument) => rewrittenTerm(argument, how)) };
}

export function rewrittenLiteral(of: IrLiteral, how: Rewriting): IrLiteral {
  const term = <T extends IrTerm | null>(one: T): T => rewrittenTerm(one, how);
  switch (of.kind) {
    case "atom":
      return { ...of, args: of.args.map(term) };
    case "compare": {
      const [left, right] = [term(of.left), term(of.right)];
      return how.turned === true && of.op === "=" ? { ...of, left: right, right: left } : { ...of, left, right };
    }
    case "test":
      return { ...of, left: term(of.left), right: term(of.right) };
    case "range":
      return { ...of, result: term(of.result), from: term(of.from), to: term(of.to), step: term(of.step) };
    case "aggregate": {
      const elements = of.elements.map(({ keys, body }) => ({ keys: keys.map(term), body: rewrittenBody(body, how) }));
      return { ...of, result: term(of.result), elements, outer: of.outer.map((name) => how.name?.(name) ?? name) };
    }
  }
}

function rewrittenBody(body: readonly IrLiteral[], how: Rewriting): IrLiteral[] {
  const literals = body.map((literal) => rewrittenLiteral(literal, how));
  return how.order?.(literals) ?? literals;
}

/** The program with every rule rewritten; ids go with the rules. */
export function rewritten(program: IrProgram, how: Rewriting): IrProgram {
  const rules = program.rules.map((rule) => ({
    ...rule,
    head: { ...rule.head, args: rule.head.args.map((term) => rewrittenTerm(term, how)) },
    body: rewrittenBody(rule.body, how),
  }));
  return { ...program, rules: how.order?.(rules) ?? rules };
}
