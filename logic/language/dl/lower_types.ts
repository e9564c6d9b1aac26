import type { Limits } from "../../../schema/limits.ts";
import { spanText } from "../../../schema/place.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import type { ValueType } from "../../../schema/value.ts";
import type { NameRef } from "../ast.ts";
import type { BranchDeclaration, TypeItem } from "../ast_dl.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import { memberCount, type NamedType, primitiveTypes, type StructuredType, structureOf } from "./named_type.ts";

/** The types of a program by name. A type whose definition had an error is there as null: known, without a meaning. */
export type TypeTable = ReadonlyMap<string, NamedType | null>;

export type TypeBounds = Pick<Limits, "program_depth" | "union_members">;

interface Definition {
  readonly item: TypeItem;
  /** Those of `of` that the program defines, each once. */
  readonly awaits: readonly string[];
}

/**
 * Gives every `.type` its meaning. Definitions may stand in any order. Faults go to the sink: unknown and duplicate names,
 * circles, unions over several primitives, subtypes of unions, chains and unions past the bounds.
 */
export function readTypes(items: readonly TypeItem[], bounds: TypeBounds, sink: DiagnosticSink): TypeTable {
  const table = new Map<string, NamedType | null>(Object.entries(primitiveTypes));
  const definitions = definitionsOf(items, sink);
  for (const { item } of definitions.values()) {
    if (item.form !== "record" && item.form !== "algebraic") continue;
    table.set(item.name, { form: item.form, name: item.name, primitive: "symbol", branches: [] });
  }
  const depths = new Map<string, number>();
  for (const { item } of dependenciesFirst(definitions)) {
    const depth = 1 + item.of.reduce((deepest, ref) => Math.max(deepest, depths.get(ref.name) ?? 0), 0);
    depths.set(item.name, depth);
    if (depth > bounds.program_depth) {
      const message = `\`${item.name}\` is derived over more than ${bounds.program_depth} steps`;
      if (depth === bounds.program_depth + 1) sink.error("limit.type_depth", { span: item.span, text: item.name }, message, null);
      table.set(item.name, null);
    } else if (item.branches.length === 0) {
      table.set(item.name, meaningOf(item, table, definitions, bounds, sink));
    }
  }
  for (const { item } of definitions.values()) {
    if (table.has(item.name)) continue;
    table.set(item.name, null);
    const message = `the type \`${item.name}\` is defined over itself`;
    sink.error("check.type_definition", { span: item.span, text: item.name }, message, "derive it from a primitive");
  }
  fillStructures(items, table, sink);
  return table;
}

/** Gives records and algebraic data types their fields, once every name has its type. */
function fillStructures(items: readonly TypeItem[], table: TypeTable, sink: DiagnosticSink): void {
  const branches = new Map<string, BranchDeclaration>();
  for (const item of items) {
    const type = table.get(item.name);
    if ((item.form !== "record" && item.form !== "algebraic") || (type?.form !== "record" && type?.form !== "algebraic")) continue;
    if (type.branches.length > 0) continue;
    for (const branch of item.branches) {
      const first = item.form === "algebraic" ? branches.get(branch.name) : undefined;
      if (first !== undefined) {
        const message = `the branch \`${branch.name}\` is declared at ${spanText(first.span)} and again here`;
        sink.error("check.duplicate", { span: branch.span, text: branch.name }, message, "branches have names of their own over all types");
      }
      if (item.form === "algebraic") branches.set(branch.name, branch);
      refuseTwins(branch, sink);
      const fields = branch.fields.map((field) => ({
        name: field.name,
        declared: field.type.name,
        type: lookupType(field.type, table, sink),
      }));
      type.branches.push({ name: branch.name, fields });
    }
  }
}

function refuseTwins(branch: BranchDeclaration, sink: DiagnosticSink): void {
  const names = branch.fields.map((field) => field.name);
  for (const [index, field] of branch.fields.entries()) {
    if (names.indexOf(field.name) === index) continue;
    sink.error("check.duplicate", { span: field.span, text: field.name }, `two fields are named \`${field.name}\``, "rename one");
  }
}

/** The branches of all algebraic data types by name. */
export function branchesOf(table: TypeTable): Map<string, StructuredType> {
  const types = [...table.values()].filter((type) => type?.form === "algebraic") as StructuredType[];
  return new Map(types.flatMap((type) => type.branches.map((branch) => [branch.name, type] as const)));
}

/** Looks a type up where it is used; an unknown one is reported and gives null. */
export function lookupType(ref: NameRef, table: TypeTable, sink: DiagnosticSink): NamedType | null {
  const found = table.get(ref.name);
  return found === undefined ? unknownType(ref, table.keys(), sink) : found;
}

