import type { Variable } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { FlatRule } from "../dl/flat.ts";
import { type FlatLiteral, innerVariables, literalVariables } from "../dl/flat.ts";

/**
 * Warns of a variable that occurs once: in no head, and never twice in the body of one of the rules that were written as one
 * (`check.singleton`). Names that begin with `_` are exempt, and so are
 * variables already reported as unbound. The rules are as flattened, before scopes are resolved.
 */
export function checkSingletons(written: readonly FlatRule[], sink: DiagnosticSink): void {
  const joined = new Set<string>();
  const once = new Map<string, Variable>();
  for (const rule of written) for (const variable of literalVariables(rule.head)) joined.add(variable.name);
  for (const rule of written) {
    const seen = new Set<string>();
    for (const variable of bodyVariables(rule.body)) {
      if (seen.has(variable.name)) joined.add(variable.name);
      seen.add(variable.name);
      if (!once.has(variable.name)) once.set(variable.name, variable);
    }
  }
  for (const [name, variable] of once) {
    if (joined.has(name) || name.startsWith("_") || name.startsWith("~") || sink.has("check.ungrounded", variable.span)) continue;
    const help = `write \`_\`, or \`_${name}\` to keep the name`;
    sink.warning("check.singleton", { span: variable.span, text: name }, `\`${name}\` occurs once, so it joins nothing`, help);
  }
}

function* bodyVariables(body: readonly FlatLiteral[]): Generator<Variable> {
  for (const literal of body) {
    yield* literalVariables(literal);
    if (literal.kind === "aggregate") yield* innerVariables(literal);
  }
}
