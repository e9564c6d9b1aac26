import type { Atom, Formula, RuleItem } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { Law } from "../ir.ts";
import { checkHoles, type LawMark, readMarks } from "../marks.ts";
import { termsOf, variableNames } from "./walk.ts";

/** A law under construction: its relation's attributes are known after inference. */
export interface OpenLaw {
  readonly law: Omit<Law, "message">;
  /** Null asks for the message that constraints without a mark get. */
  readonly message: string | null;
  readonly mark: LawMark | null;
}

/** What stands for a constraint as a rule: a relation of its own, whose arguments are the variables that its body binds. */
export interface ConstraintHead {
  readonly head: Atom;
  readonly laws: OpenLaw[];
}

/** The laws above a rule, which are about its head's relation. */
export function lawsAbove(item: RuleItem, relation: string, theory: string, sink: DiagnosticSink): OpenLaw[] {
  return readMarks(item.doc.marks, sink).laws.map((mark) => ({
    law: { id: mark.id, severity: mark.severity, relation, theory, doc: item.doc.text, span: mark.span },
    message: mark.message,
    mark,
  }));
}

/**
 * Makes a constraint a law. With a mark the law has the mark's id, without one `<theory>.<stem>_<line>` and severity error.
 * The relation is named as the law where that holds a dot, which no relation of a program has, else `law.<id>`; its arguments
 * are the variables outside aggregates, in order of first appearance. `bodies` are the constraint's, its pools
 * written out; a variable that only some of them have is left out. `taken` holds the ids given so far.
 */
export function constraintHead(
  item: RuleItem,
  bodies: readonly (readonly Formula[])[],
  theory: string,
  taken: Map<string, number>,
  sink: DiagnosticSink,
  stem = "constraint",
): ConstraintHead {
  const marks = readMarks(item.doc.marks, sink).laws;
  const id = marks[0]?.id ?? unmarkedId(`${theory}.${stem}_${item.span.line}`, taken);
  if (!taken.has(id)) taken.set(id, 1);
  const relation = id.includes(".") ? id : `law.${id}`;
  const inEach = bodies.map((body) => variableNames(termsOf(body, false)));
  const names = [...variableNames(termsOf(item.body, false))].filter((name) => inEach.every((each) => each.has(name)));
  const args = names.map((name) => ({ kind: "variable", name, span: item.span }) as const);
  const common = { relation, theory, doc: item.doc.text };
  const laws: OpenLaw[] = marks.map((mark) => ({
    law: { ...common, id: mark.id, severity: mark.severity, span: mark.span },
    message: mark.message,
    mark,
  }));
  if (laws.length === 0) laws.push({ law: { ...common, id, severity: "error", span: item.span }, message: null, mark: null });
  return { head: { kind: "atom", relation, args, span: item.span }, laws };
}

/** The wanted id, or the first free one with a number behind it. */
function unmarkedId(wanted: string, taken: Map<string, number>): string {
  let id = wanted;
  let count = taken.get(wanted) ?? 0;
  while (taken.has(id)) id = `${wanted}_${++count}`;
  taken.set(wanted, Math.max(count, 1));
  return id;
}

/** The law with its message, whose holes are checked against the attributes. */
export function closedLaw(open: OpenLaw, attributes: readonly string[], sink: DiagnosticSink): Law {
  if (open.mark !== null) checkHoles(open.mark, attributes, sink);
  const values = attributes.map((name) => `${name} = {${name}}`).join(", ");
  const message = `the constraint of line ${open.law.span.line} is broken${values === "" ? "" : ` by ${values}`}`;
  return { ...open.law, message: open.message ?? message };
}
