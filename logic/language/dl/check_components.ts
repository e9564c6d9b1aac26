import type { Item } from "../ast.ts";
import type { ComponentItem, ComponentRef } from "../ast_dl.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import { bindingOf, type ComponentScope, type TypeBinding } from "./component_scope.ts";

const none: TypeBinding = new Map();

/** Holds components and instances to their rules (`check.component`): names, counts of parameters, overrides, no circles. Follows Soufflé's `ComponentChecker`. */
export function checkComponents(items: readonly Item[], scope: ComponentScope, sink: DiagnosticSink): void {
  for (const component of scope.all()) checkComponent(component, scope, sink);
  for (const item of items) if (item.kind === "init") checkReference(item.of, null, none, scope, sink);
  checkNames(items, sink);
}

function checkComponent(component: ComponentItem, scope: ComponentScope, sink: DiagnosticSink): void {
  const around = scope.enclosing(component);
  const parameters: TypeBinding = new Map(component.parameters.map((name) => [name, name]));
  for (const base of component.bases) checkReference(base, around, parameters, scope, sink);
  for (const item of component.items) if (item.kind === "init") checkReference(item.of, component, parameters, scope, sink);
  const parents = parentsOf(component, scope);
  const at = { span: component.span, text: component.name };
  if (parents.has(component)) {
    sink.error("check.component", at, `the component \`${component.name}\` inherits from itself`, "break the circle");
  }
  const own = relationsOf(component);
  for (const item of component.items) {
    if (item.kind !== "override") continue;
    const { name, span } = item.relation;
    const inherited = [...parents]
      .filter((parent) => parent !== component)
      .flatMap(relationsOf)
      .filter((one) => one.name === name);
    const place = { span, text: name };
    if (own.some((one) => one.name === name)) {
      sink.error("check.component", place, `\`${name}\` is overridden where it is declared`, "override relations of a base");
    } else if (inherited.some((one) => !one.overridable)) {
      sink.error("check.component", place, `\`${name}\` is overridden, but not declared \`overridable\``, "declare it so in the base");
    }
  }
}

function parentsOf(component: ComponentItem, scope: ComponentScope): Set<ComponentItem> {
  const parents = new Set<ComponentItem>();
  const waiting = [component];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const base of next.bases) {
      const found = scope.find(scope.enclosing(next), base.name, none);
      if (found === null || parents.has(found)) continue;
      parents.add(found);
      waiting.push(found);
    }
  }
  return parents;
}

function relationsOf(component: ComponentItem): { readonly name: string; readonly overridable: boolean }[] {
  return component.items.flatMap((item) => {
    if (item.kind !== "relation") return [];
    return item.names.map(({ name }) => ({ name, overridable: item.qualifiers.includes("overridable") }));
  });
}

function checkReference(
  of: ComponentRef,
  from: ComponentItem | null,
  parameters: TypeBinding,
  scope: ComponentScope,
  sink: DiagnosticSink,
): void {
  if (parameters.has(of.name)) return;
  const found = scope.find(from, of.name, parameters);
  const at = { span: of.span, text: of.name };
  if (found === null) {
    const known = [...scope.all()].map(({ name }) => name);
    sink.error("check.component", at, `there is no component \`${of.name}\``, () => didYouMean(of.name, known, "declare it with `.comp`"));
  } else if (bindingOf(found, of, none).size !== found.parameters.length || found.parameters.length !== of.args.length) {
    const message = `the component \`${of.name}\` takes ${found.parameters.length} parameters, not ${of.args.length}`;
    sink.error("check.component", at, message, null);
  }
}

/** Components, instances, types and relations of the outermost level have names of their own. */
function checkNames(items: readonly Item[], sink: DiagnosticSink): void {
  const names = new Set(
    items.flatMap((item) => (item.kind === "type" ? [item.name] : item.kind === "relation" ? item.names.map(({ name }) => name) : [])),
  );
  for (const kind of ["component", "init"] as const) {
    for (const item of items) {
      if (item.kind !== kind) continue;
      if (names.has(item.name)) {
        const message = `the name \`${item.name}\` is taken`;
        sink.error(
          "check.component",
          { span: item.span, text: item.name },
          message,
          "choose another name for the component or the instance",
        );
      }
      names.add(item.name);
    }
  }
}
