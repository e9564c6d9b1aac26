import type { RewriteRule } from "../../logic/res/rules.ts";
import { type Term, withParts } from "../../logic/res/term.ts";

export type Subst = Map<string, number>;

/** The names in two terms, each once. */
export function unifiedNames(one: Term, other: Term): string[] {
  return [...new Set([...names(one), ...names(other)])];
}

/**
 * The critical pairs of a rewriting system: for every overlap of one rule's left side with a part of another's that is no name, what
 * the two rules make of the term where both apply. An overlap of a rule with itself at the top says nothing and is left out.
 */
export function criticalPairs(rules: readonly RewriteRule[]): { left: Term; right: Term }[] {
  const pairs: { left: Term; right: Term }[] = [];
  rules.forEach((outer, i) => {
    rules.forEach((inner, j) => {
      const [a, b] = [renamed(outer, "1"), renamed(inner, "2")];
      for (const path of paths(a.from)) {
        if (path.length === 0 && j === i) continue;
        const bindings = new Map<string, Term>();
        if (!unify(at(a.from, path), b.from, bindings)) continue;
        pairs.push({ left: resolved(a.to, bindings), right: resolved(replaced(a.from, path, b.to), bindings) });
      }
    });
  });
  return pairs;
}

function names(term: Term): string[] {
  if (term.kind === "name") return [term.name];
  return parts(term).flatMap(names);
}

function parts(term: Term): Term[] {
  if ("of" in term) return [term.of];
  return "left" in term ? [term.left, term.right] : [];
}

function renamed({ id, from, to }: RewriteRule, suffix: string): RewriteRule {
  const rename = (term: Term): Term => (term.kind === "name" ? { kind: "name", name: term.name + suffix } : withParts(term, rename));
  return { id, from: rename(from), to: rename(to) };
}

/** The places of a term that hold no name. */
function paths(term: Term): number[][] {
  if (term.kind === "name") return [];
  return [[], ...parts(term).flatMap((part, index) => paths(part).map((path) => [index, ...path]))];
}

function at(term: Term, path: readonly number[]): Term {
  const [first, ...rest] = path;
  return first === undefined ? term : at(parts(term)[first] as Term, rest);
}

function replaced(term: Term, path: readonly number[], by: Term): Term {
  const [first, ...rest] = path;
  if (first === undefined) return by;
  let index = 0;
  return withParts(term, (part) => (index++ === first ? replaced(part, rest, by) : part));
}

function unify(one: Term, other: Term, bindings: Map<string, Term>): boolean {
  const [a, b] = [walked(one, bindings), walked(other, bindings)];
  if (a.kind === "name" && b.kind === "name" && a.name === b.name) return true;
  if (a.kind === "name") return bind(a.name, b, bindings);
  if (b.kind === "name") return bind(b.name, a, bindings);
  return a.kind === b.kind && parts(a).every((part, index) => unify(part, parts(b)[index] as Term, bindings));
}

function bind(name: string, to: Term, bindings: Map<string, Term>): boolean {
  if (names(resolved(to, bindings)).includes(name)) return false;
  bindings.set(name, to);
  return true;
}

function walked(term: Term, bindings: ReadonlyMap<string, Term>): Term {
  const found = term.kind === "name" ? bindings.get(term.name) : undefined;
  return found === undefined ? term : walked(found, bindings);
}

function resolved(term: Term, bindings: ReadonlyMap<string, Term>): Term {
  const found = walked(term, bindings);
  return withParts(found, (part) => resolved(part, bindings));
}
