import type { Span } from "../../../schema/place.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import type { AggregateTerm, Atom, Comparison, RuleItem, Term, Variable } from "../ast.ts";
import type { BranchTerm, CallTerm, CastTerm, RecordTerm } from "../ast_dl.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { DlScope } from "./dl_scope.ts";
import type { FlatAggregate, FlatAtom, FlatLiteral, FlatRule, FlatTerm } from "./flat.ts";
import { disjuncts, measureDisjuncts, negatedComparison, type SignedFormula } from "./lower_formulas.ts";
import { functorOperator, operationOperator } from "./lower_terms.ts";
import { lookupType } from "./lower_types.ts";
import { structureOf } from "./named_type.ts";

/**
 * Writes a rule out as flat rules, one for each head and disjunct. The caller has bounded their count. Faults go to the sink; what they
 * stand in is left out, so that the later checks can still look at the rest.
 */
export function flattenRule(rule: RuleItem, scope: DlScope, sink: DiagnosticSink): FlatRule[] {
  const bodies = disjuncts(rule.body);
  return rule.heads.flatMap((head) => bodies.map((body) => new Flattener(scope, sink).rule(head, body, rule.span)));
}

class Flattener {
  readonly #scope: DlScope;
  readonly #sink: DiagnosticSink;
  /** Variables that get values from atoms around what is being read. */
  #held: ReadonlySet<string> = new Set();
  #fresh = 0;

  constructor(scope: DlScope, sink: DiagnosticSink) {
    this.#scope = scope;
    this.#sink = sink;
  }

  rule(head: Atom, formulas: readonly SignedFormula[], span: Span): FlatRule {
    const body: FlatLiteral[] = [];
    this.#held = heldVariables(formulas);
    for (const signed of formulas) this.#literal(signed, body, false);
    for (const arg of head.args) if (arg.kind === "wildcard") this.#wildcard(arg.span);
    return { head: this.#atom(head, false, body, false, false), body, span };
  }

  #literal({ formula, negated }: SignedFormula, into: FlatLiteral[], inner: boolean): void {
    switch (formula.kind) {
      case "atom":
        into.push(this.#atom(formula, negated, into, inner && !negated));
        return;
      case "compare":
        this.#comparison(formula, negated, into);
        return;
      case "test": {
        const left = this.#value(formula.args[0], into);
        const right = this.#value(formula.args[1], into);
        if (left !== null && right !== null) into.push({ kind: "test", test: formula.test, left, right, negated, span: formula.span });
        return;
      }
      case "boolean":
        if (formula.value === negated) into.push(falsehood(formula.span));
        return;
      case "aggregate_literal":
      case "conditional":
        this.#unsupported(formula.span, formula.kind, "this literal belongs to .lp programs");
        return;
      default:
        unreachable(formula);
    }
  }

  /** `naming` gives wildcards a name, as the keys of an aggregate need one; `unpacking` is false in heads. */
  #atom(atom: Atom, negated: boolean, into: FlatLiteral[], naming: boolean, unpacking = !negated): FlatAtom {
    const declared = this.#scope.relations.get(atom.relation)?.relation;
    const at = { span: atom.span, text: atom.relation };
    if (declared === undefined) {
      const help = () => didYouMean(atom.relation, this.#scope.relations.keys(), "declare it with `.decl`");
      this.#sink.error("check.unknown_relation", at, `there is no relation \`${atom.relation}\``, help);
    } else if (declared.attributes.length !== atom.args.length) {
      const names = declared.attributes.map((attribute) => `\`${attribute.name}\``).join(", ");
      const message = `\`${atom.relation}\` takes ${counted(declared.attributes.length)}, not ${atom.args.length}`;
      this.#sink.error("check.arity", at, message, names === "" ? "it has no attributes" : `its attributes are ${names}`);
    }
    const args = atom.args.map((arg) => {
      if (isPattern(arg) && unpacking) return this.#whole(arg, false, into);
      if (arg.kind !== "wildcard") return this.#term(arg, into);
      return naming ? this.#variable(arg.span) : null;
    });
    return { kind: "atom", relation: atom.relation, args, negated, span: atom.span };
  }

  #comparison(comparison: Comparison, negated: boolean, into: FlatLiteral[]): void {
    const op = negated ? negatedComparison(comparison.op) : comparison.op;
    const { span } = comparison;
    const [one, two] = op === "=" ? [this.#named(comparison.left), this.#named(comparison.right)] : [comparison.left, comparison.right];
    if (op === "=" && one.kind === "variable" && isGenerator(two)) return void this.#generator(two, one, into);
    if (op === "=" && two.kind === "variable" && isGenerator(one)) return void this.#generator(one, two, into);
    if (op === "=" && isPattern(one)) {
      this.#pattern(one, two, span, into);
      return;
    }
    if (op === "=" && isPattern(two)) {
      this.#pattern(two, one, span, into);
      return;
    }
    const left = this.#value(one, into);
    const right = this.#value(two, into);
    if (left !== null && right !== null) into.push({ kind: "compare", op, left, right, span });
  }

  /** An equation with a structure: with another one part by part, otherwise as values go. */
  #pattern(term: Pattern, other: Term, span: Span, into: FlatLiteral[]): void {
    if (isPattern(other) && sameShape(term, other)) {
      for (const [at, left] of term.args.entries()) {
        const right = other.args[at];
        if (right !== undefined && left.kind !== "wildcard" && right.kind !== "wildcard") {
          this.#comparison({ kind: "compare", op: "=", left, right, span }, false, into);
        }
      }
      return;
    }
    const isHeld = other.kind === "variable" && this.#held.has(other.name);
    const whole: Variable = other.kind === "variable" ? { ...other } : this.#variable(term.span);
    this.#unpack(whole, term, !isHeld, into);
    if (other.kind === "variable") return;
    const right = isPattern(other) ? this.#whole(other, true, into) : this.#value(other, into);
    if (right !== null) into.push({ kind: "compare", op: "=", left: { ...whole }, right, span });
  }

