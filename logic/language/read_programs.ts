import type { Diagnostic } from "../../schema/diagnostic.ts";
import { type ErrorCode, registry } from "../../schema/errors.ts";
import { type Limits, limitsWith } from "../../schema/limits.ts";
import type { Span } from "../../schema/place.ts";
import type { IncludeItem, Program } from "./ast.ts";
import { shortened } from "./diagnostic_list.ts";
import { parseDlFile } from "./dl/parse.ts";
import { parseLp } from "./lp/parse.ts";
import { SourceText } from "./source.ts";

export interface ProgramFile {
  readonly path: string;
  readonly text: string;
}

/** Finds what `includePath`, as written in the file `fromPath`, names; null where there is no such file. Paths it gives are unique names of files. */
export type ResolveInclude = (fromPath: string, includePath: string) => ProgramFile | null;

/**
 * Parses program files and all they include, each file once. The language is told from the name, `.dl` or `.lp`; an included
 * file with another ending has its includer's. A constant of a `#define` is visible in its own file behind the definition and,
 * behind the include, in files that include it. Programs come in the order of their files' first mention, an including file
 * behind what it includes. Never throws; bounds: `program_files` and those of the parsers.
 */
export function readPrograms(
  entry: readonly ProgramFile[],
  resolve: ResolveInclude,
  limits: Limits = limitsWith(),
): { programs: Program[]; diagnostics: Diagnostic[] } {
  const reader = new ProgramReader(resolve, limits);
  for (const file of entry) reader.read(file, null, null);
  reader.checkScopes();
  return { programs: reader.programs, diagnostics: reader.bounded() };
}

type Dialect = Program["dialect"];

/** A file that was read or is being read. */
interface Known {
  readonly constants: Set<string>;
  /** Of the visible constants, those that the file itself defines. */
  readonly defined: Set<string>;
  readonly variables: Set<string>;
  readonly includes: Set<Known>;
  readonly path: string;
  once: boolean;
  open: boolean;
}

/** An include of a file, with the constants visible before it. */
interface Edge {
  readonly item: IncludeItem;
  readonly from: Known;
  readonly visible: ReadonlySet<string>;
  readonly to: Known;
}

class ProgramReader {
  readonly programs: Program[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #files = new Map<string, Known>();
  readonly #resolve: ResolveInclude;
  readonly #limits: Limits;
  readonly #edges: Edge[] = [];
  #depth = 0;

  constructor(resolve: ResolveInclude, limits: Limits) {
    this.#resolve = resolve;
    this.#limits = limits;
  }

  /** Reads a file unless it was read; gives the constants visible at its end. `from` is the include that led here. */
  read(file: ProgramFile, from: Span | null, includer: Dialect | null): Known | null {
    const known = this.#files.get(file.path);
    if (known !== undefined) {
      if (known.open && !known.once) this.#report("syntax.include_cycle", `\`${file.path}\` includes itself`, from, file.path);
      return known;
    }
    const dialect = dialectOf(file.path) ?? includer;
    const place = from ?? new SourceText(file.path, file.text).span(0, 0);
    if (dialect === null) {
      this.#report("syntax.unknown_language", `\`${file.path}\` ends in neither \`.dl\` nor \`.lp\``, place, file.path);
    } else if (this.#files.size >= this.#limits.program_files) {
      this.#report("limit.program_files", `more than ${this.#limits.program_files} program files`, place, file.path);
    } else if (this.#depth >= this.#limits.program_depth) {
      this.#report("limit.program_depth", `includes are nested deeper than ${this.#limits.program_depth} levels`, place, file.path);
    } else return this.#parse(file, dialect);
    return null;
  }

  /** Reports constants that one of two files would read otherwise than Soufflé's preprocessor does. */
  checkScopes(): void {
    const definers = new Map<string, string[]>();
    for (const file of this.#files.values()) {
      for (const name of file.defined) definers.set(name, [...(definers.get(name) ?? []), file.path]);
    }
    for (const edge of this.#edges) {
      this.#checkPasted(edge);
      this.#checkAmbiguous(edge, definers);
    }
  }

  /** Names that are constants where a file is included and were read as variables inside it. */
  #checkPasted({ item, visible, to }: Edge): void {
    if (visible.size === 0) return;
    const reached = new Set([to]);
    for (const file of reached) for (const next of file.includes) reached.add(next);
    for (const file of reached) {
      for (const name of visible.intersection(file.variables).difference(file.constants)) {
        const message = `the constant \`${name}\` is not visible in \`${file.path}\`, where it is a variable`;
        this.#report("syntax.constant", message, item.span, item.file, "define it in the included file, or in one that both include");
      }
    }
  }

