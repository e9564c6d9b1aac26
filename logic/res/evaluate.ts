import { AssayError } from "../../schema/assay_error.ts";
import { unreachable } from "../../schema/unreachable.ts";
import type { Fiber } from "./fiber.ts";
import type { Term } from "./term.ts";

/**
 * What a term denotes in a fiber: connectives pointwise, `sat` and `trans` by the fiber's nuclei. A name is looked up in `bindings`,
 * then among the fiber's elements. Errors: `res.unbound` for a name of nothing, and those of the fiber.
 */
export function evaluate(term: Term, fiber: Fiber, bindings: ReadonlyMap<string, number> = new Map()): number {
  const value = (one: Term): number => {
    switch (one.kind) {
      case "true":
        return fiber.top;
      case "false":
        return fiber.bottom;
      case "name":
        return bindings.get(one.name) ?? fiber.find(one.name) ?? unbound(one.name);
      case "and":
        return fiber.meet(value(one.left), value(one.right));
      case "or":
        return fiber.join(value(one.left), value(one.right));
      case "=>":
        return fiber.implies(value(one.left), value(one.right));
      case "sat":
      case "trans":
        return fiber.nucleus(one.kind, value(one.of));
      default:
        return unreachable(one);
    }
  };
  return value(term);
}

/** Whether a term is settled in a fiber: closing it under both nuclei changes nothing. Errors: those of `evaluate`. */
export function isStable(term: Term, fiber: Fiber, bindings: ReadonlyMap<string, number> = new Map()): boolean {
  const value = evaluate(term, fiber, bindings);
  return fiber.nucleus("trans", fiber.nucleus("sat", value)) === value;
}

function unbound(name: string): never {
  throw new AssayError("res.unbound", `\`${name}\` names no element`, { place: name });
}
