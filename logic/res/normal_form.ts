import { extendedRules, type RewriteRule } from "./rules.ts";
import { sameTerm, type Term, withParts } from "./term.ts";

/**
 * The normal form of a term: what no rule applies to any more. The rules end (each makes a measure smaller) and are confluent, so it hangs
 * neither on the order of rules nor on where they are applied first. Terms of one normal form denote one element
 * everywhere; the converse does not hold: whether two terms mean the same takes evaluation.
 */
export function normalForm(term: Term, rules: readonly RewriteRule[] = extendedRules): Term {
  const normal = new WeakSet<Term>();
  const normalise = (one: Term): Term => {
    if (normal.has(one)) return one;
    const inner = withParts(one, normalise);
    for (const rule of rules) {
      const next = rewritten(rule, inner);
      if (next !== null) return normalise(next);
    }
    normal.add(inner);
    return inner;
  };
  return normalise(term);
}

/** What a rule makes of a term as a whole; null where it does not apply. */
export function rewritten({ from, to }: RewriteRule, term: Term): Term | null {
  const found = new Map<string, Term>();
  return matches(from, term, found) ? instance(to, found) : null;
}

function matches(pattern: Term, term: Term, found: Map<string, Term>): boolean {
  if (pattern.kind === "name") {
    const known = found.get(pattern.name);
    if (known !== undefined) return sameTerm(known, term);
    found.set(pattern.name, term);
    return true;
  }
  if (pattern.kind !== term.kind) return false;
  if (pattern.kind === "sat" || pattern.kind === "trans") return matches(pattern.of, (term as typeof pattern).of, found);
  if (pattern.kind === "true" || pattern.kind === "false") return true;
  const { left, right } = term as typeof pattern;
  return matches(pattern.left, left, found) && matches(pattern.right, right, found);
}

function instance(pattern: Term, found: ReadonlyMap<string, Term>): Term {
  if (pattern.kind === "name") return found.get(pattern.name) ?? pattern;
  return withParts(pattern, (part) => instance(part, found));
}