  /** Names that an include brings and that several files define: which one is meant would hang on the order of files. */
  #checkAmbiguous({ item, from, to }: Edge, definers: ReadonlyMap<string, readonly string[]>): void {
    for (const name of to.constants.difference(from.defined)) {
      const paths = definers.get(name) ?? [];
      if (paths.length < 2) continue;
      const message = `the constant \`${name}\` is defined in ${paths.map((path) => `\`${path}\``).join(" and ")}`;
      this.#report("syntax.constant", message, item.span, item.file, "give one of them another name");
    }
  }

  /** The diagnostics, at most `diagnostics` of them and one that says so where there are more. */
  bounded(): Diagnostic[] {
    const bound = this.#limits.diagnostics;
    const all = this.#diagnostics;
    const last = all[bound];
    if (last === undefined || (all.length === bound + 1 && last.code === "limit.diagnostics")) return all;
    const message = `more than ${bound} diagnostics, ${all.length - bound} are left out`;
    return [
      ...all.slice(0, bound),
      { ...last, code: "limit.diagnostics", severity: "error", message, help: registry["limit.diagnostics"].help },
    ];
  }

  #parse(file: ProgramFile, dialect: Dialect): Known {
    const known: Known = {
      constants: new Set(),
      defined: new Set(),
      variables: new Set(),
      includes: new Set(),
      path: file.path,
      once: false,
      open: true,
    };
    this.#files.set(file.path, known);
    this.#depth++;
    if (dialect === "dl") this.#parseDl(file, known);
    else this.#parseLp(file);
    this.#depth--;
    known.open = false;
    return known;
  }

  #parseDl(file: ProgramFile, known: Known): void {
    const onInclude = (item: IncludeItem, visible: ReadonlySet<string>): Iterable<string> => {
      if (item.once) known.once = true;
      const to = item.once ? null : this.#include(file, item, "dl");
      if (to === null || known.includes.has(to)) return [];
      known.includes.add(to);
      this.#edges.push({ item, from: known, visible: new Set(visible), to });
      return to.constants;
    };
    const parsed = parseDlFile(file.path, file.text, { limits: this.#limits, onInclude });
    for (const name of parsed.constants) known.constants.add(name);
    for (const item of parsed.program.items) if (item.kind === "const") known.defined.add(item.name);
    for (const name of parsed.variables) known.variables.add(name);
    this.programs.push(parsed.program);
    this.#diagnostics.push(...parsed.diagnostics);
  }

  #parseLp(file: ProgramFile): void {
    const { program, diagnostics } = parseLp(file.path, file.text);
    for (const item of program.items) if (item.kind === "include") this.#include(file, item, "lp");
    this.programs.push(program);
    this.#diagnostics.push(...diagnostics);
  }

  #include(file: ProgramFile, item: IncludeItem, dialect: Dialect): Known | null {
    const found = this.#resolve(file.path, item.file);
    if (found !== null) return this.read(found, item.span, dialect);
    this.#report("syntax.include_missing", `the file \`${shortened(item.file)}\` was not found`, item.span, item.file);
    return null;
  }

  #report(code: ErrorCode, message: string, span: Span | null, text: string, help: string = registry[code].help): void {
    const place = span ?? new SourceText(text, "").span(0, 0);
    this.#diagnostics.push({ code, severity: "error", message, span: place, text: shortened(text), help });
  }
}

function dialectOf(path: string): Dialect | null {
  if (path.endsWith(".dl")) return "dl";
  return path.endsWith(".lp") ? "lp" : null;
}
