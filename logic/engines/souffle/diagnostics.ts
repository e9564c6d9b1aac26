import type { Diagnostic } from "../../../schema/diagnostic.ts";
import { registry } from "../../../schema/errors.ts";
import type { Span } from "../../../schema/place.ts";

const MESSAGE = /^(Error|Warning): (.*?) in file \S+ (?:at line (\d+)|\[(\d+):)/u;

/** What Soufflé says of a program as diagnostics at our places; a message whose line holds no rule of ours is left out. */
export function souffleDiagnostics(said: string, spans: ReadonlyMap<number, Span>): Diagnostic[] {
  return said.split("\n").flatMap((line): Diagnostic[] => {
    const [, kind, message = "", at, first] = MESSAGE.exec(line) ?? [];
    const span = spans.get(Number(at ?? first));
    if (kind === undefined || span === undefined) return [];
    const { help } = registry["souffle.failed"];
    return [
      { code: "souffle.failed", severity: kind === "Error" ? "error" : "warning", message: message.toLowerCase(), span, text: "", help },
    ];
  });
}
