import type { Relation } from "../../../../schema/relation.ts";
import type { PerKey } from "../../answer_sets.ts";
import type { PerItem } from "../../ast.ts";
import type { DiagnosticSink } from "../../diagnostic_sink.ts";
import { didYouMean } from "../../did_you_mean.ts";
import type { IrAtom, IrLiteral, IrRule } from "../../ir.ts";

/** The key that the programs of some files are judged by: that of their `@per` marks. Faults are reported as `check.per`. */
export function perOf(
  pers: readonly PerItem[],
  files: readonly string[],
  relations: ReadonlyMap<string, Relation>,
  sink: DiagnosticSink,
): PerKey | null {
  const marks = pers.filter(({ span }) => files.includes(span.file));
  const [first] = marks;
  if (first === undefined) return null;
  const at = { span: first.span, text: `@per ${first.relation}` };
  const other = marks.find((mark) => mark.relation !== first.relation || mark.key.join() !== first.key.join());
  if (other !== undefined) {
    sink.error("check.per", { span: other.span, text: `@per ${other.relation}` }, "rules that belong together have two `@per` marks", null);
    return null;
  }
  const relation = relations.get(first.relation);
  if (relation === undefined) {
    sink.error("check.per", at, `there is no relation \`${first.relation}\``, () => didYouMean(first.relation, relations.keys(), null));
    return null;
  }
  const names = relation.attributes.map(({ name }) => name);
  const strange = first.key.find((name) => !names.includes(name));
  if (strange === undefined) return { relation: first.relation, key: first.key };
  sink.error("check.per", at, `\`${first.relation}\` has no attribute \`${strange}\``, () => didYouMean(strange, names, null));
  return null;
}

/** Whether facts of a relation belong to one slice: it has every attribute of the key. Other relations stand in every slice. */
export function isSliced(per: PerKey, relation: Pick<Relation, "attributes"> | undefined): boolean {
  return per.key.every((name) => relation?.attributes.some((attribute) => attribute.name === name));
}

interface Local {
  readonly per: PerKey;
  readonly rules: readonly IrRule[];
  readonly inputs: readonly string[];
  readonly relations: ReadonlyMap<string, Relation>;
}

/**
 * Refuses rules that would join facts of two keys (`check.per`), which never meet in one slice: all atoms of sliced inputs
 * in a rule, those in aggregates too, have the same variables or constants at the key.
 */
export function checkLocality({ per, rules, inputs, relations }: Local, sink: DiagnosticSink): void {
  for (const rule of rules) {
    const sliced = atomsOf(rule.body).filter(({ relation }) => inputs.includes(relation) && isSliced(per, relations.get(relation)));
    const keys = sliced.map((atom) => keyText(per, atom, relations.get(atom.relation)));
    const at = keys.findIndex((key) => key !== keys[0]);
    const atom = sliced[at];
    if (atom === undefined) continue;
    const message = `\`${sliced[0]?.relation}\` and \`${atom.relation}\` meet here under two keys of \`@per ${per.relation}(${per.key.join(", ")})\``;
    sink.error(
      "check.per",
      { span: atom.span, text: atom.relation },
      message,
      "give both the same variable at the key, or take the mark away",
    );
  }
}

function keyText(per: PerKey, atom: IrAtom, relation: Relation | undefined): string {
  const places = per.key.map((name) => relation?.attributes.findIndex((attribute) => attribute.name === name) ?? -1);
  const terms = places.map((place) => atom.args[place] ?? null);
  return JSON.stringify(
    terms.map((term) =>
      term?.kind === "variable" ? ["v", term.name] : term?.kind === "constant" ? ["c", String(term.value)] : ["any", atom.span.offset],
    ),
  );
}

function atomsOf(body: readonly IrLiteral[]): IrAtom[] {
  return body.flatMap((literal) => {
    if (literal.kind === "atom") return [literal];
    return literal.kind === "aggregate" ? literal.elements.flatMap((element) => atomsOf(element.body)) : [];
  });
}