function unknownType(ref: NameRef, known: Iterable<string>, sink: DiagnosticSink): null {
  const help = () => didYouMean(ref.name, known, "declare it with `.type`, or use symbol, number, unsigned or float");
  sink.error("check.unknown_type", { span: ref.span, text: ref.name }, `there is no type \`${ref.name}\``, help);
  return null;
}

function definitionsOf(items: readonly TypeItem[], sink: DiagnosticSink): Map<string, Definition> {
  const named = new Set(items.map((item) => item.name));
  const definitions = new Map<string, Definition>();
  for (const item of items) {
    const at = { span: item.span, text: item.name };
    const first = definitions.get(item.name);
    if (Object.hasOwn(primitiveTypes, item.name)) {
      sink.error("check.type_definition", at, `\`${item.name}\` is a primitive type`, "choose another name");
    } else if (first !== undefined) {
      const message = `the type \`${item.name}\` is defined at ${spanText(first.item.span)} and again here`;
      sink.error("check.duplicate", at, message, "rename one, or remove it");
    } else {
      const awaits = new Set(item.of.map((ref) => ref.name).filter((name) => named.has(name) && !Object.hasOwn(primitiveTypes, name)));
      definitions.set(item.name, { item, awaits: [...awaits] });
    }
  }
  return definitions;
}

/** The definitions whose parts are all defined before them, in such an order; those in or behind a circle are left out. */
function dependenciesFirst(definitions: ReadonlyMap<string, Definition>): Definition[] {
  const missing = new Map<string, number>();
  const users = new Map<string, string[]>();
  for (const [name, definition] of definitions) {
    missing.set(name, definition.awaits.length);
    for (const awaited of definition.awaits) {
      const list = users.get(awaited);
      if (list === undefined) users.set(awaited, [name]);
      else list.push(name);
    }
  }
  const ready = [...definitions.keys()].filter((name) => missing.get(name) === 0);
  const ordered: Definition[] = [];
  for (let next = 0; next < ready.length; next++) {
    const name = ready[next] ?? "";
    const definition = definitions.get(name);
    if (definition !== undefined) ordered.push(definition);
    for (const user of users.get(name) ?? []) {
      const left = (missing.get(user) ?? 0) - 1;
      missing.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  return ordered;
}

function meaningOf(
  item: TypeItem,
  table: TypeTable,
  all: ReadonlyMap<string, Definition>,
  bounds: TypeBounds,
  sink: DiagnosticSink,
): NamedType | null {
  const parts = item.of.map(
    (ref) => table.get(ref.name) ?? (table.has(ref.name) ? null : unknownType(ref, [...table.keys(), ...all.keys()], sink)),
  );
  const [first] = parts;
  const known = parts.filter((part) => part !== null);
  if (first === undefined || first === null || known.length < parts.length) return null;
  const at = { span: item.span, text: item.name };
  switch (item.form) {
    case "equivalence":
      return first;
    case "subtype": {
      if (structureOf(first) !== null) {
        const message = `\`${item.name}\` is derived from \`${first.name}\`, a structure`;
        sink.error("check.type_definition", at, message, "give it the same name: `.type A = B`");
        return null;
      }
      if (first.form !== "union") return { form: "subtype", name: item.name, primitive: first.primitive, base: first };
      const message = `\`${item.name}\` is derived from the union \`${first.name}\``;
      sink.error("check.type_definition", at, message, "derive it from a primitive or a subtype");
      return null;
    }
    case "record":
    case "algebraic":
      return first;
    case "union":
      return unionOf(item, first.primitive, known, bounds, sink);
    default:
      return unreachable(item.form);
  }
}

function unionOf(
  item: TypeItem,
  primitive: ValueType,
  parts: readonly NamedType[],
  bounds: TypeBounds,
  sink: DiagnosticSink,
): NamedType | null {
  const at = { span: item.span, text: item.name };
  const structure = parts.find((part) => structureOf(part) !== null);
  if (structure !== undefined) {
    const message = `the union \`${item.name}\` holds \`${structure.name}\`, a structure`;
    sink.error("check.type_definition", at, message, "make it a branch of an algebraic data type");
    return null;
  }
  const other = parts.find((part) => part.primitive !== primitive);
  if (other !== undefined) {
    const message = `the union \`${item.name}\` mixes \`${primitive}\` and \`${other.primitive}\``;
    sink.error("check.type_definition", at, message, "a union holds types of one primitive");
    return null;
  }
  const size = parts.reduce((sum, part) => sum + memberCount(part), 0);
  if (size <= bounds.union_members) return { form: "union", name: item.name, primitive, parts, size };
  sink.error("limit.union_members", at, `\`${item.name}\` has ${size} members, more than ${bounds.union_members}`, null);
  return null;
}
