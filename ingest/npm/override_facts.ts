import { type JsonNode, type JsonTree, membersOf, textOf } from "./json_tree.ts";
import type { Reading } from "./reading.ts";
import { parseSpec } from "./spec.ts";

const REFERENCE_MEMBERS = ["devDependencies", "optionalDependencies", "dependencies", "peerDependencies"];
const NESTING_MAX = 20;

interface Rule {
  /** `a@^1>b`: the keys on the way to the rule. */
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly value: string;
  readonly children: Rule[];
  readonly offset: number;
}

/**
 * Adds the rules of `overrides`, as `OverrideSet` of arborist 9 reads them: each rule with the specifier it puts in place, and for each
 * scope (the root, "", or below a rule) the rules in force there, nearest first.
 */
export function addOverrideFacts(manifest: JsonTree, reading: Reading): void {
  const overrides = membersOf(manifest.root).get("overrides");
  if (overrides === undefined) return;
  const top = rulesOf(overrides.value, "", { manifest, reading, depth: 0 });
  addScope("", top, [], null, reading, manifest);
}

interface Context {
  readonly manifest: JsonTree;
  readonly reading: Reading;
  readonly depth: number;
}

function rulesOf(node: JsonNode, parent: string, context: Context): Rule[] {
  const rules: Rule[] = [];
  for (const [key, { offset, value }] of membersOf(node)) {
    if (key === ".") continue;
    const place = context.manifest.place(offset);
    const at = key.indexOf("@", 1);
    const name = at > 0 ? key.slice(0, at) : key;
    const keySpec = at > 0 ? key.slice(at + 1) || "*" : "*";
    const given = textOf(value) ?? textOf(membersOf(value).get(".")?.value);
    const replacement = given === null ? keySpec : reference(given || "*", context.manifest);
    if (replacement === null || name === "" || context.depth >= NESTING_MAX || parseSpec(keySpec).range === null) {
      context.reading.setAside("npm.override_refused", "an override that npm would refuse", key, place);
      continue;
    }
    const id = parent === "" ? key : `${parent}>${key}`;
    const children = rulesOf(value, id, { ...context, depth: context.depth + 1 });
    rules.push({ id, name, key: keySpec, value: replacement, children, offset });
  }
  return rules;
}

/** `$name` stands for what the root itself asks for `name`. */
function reference(value: string, manifest: JsonTree): string | null {
  if (!value.startsWith("$")) return value;
  const members = membersOf(manifest.root);
  for (const member of REFERENCE_MEMBERS) {
    const found = textOf(membersOf(members.get(member)?.value).get(value.slice(1))?.value);
    if (found !== null) return found;
  }
  return null;
}

function addScope(
  scope: string,
  children: readonly Rule[],
  outer: readonly Rule[],
  own: Rule | null,
  reading: Reading,
  tree: JsonTree,
): void {
  const inForce = new Map<string, Rule>();
  for (const rule of [...children, ...(own === null ? [] : [own]), ...outer]) {
    const identity = `${rule.name}@${rule.key}`;
    if (!inForce.has(identity)) inForce.set(identity, rule);
  }
  const rules = [...inForce.values()];
  for (const [index, rule] of rules.entries()) {
    const place = tree.place(rule.offset);
    reading.sheet.add("override_rule", [rule.id, rule.name, rule.key, rule.value], place);
    reading.sheet.add("override_scope", [scope, BigInt(index + 1), rule.id], place);
  }
  for (const rule of children) addScope(rule.id, rule.children, rules, rule, reading, tree);
}
