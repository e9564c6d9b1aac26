import type { IrTerm } from "../ir.ts";

/** `factor * variable + offset`. */
export interface Linear {
  readonly name: string;
  readonly factor: bigint;
  readonly offset: bigint;
}

/** Reads an integer term that is linear in its only variable, as gringo does to bind it; null for every other term. */
export function linearForm(term: IrTerm): Linear | null {
  const form = affine(term);
  return form === null || form.name === null || form.factor === 0n ? null : { name: form.name, factor: form.factor, offset: form.offset };
}

interface Affine {
  readonly name: string | null;
  readonly factor: bigint;
  readonly offset: bigint;
}

function affine(term: IrTerm): Affine | null {
  if (term.type !== "number") return null;
  if (term.kind === "variable") return { name: term.name, factor: 1n, offset: 0n };
  if (term.kind === "constant") return typeof term.value === "bigint" ? { name: null, factor: 0n, offset: term.value } : null;
  const [first, second] = term.args;
  const left = first === undefined ? null : affine(first);
  if (left === null) return null;
  if (term.op === "neg") return scaled(left, -1n);
  const right = second === undefined ? null : affine(second);
  if (right === null) return null;
  if (term.op === "*") return left.name === null ? scaled(right, left.offset) : right.name === null ? scaled(left, right.offset) : null;
  if (term.op !== "+" && term.op !== "-") return null;
  if (left.name !== null && right.name !== null) return null;
  const signed = term.op === "-" ? scaled(right, -1n) : right;
  return { name: left.name ?? signed.name, factor: left.factor + signed.factor, offset: left.offset + signed.offset };
}

function scaled(form: Affine, by: bigint): Affine {
  return { name: form.name, factor: form.factor * by, offset: form.offset * by };
}
