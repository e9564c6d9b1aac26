import type { Term } from "../ast.ts";
import type { Reading } from "../compatibility.ts";
import type { DeclaredRelation } from "./lower_relations.ts";
import type { TypeTable } from "./lower_types.ts";
import type { StructuredType } from "./named_type.ts";

/** The names that a rule can use. */
export interface DlScope {
  readonly relations: ReadonlyMap<string, DeclaredRelation>;
  readonly constants: ConstantTable;
  readonly types: TypeTable;
  readonly reading: Reading;
  /** The algebraic data type of each branch. */
  readonly branches: ReadonlyMap<string, StructuredType>;
}

/** Constants with their values, ground terms in which no constant is left. */
export interface ConstantTable {
  /** The value for a use in `file`: that file's own definition goes before those of other files. */
  lookup(name: string, file: string): Term | undefined;
  names(): Iterable<string>;
}
