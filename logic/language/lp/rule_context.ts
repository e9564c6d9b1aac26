import type { Span } from "../../../schema/place.ts";
import type { Relation } from "../../../schema/relation.ts";
import type { ValueType } from "../../../schema/value.ts";
import type { Term } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { IrVariable } from "../ir.ts";
import type { Inference, VariableScope } from "./inference.ts";
import { printTerm } from "./print_term.ts";
import { type Shape, shapeOf } from "./type_node.ts";

/** A relation with the shape of each argument as the programs write it; its attributes are the shapes' leaves. */
export interface ShapedRelation {
  readonly relation: Relation;
  readonly shapes: readonly Shape[];
}

/** Counts the rules and elements that are written out, over all programs of a run. */
export interface Expansion {
  rules: number;
  readonly bound: number;
}

/** Notes that `more` rules are written out; false, reported, where they become too many. */
export function grow(expansion: Expansion, more: number, span: Span, sink: DiagnosticSink): boolean {
  expansion.rules += Math.max(more, 0);
  if (expansion.rules <= expansion.bound) return true;
  sink.error("limit.rules_expanded", { span, text: "" }, `the rules written out to more than ${expansion.bound}`, null);
  return false;
}

/** What the lowering of all rules shares. */
export interface SharedContext {
  readonly relations: ReadonlyMap<string, ShapedRelation>;
  readonly inference: Inference;
  readonly expansion: Expansion;
  readonly sink: DiagnosticSink;
}

/** What the lowering of one rule needs at hand: names, types, and variables of its own. */
export class RuleContext {
  readonly relations: ReadonlyMap<string, ShapedRelation>;
  readonly sink: DiagnosticSink;
  readonly scope: VariableScope;
  /** The variables that were made here, by name, with the place they stand for. */
  readonly made = new Map<string, Span>();
  readonly #inference: Inference;
  readonly #expansion: Expansion;

  constructor(shared: SharedContext, scope: VariableScope) {
    this.relations = shared.relations;
    this.sink = shared.sink;
    this.#inference = shared.inference;
    this.#expansion = shared.expansion;
    this.scope = scope;
  }

  /** Notes that a rule is written out to `more` further ones; false, reported, where they become too many. */
  grow(more: number, span: Span): boolean {
    return grow(this.#expansion, more, span, this.sink);
  }

  /** A variable that the program does not name: names of programs hold a letter before any digit. */
  fresh(type: ValueType, span: Span): IrVariable {
    const name = `_${this.made.size + 1}`;
    this.made.set(name, span);
    return { kind: "variable", name, type };
  }

  /** The shape of a term, or null, reported, where it has no bounded one. */
  shape(term: Term, scope: VariableScope): Shape | null {
    const shape = shapeOf(this.#inference.typeOf(term, scope));
    if (shape !== null) return shape;
    const text = printTerm(term);
    this.sink.error("lp.clingo_only", { span: term.span, text }, `\`${text}\` holds function terms without a bound`, null);
    return null;
  }
}
