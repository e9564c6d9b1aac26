import { spanText } from "../../../schema/place.ts";
import type { Variable } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { DlScope } from "../dl/dl_scope.ts";
import type { FlatAtom, FlatLiteral, FlatRule, FlatTerm } from "../dl/flat.ts";
import { writtenName } from "../dl/lower_aggregates.ts";
import { commonSubtypes, isSubtype, type NamedType } from "../dl/named_type.ts";

/** A positive atom that gives a variable values of one named type. */
interface Source {
  readonly type: NamedType;
  readonly variable: Variable;
}

/**
 * Holds a rule to its named types, as Soufflé does: what positive atoms give to a variable (and to those compared with it) must have a
 * common subtype, and that must fit the head's attribute. Literals and results of operations fit every named type of their
 * primitive; under negation only primitives count. Faults are `check.subtype`.
 */
export function checkNamedTypes(rule: FlatRule, scope: DlScope, sink: DiagnosticSink): void {
  const groups = new VariableGroups();
  collect(rule.body, groups, scope);
  const types = new Map<string, readonly NamedType[]>();
  for (const [group, sources] of groups.sources()) types.set(group, meet(sources, sink));
  checkHead(rule.head, groups, types, scope, sink);
}

function collect(level: readonly FlatLiteral[], groups: VariableGroups, scope: DlScope): void {
  for (const literal of level) {
    if (literal.kind === "atom" && !literal.negated) {
      for (const [variable, type] of variableTypes(literal, scope)) groups.add({ variable, type });
    } else if (literal.kind === "compare") {
      groups.join(literal.left, literal.right);
    } else if (literal.kind === "aggregate") {
      if (literal.target !== null && literal.op !== "mean") groups.join(literal.result, literal.target);
      collect(literal.body, groups, scope);
    }
  }
}

/** The arguments of an atom that are variables, with the named types of their attributes. */
function* variableTypes(atom: FlatAtom, scope: DlScope): Generator<readonly [Variable, NamedType]> {
  const types = scope.relations.get(atom.relation)?.types;
  if (types === undefined || types.length !== atom.args.length) return;
  for (const [index, arg] of atom.args.entries()) {
    const type = types[index];
    if (arg?.kind === "variable" && type !== undefined && type !== null) yield [arg, type];
  }
}

/** The greatest common subtypes of all sources; where there are none that is reported, and primitives that differ are left to the type inference. */
function meet(sources: readonly Source[], sink: DiagnosticSink): readonly NamedType[] {
  let types: readonly NamedType[] | null = null;
  for (const [index, source] of sources.entries()) {
    const met: readonly NamedType[] = types === null ? [source.type] : types.flatMap((type) => commonSubtypes(type, source.type));
    if (met.length === 0) {
      const before = sources.slice(0, index).find((one) => commonSubtypes(one.type, source.type).length === 0) ?? sources[0];
      if (before !== undefined && before.type.primitive === source.type.primitive) reportSiblings(before, source, sink);
      return [];
    }
    types = [...new Set(met)];
  }
  return types ?? [];
}

function reportSiblings(before: Source, source: Source, sink: DiagnosticSink): void {
  const name = writtenName(source.variable.name);
  const other = writtenName(before.variable.name);
  const message = `\`${name}\` is a \`${source.type.name}\` here, but \`${other}\` is a \`${before.type.name}\` (${spanText(before.variable.span)})`;
  const help = "give both attributes a common type, such as a union of the two";
  sink.error("check.subtype", { span: source.variable.span, text: name }, message, help);
}

function checkHead(
  head: FlatAtom,
  groups: VariableGroups,
  types: ReadonlyMap<string, readonly NamedType[]>,
  scope: DlScope,
  sink: DiagnosticSink,
): void {
  const attributes = scope.relations.get(head.relation)?.relation.attributes ?? [];
  for (const [variable, wanted] of variableTypes(head, scope)) {
    const wrong = types.get(groups.groupOf(variable.name))?.find((type) => type.primitive === wanted.primitive && !isSubtype(type, wanted));
    if (wrong === undefined) continue;
    const name = writtenName(variable.name);
    const attribute = attributes[head.args.indexOf(variable)]?.name ?? "";
    const message = `\`${name}\` is a \`${wrong.name}\`, but \`${attribute}\` of \`${head.relation}\` is a \`${wanted.name}\``;
    const help = `widen the attribute, or bind \`${name}\` in an atom whose attribute is a \`${wanted.name}\``;
    sink.error("check.subtype", { span: variable.span, text: name }, message, help);
  }
}

/** Variables that comparisons and aggregates hold to one named type. */
class VariableGroups {
  readonly #parent = new Map<string, string>();
  readonly #sources: Source[] = [];

  add(source: Source): void {
    this.#sources.push(source);
  }

  join(left: FlatTerm, right: FlatTerm): void {
    if (left.kind !== "variable" || right.kind !== "variable") return;
    const [a, b] = [this.groupOf(left.name), this.groupOf(right.name)];
    if (a !== b) this.#parent.set(b, a);
  }

  groupOf(name: string): string {
    let group = name;
    for (let parent = this.#parent.get(group); parent !== undefined; parent = this.#parent.get(group)) group = parent;
    return group;
  }

  /** The sources of each group, in order. */
  sources(): Map<string, Source[]> {
    const grouped = new Map<string, Source[]>();
    for (const source of this.#sources) {
      const group = this.groupOf(source.variable.name);
      const list = grouped.get(group);
      if (list === undefined) grouped.set(group, [source]);
      else list.push(source);
    }
    return grouped;
  }
}
