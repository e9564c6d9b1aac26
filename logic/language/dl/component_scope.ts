import type { Item } from "../ast.ts";
import type { ComponentItem, ComponentRef } from "../ast_dl.ts";

/** What a component's parameters stand for: a type's or a component's name each. */
export type TypeBinding = ReadonlyMap<string, string>;

/** The binding inside `component` where it is used as `of` under `outside`; parameters that do not fit in number leave it as it was. */
export function bindingOf(component: ComponentItem, of: ComponentRef, outside: TypeBinding): TypeBinding {
  if (component.parameters.length !== of.args.length) return outside;
  return new Map(component.parameters.map((name, at) => [name, outside.get(of.args[at] ?? "") ?? of.args[at] ?? ""]));
}

/** The components of a program, and which of them a name means where. Follows Soufflé's `ComponentLookup`. */
export class ComponentScope {
  readonly #global: readonly ComponentItem[];
  readonly #enclosing = new Map<ComponentItem, ComponentItem | null>();

  constructor(items: readonly Item[]) {
    this.#global = componentsOf(items);
    const waiting: (readonly [ComponentItem, ComponentItem | null])[] = this.#global.map((component) => [component, null]);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [component, around] = next;
      this.#enclosing.set(component, around);
      for (const inner of componentsOf(component.items)) waiting.push([inner, component]);
    }
  }

  /** Every component, at any depth. */
  all(): Iterable<ComponentItem> {
    return this.#enclosing.keys();
  }

  enclosing(component: ComponentItem): ComponentItem | null {
    return this.#enclosing.get(component) ?? null;
  }

  /** Looks from `scope` outwards, in bases too. Null where nothing has the name. */
  find(scope: ComponentItem | null, name: string, binding: TypeBinding): ComponentItem | null {
    return this.#find(scope, name, binding, new Set());
  }

  #find(from: ComponentItem | null, name: string, binding: TypeBinding, seen: Set<ComponentItem>): ComponentItem | null {
    const bound = binding.get(name) ?? name;
    for (let scope = from; scope !== null; scope = this.enclosing(scope)) {
      if (seen.has(scope)) continue;
      seen.add(scope);
      const own = componentsOf(scope.items).find((component) => component.name === bound);
      if (own !== undefined) return own;
      for (const base of scope.bases) {
        const component = this.#find(this.enclosing(scope), base.name, binding, new Set(seen));
        const found = component === null || component === scope ? null : this.#inBase(component, bound, binding, seen);
        if (found !== null) return found;
      }
    }
    return this.#global.find((component) => component.name === bound) ?? null;
  }

  #inBase(base: ComponentItem, name: string, binding: TypeBinding, seen: Set<ComponentItem>): ComponentItem | null {
    if (seen.has(base)) return null;
    seen.add(base);
    const own = componentsOf(base.items).find((component) => component.name === name);
    if (own !== undefined) return own;
    for (const ref of base.bases) {
      const next = this.#find(this.enclosing(base), ref.name, binding, new Set(seen));
      const found = next === null ? null : this.#inBase(next, name, binding, seen);
      if (found !== null) return found;
    }
    return null;
  }
}

function componentsOf(items: readonly Item[]): ComponentItem[] {
  return items.filter((item) => item.kind === "component");
}
