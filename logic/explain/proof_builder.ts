import type { Fact } from "../../schema/fact.ts";
import type { Limits } from "../../schema/limits.ts";
import type { IrProgram } from "../language/ir.ts";
import type { FoundDerivations, Premise } from "./premise.ts";
import type { Proof } from "./proof.ts";

/** The height past which a proof is always cut: a tree is printed and read recursively. */
export const MAX_HEIGHT = 1_000;

/** Puts derivations together into a tree, at most `limits.explain_nodes` large; where it would be larger, nodes say `cut`. */
export class ProofBuilder {
  readonly #derivations: FoundDerivations;
  readonly #program: IrProgram;
  #left: number;

  constructor(derivations: FoundDerivations, program: IrProgram, limits: Limits) {
    this.#derivations = derivations;
    this.#program = program;
    this.#left = limits.explain_nodes;
  }

  /** The proof of a fact that holds, at most `height` high. */
  fact(fact: Fact, height: number): Proof {
    this.#left--;
    const node = { relation: fact.relation, row: fact.row, text: null };
    if (this.#program.relations.get(fact.relation)?.role === "base") return { kind: "base", ...node, rule: null, premises: [] };
    const derivation = this.#derivations.of(fact) ?? null;
    const { span } = derivation?.rule ?? {};
    const rule = derivation === null || span === undefined ? null : { id: derivation.rule.id, file: span.file, line: span.line };
    if (derivation === null || height <= 1 || this.#left <= 0) return { kind: "derived", ...node, rule, premises: [], cut: true };
    const { premises, cut } = this.#premises(derivation.premises, height - 1);
    return { kind: "derived", ...node, rule, premises, ...(cut ? { cut } : {}) };
  }

  #premises(premises: readonly Premise[], height: number): { premises: Proof[]; cut: boolean } {
    const nodes: Proof[] = [];
    for (const premise of premises) {
      if (this.#left <= 0) return { premises: nodes, cut: true };
      nodes.push(this.#premise(premise, height));
    }
    return { premises: nodes, cut: false };
  }

  #premise(premise: Premise, height: number): Proof {
    if (premise.kind === "fact") return this.fact(premise, height);
    this.#left--;
    const bare = { relation: null, row: null, rule: null, premises: [] };
    if (premise.kind === "absent") return { ...bare, kind: "absent", relation: premise.relation, row: premise.row, text: null };
    if (premise.kind === "condition") return { ...bare, kind: "condition", text: premise.text };
    const members = premise.members.flatMap((member) => (this.#left > 0 && height > 1 ? [this.#member(member, height - 1)] : []));
    const cut = members.length < premise.total ? { cut: true as const } : {};
    return { ...bare, kind: "aggregate", text: premise.text, premises: members, members: premise.total, ...cut };
  }

  #member(premises: readonly Premise[], height: number): Proof {
    const [only] = premises;
    if (only !== undefined && premises.length === 1) return this.#premise(only, height);
    this.#left--;
    const inner = this.#premises(premises, height);
    const bare = { relation: null, row: null, rule: null, text: null };
    return { ...bare, kind: "instance", premises: inner.premises, ...(inner.cut ? { cut: true as const } : {}) };
  }
}
