import type { Atom, Formula, RuleItem, Term } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";

/** The rules of relations that are put in where they are used. */
export type InlinedRules = ReadonlyMap<string, readonly RuleItem[]>;

/**
 * Puts the rules of `inlined` in for their atoms in a rule's body, arguments for the variables of their heads. What is in `inlined` uses
 * nothing else that is. A negated atom whose rules have variables of their own is `check.inline`: its negation would bind them.
 */
export function inlineRule(rule: RuleItem, inlined: InlinedRules, sink: DiagnosticSink): RuleItem {
  if (inlined.size === 0) return rule;
  const inliner = new Inliner(inlined, sink);
  return { ...rule, body: rule.body.map((formula) => inliner.formula(formula, false)) };
}

/** The relations that a rule's body uses, at any depth. */
export function usedRelations(rule: RuleItem): Set<string> {
  const used = new Set<string>();
  const collector: TermMap = {
    atom: (atom) => {
      used.add(atom.relation);
      return atom;
    },
    variable: (variable) => variable,
  };
  for (const formula of rule.body) mapFormula(formula, collector, false);
  return used;
}

interface TermMap {
  atom(atom: Atom, negated: boolean): Formula;
  variable(variable: Extract<Term, { kind: "variable" }>): Term;
}

class Inliner {
  readonly #inlined: InlinedRules;
  readonly #sink: DiagnosticSink;
  #count = 0;

  constructor(inlined: InlinedRules, sink: DiagnosticSink) {
    this.#inlined = inlined;
    this.#sink = sink;
  }

  formula(formula: Formula, negated: boolean): Formula {
    return mapFormula(formula, { atom: (atom, under) => this.#atom(atom, under), variable: (variable) => variable }, negated);
  }

  #atom(atom: Atom, negated: boolean): Formula {
    const rules = this.#inlined.get(atom.relation);
    if (rules === undefined) return atom;
    const alternatives = rules.map((rule) => this.#instance(rule, atom, negated));
    const [only] = alternatives;
    if (only !== undefined && alternatives.length === 1) return only;
    return alternatives.length === 0
      ? { kind: "boolean", value: false, span: atom.span }
      : { kind: "or", of: alternatives, span: atom.span };
  }

  #instance(rule: RuleItem, atom: Atom, negated: boolean): Formula {
    this.#count += 1;
    const suffix = `~i${this.#count}`;
    const head = rule.heads.find(({ relation, args }) => relation === atom.relation && args.length === atom.args.length);
    const given = new Map<string, Term>();
    const equal: [Term, Term][] = [];
    for (const [at, formal] of (head?.args ?? []).entries()) {
      const actual = atom.args[at];
      if (actual === undefined || actual.kind === "wildcard") continue;
      if (formal.kind === "variable" && !given.has(formal.name)) given.set(formal.name, actual);
      else equal.push([formal, actual]);
    }
    const own = new Set<string>();
    const names: TermMap = {
      atom: (inner) => inner,
      variable: (variable) => {
        const value = given.get(variable.name);
        if (value !== undefined) return value;
        own.add(variable.name);
        return { ...variable, name: `${variable.name}${suffix}` };
      },
    };
    const { span } = atom;
    const equations = equal.map(([left, right]): Formula => ({ kind: "compare", op: "=", left: mapTerm(left, names), right, span }));
    const of = [...equations, ...rule.body.map((formula) => mapFormula(formula, names, false))];
    if (negated && own.size > 0) {
      const message = `\`!${atom.relation}(…)\` is put in with \`${[...own][0]}\`, which nothing outside of it binds`;
      this.#sink.error("check.inline", { span, text: atom.relation }, message, "leave `inline` away, or bind the variable in the head");
    }
    if (head === undefined) return atom;
    return of.length === 0 ? { kind: "boolean", value: true, span } : { kind: "and", of, span };
  }
}

function mapFormula(formula: Formula, map: TermMap, negated: boolean): Formula {
  const term = (of: Term): Term => mapTerm(of, map);
  switch (formula.kind) {
    case "atom":
      return map.atom({ ...formula, args: formula.args.map(term) }, negated);
    case "not":
      return { ...formula, of: mapFormula(formula.of, map, !negated) };
    case "and":
    case "or":
      return { ...formula, of: formula.of.map((part) => mapFormula(part, map, negated)) };
    case "compare":
      return { ...formula, left: term(formula.left), right: term(formula.right) };
    case "test":
      return { ...formula, args: [term(formula.args[0]), term(formula.args[1])] };
    default:
      return formula;
  }
}

function mapTerm(term: Term, map: TermMap): Term {
  switch (term.kind) {
    case "variable":
      return map.variable(term);
    case "operation":
    case "call":
    case "record":
    case "branch":
      return { ...term, args: term.args.map((arg) => mapTerm(arg, map)) };
    case "cast":
      return { ...term, of: mapTerm(term.of, map) };
    case "aggregate": {
      const target = term.target === null ? null : mapTerm(term.target, map);
      return { ...term, target, body: term.body.map((part) => mapFormula(part, map, false)) };
    }
    default:
      return term;
  }
}
