import type { RuleItem } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { termsOf, termsWithin } from "./walk.ts";

/** Warns once of each symbol that programs spell both `prod` and `"prod"`: one value here, two for clingo (`lp.spelling`). */
export function checkSpelling(items: readonly RuleItem[], sink: DiagnosticSink): void {
  const constants = new Set<string>();
  const strings = new Set<string>();
  for (const item of items) {
    for (const term of [...item.heads.flatMap((head) => head.args.flatMap((arg) => [...termsWithin(arg)])), ...termsOf(item.body, true)]) {
      if (term.kind !== "constant" && term.kind !== "string") continue;
      const name = term.kind === "constant" ? term.name : term.value;
      const [own, other] = term.kind === "constant" ? [constants, strings] : [strings, constants];
      if (!own.has(name) && other.has(name)) {
        const message = `\`${name}\` and \`"${name}"\` are one symbol here, and two for clingo`;
        sink.warning("lp.spelling", { span: term.span, text: name }, message, "write it with quotes everywhere, or nowhere");
      }
      own.add(name);
    }
  }
}