  /** A variable for a structure that is taken apart. */
  #whole(term: Pattern, packing: boolean, into: FlatLiteral[]): Variable {
    const whole = this.#variable(term.span);
    this.#unpack(whole, term, packing, into);
    return whole;
  }

  /** Equations that give the parts of a structure the fields of `whole`, and where `packing`, `whole` the structure of its parts. */
  #unpack(whole: Variable, term: Pattern, packing: boolean, into: FlatLiteral[]): void {
    const branch = this.#branchOf(term);
    const arity = term.args.length;
    const { span } = term;
    const parts = term.args.map((arg, field) => {
      if (arg.kind === "wildcard") return null;
      const part = isPattern(arg) ? this.#whole(arg, packing, into) : this.#term(arg, into);
      const right: FlatTerm = { kind: "field", of: { ...whole }, branch, field, arity, span };
      if (part !== null) into.push({ kind: "compare", op: "=", left: { ...part }, right, span });
      return part;
    });
    const args = parts.filter((part) => part !== null);
    const left: FlatTerm = { ...whole };
    if (arity === 0 || (packing && args.length === arity)) {
      into.push({ kind: "compare", op: "=", left, right: { kind: "record", branch, args, span }, span });
    }
    if (branch === null) into.push({ kind: "compare", op: "!=", left: { ...whole }, right: { kind: "nil", span }, span });
    else {
      const tag: FlatTerm = { kind: "field", of: { ...whole }, branch, field: null, arity, span };
      into.push({ kind: "compare", op: "=", left: tag, right: { kind: "string", value: branch, span }, span });
    }
  }

  #branchOf(term: Pattern): string | null {
    if (term.kind === "record") return null;
    if (this.#scope.branches.has(term.name)) return term.name;
    const help = () => didYouMean(term.name, this.#scope.branches.keys(), "declare it as a branch of a `.type`");
    this.#sink.error("check.unknown_branch", { span: term.span, text: term.name }, `there is no branch \`${term.name}\``, help);
    return term.name;
  }

  /** A side of an equation: `_ = t` holds for whatever `t` is, so `_` is a variable there. */
  #named(term: Term): Term {
    return term.kind === "wildcard" ? this.#variable(term.span) : term;
  }

  /** A term where a value is needed: `_` is reported and gives null, as does whatever had an error. */
  #value(term: Term, into: FlatLiteral[]): FlatTerm | null {
    if (term.kind === "wildcard") this.#wildcard(term.span);
    return this.#term(term, into);
  }

  #term(term: Term, into: FlatLiteral[]): FlatTerm | null {
    switch (term.kind) {
      case "variable":
      case "integer":
      case "unsigned":
      case "float":
      case "string":
        return { ...term };
      case "wildcard":
        return null;
      case "constant":
        return this.#constant(term.name, term.span, into);
      case "operation": {
        const op = operationOperator(term);
        if (op !== null) return this.#apply(op, term.args, term.span, into);
        this.#sink.error(
          "check.arity",
          { span: term.span, text: term.op },
          `\`${term.op}\` does not take ${term.args.length} operands`,
          null,
        );
        return null;
      }
      case "call":
        if (term.functor === "range") return this.#range(term, this.#variable(term.span), into);
        return this.#apply(functorOperator(term.functor), term.args, term.span, into);
      case "aggregate":
        return this.#generator(term, this.#variable(term.span), into);
      case "nil":
        return { ...term };
      case "record":
      case "branch": {
        const branch = this.#branchOf(term);
        const args = term.args.map((arg) => this.#value(arg, into)).filter((arg) => arg !== null);
        return args.length === term.args.length ? { kind: "record", branch, args, span: term.span } : null;
      }
      case "cast":
        return this.#cast(term, into);
      case "function":
      case "interval":
      case "pool":
        return this.#unsupported(term.span, term.kind, "this term belongs to .lp programs");
      default:
        return unreachable(term);
    }
  }

  /** `as(0, List)` is how Soufflé's programs wrote `nil`. */
  #cast(term: CastTerm, into: FlatLiteral[]): FlatTerm | null {
    const type = lookupType(term.type, this.#scope.types, this.#sink);
    const of = this.#value(term.of, into);
    if (type === null || of === null) return null;
    const isNil = of.kind === "integer" && of.value === 0n && structureOf(type)?.form === "record";
    return { kind: "cast", of: isNil ? { kind: "nil", span: of.span } : of, type, span: term.span };
  }

  #apply(op: Parameters<typeof applied>[0], args: readonly Term[], span: Span, into: FlatLiteral[]): FlatTerm | null {
    const values = args.map((arg) => this.#value(arg, into)).filter((arg) => arg !== null);
    return values.length === args.length ? applied(op, values, span) : null;
  }

  /** Gives an aggregate or a range a literal of its own that binds `result`. */
  #generator(term: AggregateTerm | CallTerm, result: Variable, into: FlatLiteral[]): FlatTerm | null {
    if (term.kind === "call") return this.#range(term, result, into);
    into.push(this.#aggregate(term, { ...result }));
    return { ...result };
  }

  #range(term: CallTerm, result: Variable, into: FlatLiteral[]): FlatTerm | null {
    const [from, to, step] = term.args.map((arg) => this.#value(arg, into));
    if (from === undefined || to === undefined || from === null || to === null || step === null) return null;
    into.push({ kind: "range", result: { ...result }, from, to, step: step ?? null, span: term.span });
    return { ...result };
  }

  #aggregate(term: AggregateTerm, result: Variable): FlatAggregate {
    const body: FlatLiteral[] = [];
    if (measureDisjuncts(term.body).count === 1) {
      const inner = disjuncts(term.body)[0] ?? [];
      const around = this.#held;
      this.#held = around.union(heldVariables(inner));
      for (const signed of inner) this.#literal(signed, body, true);
      this.#held = around;
    } else {
      const help = "give the disjunction a relation of its own and aggregate over that";
      this.#sink.error("check.unsupported", { span: term.span, text: term.op }, "an aggregate holds a disjunction", help);
    }
    const target = term.target === null ? null : this.#value(term.target, body);
    return { kind: "aggregate", op: term.op, result, target, body, outer: [], span: term.span };
  }

  #constant(name: string, span: Span, into: FlatLiteral[]): FlatTerm | null {
    const value = this.#scope.constants.lookup(name, span.file);
    if (value !== undefined) return this.#term({ ...value, span }, into);
    const help = () => didYouMean(name, this.#scope.constants.names(), "define it, or quote it if a symbol was meant");
    this.#sink.error("check.unknown_constant", { span, text: name }, `there is no constant \`${name}\``, help);
    return null;
  }

  #wildcard(span: Span): void {
    this.#sink.error("check.wildcard", { span, text: "_" }, "`_` stands where a value is needed", "name the variable and bind it");
  }

  #unsupported(span: Span, text: string, message: string): null {
    this.#sink.error("check.unsupported", { span, text }, message, "write it in a .lp program");
    return null;
  }

  #variable(span: Span): Variable {
    this.#fresh += 1;
    return { kind: "variable", name: `~${this.#fresh}`, span };
  }
}

