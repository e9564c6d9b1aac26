/** One kind of error, as every door reports it. */
export interface ErrorEntry {
  /** What went wrong, lower-case, without the particulars. */
  readonly title: string;
  /** HTTP status at the service's door. */
  readonly http: number;
  /** Process exit code: 1 refused · 2 undecided · 3 usage or input · 4 internal. */
  readonly exit: 1 | 2 | 3 | 4;
  /** SARIF level of a result of this kind. */
  readonly sarif: "error" | "warning" | "note";
  /** The next step, where one holds for every case. */
  readonly help: string;
}

/**
 * The one registry of errors. A code is stable once released; `schema/errors.md` documents each under its own heading, and a
 * test holds the two together both ways.
 */
export const registry = {
  "usage.arguments": {
    title: "the command line does not fit",
    http: 400,
    exit: 3,
    sarif: "error",
    help: "run `assay help` for the commands and their arguments",
  },
  "limit.diagnostics": {
    title: "too many diagnostics in one run",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "mend the first ones; past this bound the file is most likely not a program",
  },
  "limit.number_digits": {
    title: "a number literal is too long",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "no 64-bit value needs that many digits; check where the literal ends",
  },
  "limit.program_bytes": {
    title: "a program file is too large",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "move facts out of the program into data files, or raise `program_bytes`",
  },
  "limit.program_depth": {
    title: "a program nests too deeply",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "name parts of the term or formula by rules of their own, or raise `program_depth`",
  },
  "limit.program_files": {
    title: "too many program files",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "include fewer files, or raise `program_files`",
  },
  "syntax.arguments": {
    title: "a built-in function with the wrong number of arguments",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "see the function's arguments in Soufflé's manual",
  },
  "syntax.character": {
    title: "a character that no word of the language begins with",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "names are ASCII letters, digits, `_` and `?`; other text goes into a string literal",
  },
  "syntax.constant": {
    title: "a definition that is not a constant",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "`#define NAME value` takes a literal, or an expression of literals in parentheses",
  },
  "syntax.dangling_mark": {
    title: "a mark that belongs to nothing",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "put the doc comment directly above a `.decl`, a `.type` or a rule, without a blank line between",
  },
  "syntax.escape": {
    title: "an unknown escape in a string",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "the escapes are `\\\"` `\\'` `\\\\` `\\a` `\\b` `\\f` `\\n` `\\r` `\\t` `\\v`; a backslash itself is written twice",
  },
  "syntax.include_cycle": {
    title: "files that include each other",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "begin the included file with `.once`, or move what both need into a third file",
  },
  "syntax.include_missing": {
    title: "an included file that cannot be found",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "the path is relative to the file that includes it",
  },
  "syntax.not_ground": {
    title: "a fact with something other than constants",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "write values: numbers, and strings in double quotes",
  },
  "syntax.not_utf8": {
    title: "a program that is not UTF-8",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "save the file as UTF-8",
  },
  "syntax.number": {
    title: "a malformed number literal",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "integers are `42`, `0x2a`, `0b101010`, unsigned ones end in `u`, floats are `1.5`",
  },
  "syntax.pragma_ignored": {
    title: "a pragma that has no effect here",
    http: 200,
    exit: 3,
    sarif: "note",
    help: "pragmas steer Soufflé's own machinery; nothing needs to be done",
  },
  "syntax.reserved": {
    title: "a reserved word used as a name",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "choose another name; Soufflé reserves this word too",
  },
  "syntax.symbol_character": {
    title: "a character that no symbol can hold",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "remove the character; a symbol is Unicode text without NUL",
  },
  "syntax.unexpected": {
    title: "text that does not fit the grammar",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "see the language's reference for the form expected here",
  },
  "syntax.unknown_directive": {
    title: "an unknown directive",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "the directives are `.decl` `.type` `.input` `.output` `.printsize` `.limitsize` `.pragma` `.plan` `.include` `.once`",
  },
  "syntax.unknown_language": {
    title: "a program file of an unknown language",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "programs are `.dl` (Soufflé's dialect) and `.lp` (clingo's dialect)",
  },
  "syntax.unsupported": {
    title: "a construct that is not supported yet",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "write it with plain relations and rules",
  },
  "syntax.unterminated": {
    title: "a string or comment without an end",
    http: 422,
    exit: 3,
    sarif: "error",
    help: "close it; a line break inside a string is written `\\n`",
  },
  "internal.invariant": {
    title: "a broken invariant inside Assay",
    http: 500,
    exit: 4,
    sarif: "error",
    help: "report it with the command that led here",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof registry;
