import type { Span } from "../../../schema/place.ts";
import type { Formula, Term } from "../ast.ts";
import { literalVariables, writtenName } from "./ir_parts.ts";
import type { RuleContext } from "./rule_context.ts";
import type { Solved } from "./solve.ts";
import { termsOf, termsWithin } from "./walk.ts";

/**
 * Reports the variables of solved literals, and of `also`, that have no values (`check.ungrounded`), each at its first place in
 * `terms` or `body`; an unbound `_` is `check.wildcard`.
 */
export function reportUnbound(
  context: RuleContext,
  also: Iterable<string>,
  solved: Solved,
  body: readonly Formula[],
  terms: readonly Term[],
): void {
  const names = new Set<string>(also);
  for (const literal of solved.literals) for (const name of literalVariables(literal)) names.add(name);
  const reported = new Set<string>();
  for (const name of names) {
    const written = writtenName(name);
    if (solved.isBound(name) || reported.has(written)) continue;
    reported.add(written);
    const made = context.made.get(name);
    if (made === undefined) {
      const help = "bind it by a positive atom or an equation beside it";
      context.sink.error(
        "check.ungrounded",
        { span: placeOf(written, body, terms), text: written },
        `\`${written}\` has no values here: nothing binds it`,
        help,
      );
    } else if (![...names].some((other) => !context.made.has(other) && !solved.isBound(other))) {
      context.sink.error("check.wildcard", { span: made, text: "_" }, "`_` stands where a value is needed", null);
    }
  }
}

function placeOf(name: string, body: readonly Formula[], terms: readonly Term[]): Span {
  for (const term of [...terms.flatMap((one) => [...termsWithin(one)]), ...termsOf(body, true)]) {
    if (term.kind === "variable" && term.name === name) return term.span;
  }
  throw new Error(`the variable ${name} stands nowhere in its rule`);
}
