import type { Explanation } from "../../verify/explain.ts";
import { explanationTrees } from "./explanation_tree.ts";
import { printable } from "./fact_text.ts";
import type { Style } from "./style.ts";
import { treeText } from "./tree_text.ts";

/** A proof, a violation with its proof, or what is missing for a fact, for a terminal. */
export function explanationText(explanation: Explanation, style: Style): string {
  const dim = (text: string): string => style("dim", text);
  const trees = explanationTrees(explanation, style).map((tree) => treeText(tree, dim));
  if (explanation.kind !== "violation") return trees.join("\n");
  const { violation, delta } = explanation;
  const head = `${style(violation.severity === "error" ? ["red", "bold"] : ["yellow", "bold"], violation.law)}  ${printable(violation.message)}`;
  return [head, ...trees, dim(`as judged with delta ${delta}`)].join("\n");
}
