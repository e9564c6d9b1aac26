import type { Limits } from "../../../schema/limits.ts";
import type { Item, RuleItem } from "../ast.ts";
import type { ComponentItem, InitItem } from "../ast_dl.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { checkComponents } from "./check_components.ts";
import { bindingOf, ComponentScope, type TypeBinding } from "./component_scope.ts";
import { type Renaming, renameItem } from "./rename_item.ts";

/** How deep instances hold instances. */
const MAX_DEPTH = 100;

/** The names that no base leaves rules for. */
type Overridden = ReadonlySet<string>;

/**
 * Writes out the instances of components: the items of each component with its bases, under `instance.name`. `lists` are the items of
 * each theory, whose components are known to all. Faults are `check.component`; where there are any, instances stay empty.
 * Bounds: `rules_expanded` items, 100 levels. Follows Soufflé's `ComponentInstantiation`.
 */
export function expandComponents(
  lists: readonly (readonly Item[])[],
  limits: Pick<Limits, "rules_expanded">,
  sink: DiagnosticSink,
): Item[][] {
  const all = lists.flat();
  if (!all.some((item) => item.kind === "component" || item.kind === "init" || item.kind === "override"))
    return lists.map((items) => [...items]);
  const scope = new ComponentScope(all);
  const before = sink.errors;
  checkComponents(all, scope, sink);
  const expander = new Expander(scope, limits.rules_expanded, sink);
  return lists.map((items) =>
    items.flatMap((item) => {
      if (item.kind === "component") return constantsIn(item);
      if (item.kind === "override") return [];
      if (item.kind !== "init") return [item];
      return sink.errors === before ? expander.instance(item) : [];
    }),
  );
}

/** Constants and pragmas hold everywhere, wherever they stand. */
function constantsIn(component: ComponentItem): Item[] {
  return component.items.flatMap((item) => {
    if (item.kind === "component") return constantsIn(item);
    return item.kind === "const" || item.kind === "pragma" ? [item] : [];
  });
}

class Expander {
  readonly #scope: ComponentScope;
  readonly #bound: number;
  readonly #sink: DiagnosticSink;
  #items = 0;

  constructor(scope: ComponentScope, bound: number, sink: DiagnosticSink) {
    this.#scope = scope;
    this.#bound = bound;
    this.#sink = sink;
  }

  /** The items of an instance of the outermost level. */
  instance(init: InitItem): Item[] {
    const orphans: RuleItem[] = [];
    const items = this.#instance(init, null, orphans, new Set(), new Map(), MAX_DEPTH);
    return [...items, ...orphans];
  }

  /** `orphans` are rules whose relation no instance so far has; they may belong further out. */
  #instance(
    init: InitItem,
    around: ComponentItem | null,
    orphans: RuleItem[],
    overridden: Overridden,
    outside: TypeBinding,
    depth: number,
  ): Item[] {
    const at = { span: init.span, text: init.name };
    if (depth === 0 || this.#items > this.#bound) {
      const message =
        depth === 0 ? `instances hold instances deeper than ${MAX_DEPTH} levels` : `instances come to more than ${this.#bound} items`;
      this.#sink.error(depth === 0 ? "check.component" : "limit.rules_expanded", at, message, null);
      return [];
    }
    const component = this.#scope.find(around, init.of.name, outside);
    if (component === null) {
      this.#sink.error(
        "check.component",
        at,
        `there is no component \`${outside.get(init.of.name) ?? init.of.name}\``,
        "declare it with `.comp`",
      );
      return [];
    }
    const binding = bindingOf(component, init.of, outside);
    const items: Item[] = [];
    for (const inner of initsOf(component)) items.push(...this.#instance(inner, component, orphans, overridden, binding, depth - 1));
    this.#collect(component, binding, items, orphans, overridden, depth);
    const names = prefixed(items, init.name);
    for (const [index, orphan] of orphans.entries()) orphans[index] = renameItem(orphan, names);
    this.#items += items.length;
    return items.map((item) => renameItem(item, names));
  }

  /** Adds what a component and its bases hold, but for rules of overridden relations. */
  #collect(
    component: ComponentItem,
    binding: TypeBinding,
    items: Item[],
    orphans: RuleItem[],
    overridden: Overridden,
    depth: number,
  ): void {
    const around = this.#scope.enclosing(component);
    const hidden = new Set([...overridden, ...component.items.flatMap((item) => (item.kind === "override" ? [item.relation.name] : []))]);
    for (const ref of component.bases) {
      const base = this.#scope.find(around, ref.name, binding);
      if (base === null) continue;
      const inner = bindingOf(base, ref, binding);
      for (const init of initsOf(base)) items.push(...this.#instance(init, base, orphans, new Set(), inner, depth - 1));
      this.#collect(base, inner, items, orphans, hidden, depth);
    }
    const bound: Renaming = { relations: new Map(), types: binding };
    for (const item of component.items) {
      if (item.kind === "type" || item.kind === "relation" || item.kind === "directive") items.push(renameItem(item, bound));
    }
    const relations = new Set(items.flatMap((item) => (item.kind === "relation" ? item.names.map(({ name }) => name) : [])));
    for (const rule of component.items.flatMap((item) => (item.kind === "rule" ? singleHeads(item) : []))) {
      const head = rule.heads[0]?.relation ?? "";
      if (overridden.has(head.split(".")[0] ?? "")) continue;
      (relations.has(head) ? items : orphans).push(rule);
    }
    const found = orphans.filter((rule) => relations.has(rule.heads[0]?.relation ?? ""));
    items.push(...found);
    const left = orphans.filter((rule) => !found.includes(rule));
    orphans.splice(0, orphans.length, ...left);
  }
}

function initsOf(component: ComponentItem): InitItem[] {
  return component.items.filter((item) => item.kind === "init");
}

/** A rule with several heads as one rule a head: some of them may be overridden. */
function singleHeads(rule: RuleItem): RuleItem[] {
  return rule.form === "normal" ? rule.heads.map((head) => ({ ...rule, heads: [head] })) : [rule];
}

/** What the items declare, under `instance.`. */
function prefixed(items: readonly Item[], instance: string): Renaming {
  const relations = new Map<string, string>();
  const types = new Map<string, string>();
  for (const item of items) {
    if (item.kind === "relation") for (const { name } of item.names) relations.set(name, `${instance}.${name}`);
    if (item.kind !== "type") continue;
    types.set(item.name, `${instance}.${item.name}`);
    for (const branch of item.branches) if (branch.name !== "") types.set(branch.name, `${instance}.${branch.name}`);
  }
  return { relations, types };
}
