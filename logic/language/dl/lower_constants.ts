import { spanText } from "../../../schema/place.ts";
import type { ConstItem, Term } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { ConstantTable } from "./dl_scope.ts";

/** How many nodes a constant's value may have once the constants in it are put in; doubling definitions would grow without end. */
const MAX_NODES = 1_000;

/**
 * Reads const items; a constant's value is made of literals, operators, functors and other constants. Two definitions of one name in one file, unknown
 * names, circles and values of more than 1,000 nodes go to the sink.
 */
export function readConstants(items: readonly ConstItem[], sink: DiagnosticSink): ConstantTable {
  const reader = new ConstantReader(items, sink);
  for (const item of items) reader.value(item);
  return reader;
}

/** A table without constants. */
export const noConstants: ConstantTable = { lookup: () => undefined, names: () => [] };

class ConstantReader implements ConstantTable {
  readonly #sink: DiagnosticSink;
  readonly #byFile = new Map<string, ConstItem>();
  readonly #byName = new Map<string, ConstItem>();
  readonly #values = new Map<ConstItem, Term | null>();
  #open: ConstItem[] = [];

  constructor(items: readonly ConstItem[], sink: DiagnosticSink) {
    this.#sink = sink;
    for (const item of items) {
      const key = fileKey(item.span.file, item.name);
      const first = this.#byFile.get(key);
      if (first === undefined) this.#byFile.set(key, item);
      else {
        const message = `the constant \`${item.name}\` is defined at ${spanText(first.span)} and again here`;
        sink.error("check.duplicate", { span: item.span, text: item.name }, message, "rename one, or remove it");
      }
      if (!this.#byName.has(item.name)) this.#byName.set(item.name, item);
    }
  }

  lookup(name: string, file: string): Term | undefined {
    const item = this.#definition(name, file);
    return item === undefined ? undefined : (this.value(item) ?? undefined);
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  value(item: ConstItem): Term | null {
    const known = this.#values.get(item);
    if (known !== undefined) return known;
    const at = { span: item.span, text: item.name };
    if (this.#open.includes(item) || this.#open.length >= MAX_NODES) {
      this.#sink.error("check.unknown_constant", at, `the constant \`${item.name}\` is defined over itself`, "give it a literal");
      this.#values.set(item, null);
      return null;
    }
    this.#open.push(item);
    const value = this.#expand(item.value, item);
    this.#open.pop();
    const fits = value !== null && nodes(value) <= MAX_NODES;
    if (value !== null && !fits) {
      this.#sink.error(
        "check.unknown_constant",
        at,
        `the value of \`${item.name}\` has more than ${MAX_NODES} parts`,
        "write the number itself",
      );
    }
    this.#values.set(item, fits ? value : null);
    return fits ? value : null;
  }

  #expand(term: Term, item: ConstItem): Term | null {
    switch (term.kind) {
      case "integer":
      case "unsigned":
      case "float":
      case "string":
        return term;
      case "constant": {
        const used = this.#definition(term.name, term.span.file);
        if (used !== undefined) return this.value(used);
        const help = () => didYouMean(term.name, this.names(), "give it a literal");
        this.#sink.error("check.unknown_constant", { span: term.span, text: term.name }, `there is no constant \`${term.name}\``, help);
        return null;
      }
      case "operation":
      case "call": {
        const args = term.args.map((arg) => this.#expand(arg, item)).filter((arg) => arg !== null);
        return args.length === term.args.length ? { ...term, args } : null;
      }
      default: {
        const message = `the constant \`${item.name}\` has no fixed value`;
        this.#sink.error("check.unsupported", { span: term.span, text: item.name }, message, "a constant is made of literals");
        return null;
      }
    }
  }

  #definition(name: string, file: string): ConstItem | undefined {
    return this.#byFile.get(fileKey(file, name)) ?? this.#byName.get(name);
  }
}

function fileKey(file: string, name: string): string {
  return `${file}\0${name}`;
}

/** The nodes of a term; stops counting past the bound, so that shared parts cost nothing. */
function nodes(term: Term): number {
  let count = 0;
  const waiting: Term[] = [term];
  while (waiting.length > 0 && count <= MAX_NODES) {
    const next = waiting.pop();
    count += 1;
    if (next?.kind === "operation" || next?.kind === "call") waiting.push(...next.args);
  }
  return count;
}
