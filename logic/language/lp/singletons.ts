import type { RuleItem, Term } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { termsOf, termsWithin } from "./walk.ts";

/**
 * Warns of a variable that occurs once in a rule, and there in the body (`check.singleton`). The variables of a constraint outside
 * aggregates are its witness, so they count as used. Names that begin with `_` are exempt.
 */
export function checkSingletons(item: RuleItem, sink: DiagnosticSink): void {
  if (item.body.length === 0) return;
  const head =
    item.form === "constraint"
      ? [...termsOf(item.body, false)]
      : item.heads.flatMap((atom) => atom.args.flatMap((arg) => [...termsWithin(arg)]));
  const used = new Set(head.flatMap((term) => (term.kind === "variable" ? [term.name] : [])));
  const seen = new Map<string, Term[]>();
  for (const term of termsOf(item.body, true)) {
    if (term.kind === "variable") seen.set(term.name, [...(seen.get(term.name) ?? []), term].slice(0, 2));
  }
  for (const [name, [first, second]] of seen) {
    if (first === undefined || second !== undefined || used.has(name) || name.startsWith("_")) continue;
    const help = `write \`_\`, or \`_${name}\` to keep the name`;
    sink.warning("check.singleton", { span: first.span, text: name }, `\`${name}\` occurs once, so it joins nothing`, help);
  }
}
