import type { Clingo } from "../../logic/engines/clingo/clingo.ts";
import { isClingo, NativeClingo } from "../../logic/engines/clingo/native_clingo.ts";
import { WasmClingo } from "../../logic/engines/clingo/wasm_clingo.ts";

/** A way to run clingo, and why it cannot be tested here, where it cannot. */
export interface ClingoKind {
  readonly name: "wasm" | "native";
  readonly skip: string | false;
  open(parallel?: number): Clingo;
}

/** Both ways to run clingo. A test opens what it needs and closes it. */
export const clingos: readonly ClingoKind[] = [
  { name: "wasm", skip: false, open: (parallel = 2) => new WasmClingo({ parallel }) },
  {
    name: "native",
    skip: isClingo("clingo") ? false : "native clingo is not on this machine (Debian's package is `gringo`)",
    open: (parallel = 2) => new NativeClingo("clingo", { parallel }),
  },
];

/** Runs `work` with a clingo of a kind and closes it. */
export async function withClingo<T>(kind: ClingoKind, work: (clingo: Clingo) => Promise<T>): Promise<T> {
  const clingo = kind.open();
  try {
    return await work(clingo);
  } finally {
    await clingo.close();
  }
}
