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
  "internal.invariant": {
    title: "a broken invariant inside Assay",
    http: 500,
    exit: 4,
    sarif: "error",
    help: "report it with the command that led here",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof registry;
