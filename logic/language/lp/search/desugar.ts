import type { AggregateLiteral, Atom, ExternalItem, Formula, Guard, Item, OptimizeItem, RuleItem, Term } from "../../ast.ts";
import type { DiagnosticSink } from "../../diagnostic_sink.ts";
import { termsOf, termsWithin, variableNames } from "../walk.ts";
import { atom, not, ruleAt, variable, wildcards } from "./ast_parts.ts";
import { withoutConditionals } from "./conditionals.ts";

/** What a rule that `desugar` made stands for, beside its plain meaning. */
export interface Made {
  readonly kind: "choice" | "disjunct" | "external" | "auxiliary";
  /** Rules made of one item have one group. */
  readonly group: string;
  /** The item as written. */
  readonly written: Item;
}

export interface Desugared {
  readonly rules: readonly RuleItem[];
  readonly made: ReadonlyMap<RuleItem, Made>;
  /** The relation of each element of an optimisation, and whether it is to be large. */
  readonly optimisations: ReadonlyMap<string, "minimise" | "maximise">;
  /** What a constraint that stands for a choice's bounds is called where no mark names it. */
  readonly stems: ReadonlyMap<RuleItem, string>;
}

/**
 * Rewrites what has several answer sets into plain rules over relations of its own, which are typed and lowered like any others, and
 * thin rules that only choose: `L { a(T) : c } R :- b.` becomes `body(G,L,R) :- b.`, `element(G,T) :- body(G,_,_), c.`, the
 * choice `{ a(V) } :- element(G,V).` and the constraint `:- body(G,L,R), not L #count { … } R.` Made names hold `?`.
 */
export function desugar(items: readonly Item[], theory: string, sink: DiagnosticSink): Desugared {
  const work = new Work(theory, sink);
  for (const item of items) {
    if (item.kind === "rule") work.rule(item);
    else if (item.kind === "external") work.external(item);
    else if (item.kind === "optimize") work.optimisation(item);
  }
  return work;
}

class Work implements Desugared {
  readonly rules: RuleItem[] = [];
  readonly made = new Map<RuleItem, Made>();
  readonly optimisations = new Map<string, "minimise" | "maximise">();
  readonly stems = new Map<RuleItem, string>();
  readonly #theory: string;
  readonly #sink: DiagnosticSink;
  #count = 0;

  constructor(theory: string, sink: DiagnosticSink) {
    this.#theory = theory;
    this.#sink = sink;
  }

  rule(written: RuleItem): void {
    if (!this.#isFlat(written.body)) return;
    const { item, beside } = withoutConditionals(written, this.#name(written, "rule"));
    this.rules.push(...beside);
    if (item.form === "choice") this.#choice(item);
    else if (item.form === "disjunction") this.#disjunction(item);
    else this.rules.push(item);
  }

  external(item: ExternalItem): void {
    const name = this.#name(item, "external");
    const open = this.#fresh(item.atom);
    this.#auxiliary(name, ruleAt(item, atom(name, item.atom.args, item.span), item.body));
    this.#add(ruleAt(item, { ...item.atom, args: open }, [atom(name, open, item.span)]), { kind: "external", group: name, written: item });
  }

  optimisation(item: OptimizeItem): void {
    for (const [index, element] of item.elements.entries()) {
      const name = `${this.#name(item, "cost")}_${index + 1}`;
      const priority: Term = element.priority ?? { kind: "integer", value: 0n, text: "0", span: item.span };
      this.#auxiliary(name, ruleAt(item, atom(name, [element.weight, priority, ...element.terms], item.span), element.condition));
      this.optimisations.set(name, item.form === "maximize" ? "maximise" : "minimise");
    }
  }

  #choice(item: RuleItem): void {
    const { choice, span } = item;
    if (choice === null) return;
    const name = this.#name(item, "choice");
    const guards = [choice.left, choice.right].flatMap((guard) => (guard === null ? [] : [guard.term]));
    const inside = choice.elements.flatMap(({ atom: head, condition }) => [
      ...head.args.flatMap((arg) => [...termsWithin(arg)]),
      ...termsOf(condition, true),
    ]);
    const used = variableNames(inside);
    const shared = [...variableNames(termsOf(item.body, false))].filter((one) => used.has(one)).map((one) => variable(one, span));
    this.#auxiliary(name, ruleAt(item, atom(name, [...shared, ...guards], span), item.body));
    const counted = choice.elements.map((element, index) => {
      const each = `${name}_${index + 1}`;
      const open = this.#fresh(element.atom);
      const from = atom(name, [...shared, ...wildcards(guards.length, span)], span);
      this.#auxiliary(name, ruleAt(item, atom(each, [...shared, ...element.atom.args], span), [from, ...element.condition]));
      const chosen = { ...element.atom, args: open };
      const source = atom(each, [...shared, ...open], span);
      this.#add(ruleAt(item, chosen, [source]), { kind: "choice", group: name, written: item });
      return { chosen, source };
    });
    if (guards.length > 0) this.#bounds(item, name, shared, counted);
    const [mark] = item.doc.marks;
    if (guards.length > 0 || mark === undefined) return;
    const message = `\`@${mark.name}\` stands above a choice without bounds, which demands nothing`;
    this.#sink.error(
      "check.mark_malformed",
      { span: mark.span, text: `@${mark.name}` },
      message,
      "give the choice bounds, or write a constraint",
    );
  }

