import type { IrProgram } from "../../logic/language/ir.ts";
import { type Theory, theoryOf } from "../../logic/theory.ts";
import type { Relation } from "../../schema/relation.ts";

const MANIFEST_TAIL = 'version = "0"\ndescription = "relations alone"\n';

/**
 * Theories of the same names with the same base relations and, since nothing is accepted without a law, one law about a relation that
 * stays empty: what history brought in can be brought in again, whatever the laws say of it.
 */
export function lawless(theories: readonly Theory[], program: IrProgram): Theory[] {
  return theories.map(({ name, needs }, index) => {
    const lines = index === 0 ? [...[...program.relations.values()].flatMap(declaration), ...UNBROKEN] : [];
    const manifest = `[theory]\nname = ${JSON.stringify(name)}\n${MANIFEST_TAIL}needs = ${JSON.stringify(needs)}\n`;
    return theoryOf(
      new Map([
        ["relations.dl", `${lines.join("\n")}\n`],
        ["theory.toml", manifest],
      ]),
    );
  });
}

const UNBROKEN = [
  ".decl assay_unlawful(x:number)",
  ".input assay_unlawful",
  '/// @law assay.unlawful error "{x}"',
  ".decl assay_broken(x:number)",
  "assay_broken(x) :- assay_unlawful(x).",
];

function declaration({ role, name, attributes }: Relation): string[] {
  if (role !== "base") return [];
  return [`.decl ${name}(${attributes.map((attribute) => `${attribute.name}:${attribute.type}`).join(", ")})`, `.input ${name}`];
}
