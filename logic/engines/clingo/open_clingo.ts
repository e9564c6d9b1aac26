import { AssayError } from "../../../schema/assay_error.ts";
import type { Clingo } from "./clingo.ts";
import { isClingo, NativeClingo } from "./native_clingo.ts";
import { WasmClingo } from "./wasm_clingo.ts";

export const GET_CLINGO = "Debian's package is `gringo`, others are at potassco.org; `--clingo wasm` needs none";

/**
 * clingo as asked for: `wasm`; `native`, the machine's own; a path of one; `auto`, the machine's own where it has one, else wasm.
 * The caller closes it. Errors: `clingo.not_found`.
 */
export function openClingo(choice = "auto", options: { readonly parallel?: number } = {}): Clingo {
  if (choice === "wasm") return new WasmClingo(options);
  const path = choice === "auto" || choice === "native" ? "clingo" : choice;
  if (isClingo(path)) return new NativeClingo(path, options);
  if (choice === "auto") return new WasmClingo(options);
  throw new AssayError("clingo.not_found", `\`${path}\` is not a clingo 5 that runs here`, { help: GET_CLINGO });
}
