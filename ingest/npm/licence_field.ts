import { type JsonNode, membersOf, textOf } from "./json_tree.ts";

/**
 * The licence that a manifest states, as one expression: a text, an object with `type`, or (an old form that means a choice) a list of either.
 * Null where it states none.
 */
export function licenceOf(node: JsonNode | undefined): string | null {
  if (node?.kind === "array") {
    const all = node.items.map((item) => licenceOf(item)).filter((one) => one !== null);
    return all.length > 1 ? `(${all.join(" OR ")})` : (all[0] ?? null);
  }
  const text = textOf(node) ?? textOf(membersOf(node).get("type")?.value);
  return text === null || text.trim() === "" ? null : text;
}