function counted(count: number): string {
  return count === 1 ? "1 argument" : `${count} arguments`;
}

function applied(op: Extract<FlatTerm, { kind: "apply" }>["op"], args: readonly FlatTerm[], span: Span): FlatTerm {
  return { kind: "apply", op, args, span };
}

type Pattern = RecordTerm | BranchTerm;

function isPattern(term: Term): term is Pattern {
  return term.kind === "record" || term.kind === "branch";
}

function sameShape(one: Pattern, two: Pattern): boolean {
  const nameOf = (term: Pattern): string => (term.kind === "branch" ? term.name : "");
  return one.kind === two.kind && nameOf(one) === nameOf(two) && one.args.length === two.args.length;
}

/** The variables that are arguments of positive atoms, which therefore have values. */
function heldVariables(formulas: readonly SignedFormula[]): Set<string> {
  const atoms = formulas.flatMap(({ formula, negated }) => (formula.kind === "atom" && !negated ? [formula] : []));
  return new Set(atoms.flatMap((atom) => atom.args.flatMap((arg) => (arg.kind === "variable" ? [arg.name] : []))));
}

function isGenerator(term: Term): term is AggregateTerm | CallTerm {
  return term.kind === "aggregate" || (term.kind === "call" && term.functor === "range");
}

function falsehood(span: Span): FlatLiteral {
  const zero = { kind: "integer", value: 0n, text: "0", span } as const;
  const one = { kind: "integer", value: 1n, text: "1", span } as const;
  return { kind: "compare", op: "=", left: zero, right: one, span };
}
