/**
 * Where Assay differs from Soufflé on purpose, and a run that is compared with Soufflé must not. Declared by the caller, never guessed:
 * what a gate reads is always `assayReading`.
 */
export interface Reading {
  /** A relation may be fed by `.input` and derived as well: its facts come under the name that `inputOf` gives. */
  readonly feeds_derived: boolean;
  /** A regular expression that cannot be read makes its literal fail, negated or not; otherwise it is an evaluation error. */
  readonly bad_patterns_fail: boolean;
  /** Integers wrap at so many bits; null: what leaves 64 bits is an evaluation error. */
  readonly wrap_bits: 32 | 64 | null;
}

export const assayReading: Reading = { feeds_derived: false, bad_patterns_fail: false, wrap_bits: null };

/** As Soufflé built with words of so many bits reads it. */
export function souffleReading(wrap_bits: 32 | 64): Reading {
  return { feeds_derived: true, bad_patterns_fail: true, wrap_bits };
}

/** The base relation that holds the facts of a relation which is derived too. No program can name it. */
export function inputOf(relation: string): string {
  return `${relation}~input`;
}
