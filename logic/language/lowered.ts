import type { Diagnostic } from "../../schema/diagnostic.ts";
import type { Relation } from "../../schema/relation.ts";
import type { AnswerSetProgram } from "./answer_sets.ts";
import type { StructuredType } from "./dl/named_type.ts";
import type { IrRule, Law, Selection } from "./ir.ts";

/**
 * What one dialect's lowering hands to `compile`: typed single-headed rules and the relations they declare. Rules that had an
 * error are missing from `rules` and named in `diagnostics`. Strata and the checks over whole programs are `compile`'s.
 */
export interface Lowered {
  /** Relations declared by these programs; relations that were known before are not repeated. */
  readonly relations: readonly Relation[];
  readonly rules: readonly IrRule[];
  readonly laws: readonly Law[];
  /** Names of derived relations marked `.output` or `#show`, in order. */
  readonly outputs: readonly string[];
  /** What clingo alone can judge; absent where there is none. Its laws are among `laws`, its relations are not among `relations`. */
  readonly answerSets?: readonly AnswerSetProgram[];
  readonly diagnostics: readonly Diagnostic[];
  readonly selections?: ReadonlyMap<string, Selection>;
  /** Records and algebraic data types by every name they have. */
  readonly structures?: ReadonlyMap<string, StructuredType>;
  /** Relations of which rules are missing for their errors; absent where that is not known. Checks over whole programs pass over them. */
  readonly incomplete?: readonly string[];
}
