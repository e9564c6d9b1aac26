import { findSouffle, type Souffle } from "../../logic/engines/souffle/find_souffle.ts";
import { AssayError } from "../../schema/assay_error.ts";

/** The Soufflé to test by, `$SOUFFLE` or `souffle` on the PATH; null where there is none. */
export function presentSouffle(): Souffle | null {
  try {
    return findSouffle(process.env["SOUFFLE"] ?? null);
  } catch (error) {
    if (error instanceof AssayError && error.code === "souffle.not_found") return null;
    throw error;
  }
}
