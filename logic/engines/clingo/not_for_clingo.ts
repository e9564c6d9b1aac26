import type { Undecided } from "../../../schema/verdict.ts";

/** Carries out of printing or reading that clingo cannot run a program over these facts, and why. */
export class NotForClingo extends Error {
  override readonly name = "NotForClingo";
  readonly undecided: Undecided;

  constructor(code: "operator" | "number" | "overflow" | "remark" | "failed", relation: string | null, detail: string) {
    super(detail);
    this.undecided = { code: `evaluation.clingo_${code}`, relation, bound: null, unit: null, detail };
  }
}
