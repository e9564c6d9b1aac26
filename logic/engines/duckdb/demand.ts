import type { Relation } from "../../../schema/relation.ts";
import type { IrAtom, IrLiteral, IrProgram, IrRule, IrTerm } from "../../language/ir.ts";
import { stratify } from "../../language/stratify.ts";
import { literalVariables } from "./existential.ts";
import { atomsOf, needsOf, rulesByRelation } from "./needs.ts";

/** What is asked of a recursive relation: only tuples with certain constants, in the same places wherever it is used. */
interface Demand {
  readonly relation: Relation;
  /** The relation that holds what is asked for. */
  readonly asked: Relation;
  /** Places that every use gives a constant. */
  readonly places: readonly number[];
  readonly rules: readonly IrRule[];
}

/**
 * Narrows recursions to what is asked of them: where every use of a recursive relation gives constants in the same places, its rules derive only tuples that such
 * a use can lead to (the magic-set transformation of linear rules; Bancilhon, Maier, Sagiv and Ullman 1986). `roots` and all else keep their meaning. Rules
 * that calculate are left alone, so that nothing is decided that would not have been.
 */
export function withDemand(program: IrProgram, roots: readonly string[]): IrProgram {
  const { reached } = needsOf(program, rulesByRelation(program), roots);
  const reachedRules = program.rules.filter(({ head }) => reached.has(head.relation));
  const demands = program.strata.flatMap(({ relations, recursive }) => {
    const [name, ...others] = relations;
    const isOpen = recursive && name !== undefined && others.length === 0 && reached.has(name) && !roots.includes(name);
    return isOpen && program.selections?.has(name) !== true ? (demandOf(program, name, reachedRules) ?? []) : [];
  });
  if (demands.length === 0) return program;
  const narrowed = new Set(demands.map(({ relation }) => relation.name));
  const relations = new Map([...program.relations, ...demands.map(({ asked }) => [asked.name, asked] as const)]);
  const rules = [...program.rules.filter(({ head }) => !narrowed.has(head.relation)), ...demands.flatMap((demand) => demand.rules)];
  return { ...program, relations, rules, strata: stratify(relations.values(), rules) };
}

function demandOf(program: IrProgram, name: string, rules: readonly IrRule[]): Demand | null {
  const relation = program.relations.get(name);
  const own = rules.filter(({ head }) => head.relation === name);
  const uses = usesOf(
    name,
    rules.filter(({ head }) => head.relation !== name),
  );
  if (relation === undefined || uses === null || !own.every((rule) => isPlain(rule, name))) return null;
  const places = relation.attributes.flatMap((_, at) => (uses.every(({ args }) => args[at]?.kind === "constant") ? [at] : []));
  if (places.length === 0 || uses.length === 0) return null;
  const asked: Relation = {
    ...relation,
    name: `${name}~asked`,
    attributes: places.map((at) => relation.attributes[at] as Relation["attributes"][number]),
  };
  const atom = (args: readonly (IrTerm | null)[]): IrAtom => {
    return { kind: "atom", relation: asked.name, args: places.map((at) => args[at] ?? null), negated: false, span: relation.span };
  };
  const seeds = uses.map((use): IrRule => ({ id: "", head: headOf(atom(use.args)), body: [], span: use.span }));
  const handed: IrRule[] = [];
  for (const rule of own) {
    const passed = handedOn(rule, name, atom);
    if (passed === null) return null;
    handed.push(...passed);
  }
  const narrowed = own.map((rule) => ({ ...rule, body: [atom(rule.head.args), ...rule.body] }));
  const numbered = [...seeds, ...handed].map((rule, index) => ({ ...rule, id: `${asked.name}#${index + 1}` }));
  return { relation, asked, places, rules: [...numbered, ...narrowed] };
}

/** Every use of a relation as an atom that rules need; null where one is denied or aggregated. */
function usesOf(name: string, rules: readonly IrRule[]): IrAtom[] | null {
  const uses = rules.flatMap(({ body }) =>
    body.filter((literal) => literal.kind === "atom" && literal.relation === name && !literal.negated),
  );
  const all = rules.flatMap(({ body }) => atomsOf(body).filter(({ relation }) => relation === name));
  return uses.length === all.length ? (uses as IrAtom[]) : null;
}

/** A rule without calculations that uses its own relation at most once. */
function isPlain({ head, body }: IrRule, name: string): boolean {
  const isSimple = (term: IrTerm | null): boolean => term?.kind !== "operation";
  return (
    head.args.every(isSimple) &&
    body.filter((literal) => literal.kind === "atom" && literal.relation === name).length <= 1 &&
    body.every(
      (literal) =>
        (literal.kind === "atom" && literal.args.every(isSimple)) ||
        (literal.kind === "compare" && isSimple(literal.left) && isSimple(literal.right)),
    )
  );
}

/** What a rule asks of its own relation when it is asked itself: no rules where it asks the same; null where the rest of it does not say what. */
function handedOn(rule: IrRule, name: string, atom: (args: readonly (IrTerm | null)[]) => IrAtom): IrRule[] | null {
  const inner = rule.body.find((literal): literal is IrAtom => literal.kind === "atom" && literal.relation === name);
  if (inner === undefined) return [];
  const [given, wanted] = [atom(rule.head.args), atom(inner.args)];
  if (JSON.stringify(given.args, plain) === JSON.stringify(wanted.args, plain)) return [];
  const rest = rule.body.filter((literal) => literal !== inner);
  const positive = rest.filter((literal) => literal.kind === "atom" && !literal.negated);
  const bound = new Set([given, ...positive].flatMap((literal) => [...literalVariables(literal)]));
  const isBound = (literal: IrLiteral): boolean => [...literalVariables(literal)].every((variable) => bound.has(variable));
  if (wanted.args.includes(null) || !isBound(wanted)) return null;
  return [{ ...rule, head: headOf(wanted), body: [given, ...rest.filter(isBound)] }];
}

function headOf({ relation, args }: IrAtom): IrRule["head"] {
  return { relation, args: args as readonly IrTerm[] };
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
