const PLAIN = /^[a-z][A-Za-z0-9_]*$/;
const OWN = "assay_";

/** Names of relations as clingo's predicates: their own where clingo can read it, else one made up, for good in one program. */
export class Names {
  readonly #predicates = new Map<string, string>();
  readonly #relations = new Map<string, string>();

  predicate(relation: string): string {
    const known = this.#predicates.get(relation);
    if (known !== undefined) return known;
    const isPlain = PLAIN.test(relation) && relation !== "not" && !relation.startsWith(OWN);
    const name = isPlain ? relation : `${OWN}r${this.#predicates.size}_${relation.replace(/[^A-Za-z0-9_]/g, "_")}`;
    this.#predicates.set(relation, name);
    this.#relations.set(name, relation);
    return name;
  }

  /** The relation that a printed atom is about; undefined for those that the printing made. */
  relation(predicate: string): string | undefined {
    return this.#relations.get(predicate);
  }
}
