import type { Relation } from "../../../schema/relation.ts";
import type { IrProgram } from "../../language/ir.ts";
import { reachedFrom } from "./network_builder.ts";

/** The part of a program that computes `root` from relations that someone else keeps. */
export interface UpperProgram {
  readonly program: IrProgram;
  /** What is taken from below, as base relations. */
  readonly inputs: readonly string[];
}

/**
 * Cuts a program at the relations that `isKept`: they become base relations, and only what `root` still needs above them
 * stays. `root` itself must not be kept.
 */
export function upperProgram(program: IrProgram, root: string, isKept: (relation: string) => boolean): UpperProgram {
  const rules = program.rules.filter((rule) => !isKept(rule.head.relation));
  const reached = new Set(reachedFrom({ ...program, rules }, [root]));
  const relations = new Map<string, Relation>();
  const inputs: string[] = [];
  for (const relation of program.relations.values()) {
    if (!reached.has(relation.name)) continue;
    const isInput = relation.role === "base" || isKept(relation.name);
    if (isInput) inputs.push(relation.name);
    relations.set(relation.name, isInput ? { ...relation, role: "base" } : relation);
  }
  const isComputed = (name: string): boolean => relations.get(name)?.role === "derived";
  const strata = program.strata.flatMap(({ relations: names, recursive }) => {
    const computed = names.filter(isComputed);
    return computed.length > 0 ? [{ relations: computed, recursive }] : [];
  });
  return {
    program: { ...program, relations, rules: rules.filter((rule) => isComputed(rule.head.relation)), laws: [], strata, outputs: [] },
    inputs,
  };
}
