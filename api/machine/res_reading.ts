import { evaluate, isStable } from "../../logic/res/evaluate.ts";
import type { Fiber } from "../../logic/res/fiber.ts";
import { normalForm } from "../../logic/res/normal_form.ts";
import { coreRules, extendedRules } from "../../logic/res/rules.ts";
import { type Term, termText } from "../../logic/res/term.ts";

/** What a term denotes at a history. */
export interface ResReading {
  readonly at: string;
  readonly element: string;
  readonly stable: boolean;
}

/** A term with its normal form (`core`: by R1 to R7 alone) and what it denotes, where it was read. */
export function resData(term: Term, core: boolean, reading: ResReading | null) {
  const normal = termText(normalForm(term, core ? coreRules : extendedRules));
  return { term: termText(term), normal, ...(reading ?? { at: null, element: null, stable: null }) };
}

/** Reads a term in the fiber over `at`. Errors: `res.unbound`, and those of the fiber. */
export function readTerm(term: Term, at: string, fiber: Fiber, bindings: ReadonlyMap<string, number>): ResReading {
  return { at, element: fiber.name(evaluate(term, fiber, bindings)), stable: isStable(term, fiber, bindings) };
}
