import type { Diagnostic } from "../../schema/diagnostic.ts";
import { type Limits, limitsWith } from "../../schema/limits.ts";
import type { Span } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Formula, RuleItem, Term, Variable } from "./ast.ts";
import { assayReading } from "./compatibility.ts";
import { DiagnosticSink } from "./diagnostic_sink.ts";
import { noConstants } from "./dl/lower_constants.ts";
import type { DeclaredRelation } from "./dl/lower_relations.ts";
import { lowerRule } from "./dl/lower_rule.ts";
import { branchesOf } from "./dl/lower_types.ts";
import { primitiveTypes, type StructuredType } from "./dl/named_type.ts";
import { parseQuery } from "./dl/parse_query.ts";
import type { IrProgram, IrRule } from "./ir.ts";

/** The name of the relation that holds a query's answer. No program can declare it. */
export const QUERY_RELATION = "?query";

const QUERY_FILE = "<query>";

export interface CompiledQuery {
  /** The program with the query added, or null where a diagnostic is an error. */
  readonly program: IrProgram | null;
  /** The relation of the answer, null with `program`. */
  readonly relation: Relation | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Adds a Datalog query, `?- path(x, "zod", v), v != "1".`, to a checked program as the derived relation `?query`, in a stratum of its own at the end. Its
 * attributes are the query's named variables in order of appearance, those that begin with `_` and those of aggregates left out; a query
 * without any gives a nullary relation.
 */
export function compileQuery(program: IrProgram, text: string, limits: Limits = limitsWith()): CompiledQuery {
  const parsed = parseQuery(text, limits);
  if (parsed.body === null || hasError(parsed.diagnostics)) return { program: null, relation: null, diagnostics: parsed.diagnostics };
  const sink = new DiagnosticSink();
  const span = { file: QUERY_FILE, offset: 0, length: text.length, line: 1, column: 1 };
  const lowered = lowerQuery(program, parsed.body, span, limits, sink);
  const diagnostics = [...parsed.diagnostics, ...sink.list()];
  if (lowered === null || hasError(diagnostics)) return { program: null, relation: null, diagnostics };
  const { relation, rules } = lowered;
  return {
    program: {
      ...program,
      relations: new Map([...program.relations, [relation.name, relation]]),
      rules: [...program.rules, ...rules],
      strata: [...program.strata, { relations: [relation.name], recursive: false }],
    },
    relation,
    diagnostics,
  };
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

function lowerQuery(
  program: IrProgram,
  body: readonly Formula[],
  span: Span,
  limits: Limits,
  sink: DiagnosticSink,
): { relation: Relation; rules: IrRule[] } | null {
  const variables = answerVariables(body);
  const structures = program.structures ?? new Map<string, StructuredType>();
  const relations = new Map([...program.relations].map(([name, relation]) => [name, declared(relation, structures)]));
  relations.set(QUERY_RELATION, open(variables, span));
  const item: RuleItem = {
    kind: "rule",
    form: "normal",
    heads: [{ kind: "atom", relation: QUERY_RELATION, args: variables, span }],
    choice: null,
    body,
    plan: null,
    doc: { text: "", marks: [] },
    span,
  };
  const rules = lowerRule(
    item,
    { relations, constants: noConstants, types: structures, reading: assayReading, branches: branchesOf(structures) },
    limits,
    { rules: 0 },
    sink,
  );
  const [first] = rules;
  if (first === undefined) return null;
  checkAlternatives(rules, variables, sink);
  const attributes = variables.map(({ name }, index) => {
    const type = first.head.args[index]?.type ?? "number";
    return { name, type, declared: type, fallback: null };
  });
  const relation: Relation = { name: QUERY_RELATION, role: "derived", attributes, key: null, doc: "", span };
  return { relation, rules: rules.map((rule, index) => ({ ...rule, id: `${QUERY_RELATION}#${index + 1}` })) };
}

/** A known relation; the intermediate form holds primitive types only, so a query is not held to named types. */
function declared(relation: Relation, structures: ReadonlyMap<string, StructuredType>): DeclaredRelation {
  const types = relation.attributes.map((attribute) => structures.get(attribute.declared) ?? primitiveTypes[attribute.type]);
  return { relation, types, theory: "", marks: { laws: [], keys: [], defaults: [], repairs: [] } };
}

/** The query's own relation before its types are known. */
function open(variables: readonly Variable[], span: Span): DeclaredRelation {
  const attributes = variables.map(({ name }) => ({ name, type: "number" as const, declared: "number", fallback: null }));
  const relation: Relation = { name: QUERY_RELATION, role: "derived", attributes, key: null, doc: "", span };
  return { relation, types: variables.map(() => null), theory: "", marks: { laws: [], keys: [], defaults: [], repairs: [] } };
}

/** Alternatives of a disjunction may not give one variable two types. */
function checkAlternatives(rules: readonly IrRule[], variables: readonly Variable[], sink: DiagnosticSink): void {
  for (const [index, { name, span }] of variables.entries()) {
    const types = new Set(rules.map((rule) => rule.head.args[index]?.type));
    if (types.size < 2) continue;
    const message = `\`${name}\` is ${[...types].map((type) => `a \`${type}\``).join(" in one alternative and ")} in another`;
    sink.error("check.type_conflict", { span, text: name }, message, "ask two queries, or convert with to_string");
  }
}

/** The variables outside of aggregates, each once, in order of appearance. */
function answerVariables(body: readonly Formula[]): Variable[] {
  const found = new Map<string, Variable>();
  const visitTerm = (term: Term): void => {
    if (term.kind === "variable" && !term.name.startsWith("_") && !found.has(term.name)) found.set(term.name, term);
    if (term.kind === "cast") visitTerm(term.of);
    if ("args" in term) for (const arg of term.args) visitTerm(arg);
  };
  const visit = (formula: Formula): void => {
    switch (formula.kind) {
      case "atom":
      case "test":
        for (const arg of formula.args) visitTerm(arg);
        return;
      case "compare":
        visitTerm(formula.left);
        visitTerm(formula.right);
        return;
      case "not":
        visit(formula.of);
        return;
      case "and":
      case "or":
        for (const part of formula.of) visit(part);
        return;
      default:
        return;
    }
  };
  for (const formula of body) visit(formula);
  return [...found.values()];
}