  /** The same atom chosen through two elements counts once: its tuple names the relation, not the element. */
  #bounds(
    item: RuleItem,
    name: string,
    shared: readonly Term[],
    counted: readonly { readonly chosen: Atom; readonly source: Atom }[],
  ): void {
    const { choice, span } = item;
    if (choice === null) return;
    const relations = [...new Set(counted.map(({ chosen }) => chosen.relation))];
    const elements = counted.map(({ chosen, source }): AggregateLiteral["elements"][number] => {
      const at = BigInt(relations.indexOf(chosen.relation));
      return { terms: [{ kind: "integer", value: at, text: String(at), span }, ...chosen.args], condition: [chosen, source], span };
    });
    const named = (guard: Guard | null, side: string): Guard | null => (guard === null ? null : { ...guard, term: variable(side, span) });
    const [left, right] = [named(choice.left, "?left"), named(choice.right, "?right")];
    const args = [...shared, ...[left, right].flatMap((guard) => (guard === null ? [] : [guard.term]))];
    const count: Formula = { kind: "aggregate_literal", op: "count", elements, left, right, span };
    const body = [atom(name, args, span), not(count)];
    const bounds: RuleItem = { ...item, form: "constraint", heads: [], choice: null, body };
    this.stems.set(bounds, "choice");
    this.rules.push(bounds);
  }

  #disjunction(item: RuleItem): void {
    const name = this.#name(item, "disjunction");
    const strange = item.heads
      .flatMap((head) => head.args.flatMap((arg) => [...termsWithin(arg)]))
      .find((term) => term.kind === "pool" || term.kind === "interval");
    if (strange !== undefined) {
      const message = "a pool or an interval stands in a disjunction";
      this.#sink.error("lp.clingo_only", { span: strange.span, text: "" }, message, "name its values in a relation of their own");
      return;
    }
    const open = item.heads.map((head) => this.#fresh(head));
    this.#auxiliary(
      name,
      ruleAt(
        item,
        atom(
          name,
          item.heads.flatMap((head) => head.args),
          item.span,
        ),
        item.body,
      ),
    );
    const source = atom(name, open.flat(), item.span);
    for (const [index, head] of item.heads.entries()) {
      this.#add(ruleAt(item, { ...head, args: open[index] ?? [] }, [source]), { kind: "disjunct", group: name, written: item });
    }
  }

  #auxiliary(group: string, rule: RuleItem): void {
    if (!this.#isFlat(rule.body)) return;
    const { item, beside } = withoutConditionals(rule, group);
    this.rules.push(...beside);
    this.#add(item, { kind: "auxiliary", group, written: rule });
  }

  /** Whether conditional literals stand only where a literal of the body does; else reported. */
  #isFlat(body: readonly Formula[]): boolean {
    const inner = body.flatMap((formula) => (formula.kind === "conditional" ? [formula.literal, ...formula.condition] : [formula]));
    const nested = inner.find(holdsConditional);
    if (nested === undefined) return true;
    const message = "a conditional literal stands inside another literal";
    this.#sink.error("lp.clingo_only", { span: nested.span, text: "" }, message, "write the inner condition as a relation of its own");
    return false;
  }

  #add(rule: RuleItem, made: Made): void {
    this.made.set(rule, made);
    this.rules.push(rule);
  }

  /** Variables for an atom's arguments, different in each atom of the program. */
  #fresh(of: Atom): Term[] {
    this.#count += 1;
    return of.args.map((_arg, index) => variable(`?${this.#count}_${index + 1}`, of.span));
  }

  #name(item: { readonly span: Item["span"] }, what: string): string {
    this.#count += 1;
    return `${this.#theory}?${what}_${item.span.line}_${this.#count}`;
  }
}

function holdsConditional(formula: Formula): boolean {
  if (formula.kind === "conditional") return true;
  if (formula.kind === "not") return holdsConditional(formula.of);
  return formula.kind === "aggregate_literal" && formula.elements.some(({ condition }) => condition.some(holdsConditional));
}
