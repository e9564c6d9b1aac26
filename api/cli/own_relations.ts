import { compileTheories, findTheory, type Theory, withNeeds } from "../../logic/theory.ts";
import { rejected } from "../../verify/load.ts";

/** The base relations that theories declare themselves, those of the theories that they need left out. Errors: those of `findTheory`; `theory.rejected`. */
export async function ownRelations(names: readonly string[]): Promise<string[]> {
  const own: Theory[] = [];
  for (const name of names) own.push(await findTheory(name));
  const all = await withNeeds(own);
  const needed = basesOf(all.filter(({ name }) => own.every((theory) => theory.name !== name)));
  return [...basesOf(all)].filter((relation) => !needed.has(relation));
}

function basesOf(theories: readonly Theory[]): ReadonlySet<string> {
  if (theories.length === 0) return new Set();
  const { program, diagnostics } = compileTheories(theories);
  if (program === null) throw rejected(diagnostics, "theory.rejected", "the set of theories");
  return new Set([...program.relations.values()].flatMap(({ name, role }) => (role === "base" ? [name] : [])));
}
