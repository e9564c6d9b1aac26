import type { Attempt, Missing, Proof, WhyNot } from "../../logic/explain/proof.ts";
import { unreachable } from "../../schema/unreachable.ts";
import type { Violation } from "../../schema/verdict.ts";
import type { ClashingLaw, Explanation } from "../../verify/explain.ts";
import { factText, printable, valueText } from "./fact_text.ts";
import type { Style } from "./style.ts";
import type { TreeNode } from "./tree_text.ts";

/** An explanation as trees of lines: a proof, what is missing for a fact, or a violation's proof and the laws that it clashes with. */
export function explanationTrees(explanation: Explanation, style: Style): TreeNode[] {
  switch (explanation.kind) {
    case "proof":
      return [proofNode(explanation.proof, style)];
    case "why_not":
      return [whyNotNode(explanation.why, style)];
    case "violation": {
      const { violation, proof, clash } = explanation;
      return [...(proof === null ? [] : [proofNode(proof, style)]), ...(clash.length === 0 ? [] : [clashNode(violation, clash, style)])];
    }
    default:
      return unreachable(explanation);
  }
}

/** The laws that cannot be met together, and the facts over which they cannot. */
function clashNode({ facts }: Violation, clash: readonly ClashingLaw[], style: Style): TreeNode {
  const leaf = (text: string): TreeNode => ({ text, children: [] });
  const laws = clash.map(({ law, message, file, line }) => leaf(`${law}${style("dim", `  ${printable(message)}  ${file}:${line}`)}`));
  const over = facts.map(({ relation, row, place }) => leaf(`${factText(relation, row)}${placeText(place, style)}`));
  return {
    text: "there is no answer set",
    children: [
      { text: style("cyan", "that meets all of"), children: laws },
      { text: style("cyan", "over"), children: over },
    ],
  };
}

function proofNode(proof: Proof, style: Style): TreeNode {
  const children = proof.premises.map((premise) => proofNode(premise, style));
  if (proof.cut === true) children.push({ text: style("yellow", "… cut here: --depth N shows more"), children: [] });
  return { text: proofLine(proof, style), children };
}

function proofLine(proof: Proof, style: Style): string {
  const fact = proof.relation === null || proof.row === null ? "" : factText(proof.relation, proof.row);
  switch (proof.kind) {
    case "base":
      return `${fact}${placeText(proof.place ?? null, style)}`;
    case "derived":
      return `${style("bold", fact)}${proof.rule === null ? "" : style("dim", `  ${proof.rule.file}:${proof.rule.line}`)}`;
    case "absent":
      return `${style("cyan", "no")} ${fact}`;
    case "aggregate":
      return `${proof.text ?? fact}${proof.members === undefined ? "" : style("dim", `  over ${proof.members} members`)}`;
    case "condition":
    case "instance":
      return printable(proof.text ?? fact);
    default:
      return unreachable(proof.kind);
  }
}

function placeText(place: string | null, style: Style): string {
  return place === null ? "" : style("dim", `  ${printable(place)}`);
}

function whyNotNode(why: WhyNot, style: Style): TreeNode {
  const none = why.role === "base" ? "nobody asserted it" : "no rule comes near";
  const reason = why.attempts.length === 0 ? style("dim", `  ${none}`) : "";
  const children = why.attempts.map((attempt) => attemptNode(attempt, style));
  if (why.cut === true) children.push({ text: style("yellow", "… cut here: --depth N shows more"), children: [] });
  return { text: `${style("red", "not")} ${factText(why.relation, why.row)}${reason}`, children };
}

function attemptNode(attempt: Attempt, style: Style): TreeNode {
  const bound = Object.entries(attempt.bindings).map(([name, value]) => `${name} = ${valueText(value)}`);
  const values = bound.length === 0 ? "" : `  with ${bound.join(", ")}`;
  const text = `${style("dim", `by ${attempt.rule.file}:${attempt.rule.line}${values}`)}`;
  return { text, children: attempt.missing.map((missing) => missingNode(missing, style)) };
}

function missingNode(missing: Missing, style: Style): TreeNode {
  const fact = missing.relation === null || missing.row === null ? "" : factText(missing.relation, missing.row);
  switch (missing.kind) {
    case "absent":
      return missing.why === null || missing.why.attempts.length === 0
        ? { text: `${style("red", "missing")} ${fact}`, children: [] }
        : whyNotNode(missing.why, style);
    case "present":
      return { text: `${style("red", "in the way")} ${fact}`, children: [] };
    case "condition":
      return { text: `${style("red", "not met")} ${printable(missing.text ?? fact)}`, children: [] };
    case "head":
      return { text: `${style("red", "the head differs")} ${printable(missing.text ?? fact)}`, children: [] };
    case "unknown":
      return { text: `${style("yellow", "depends on the others")} ${printable(missing.text ?? fact)}`, children: [] };
    default:
      return unreachable(missing.kind);
  }
}
