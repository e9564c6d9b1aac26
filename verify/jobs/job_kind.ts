/** The closure kinds of the theory `machine`, which are the kinds of job. */
export const jobKinds = ["process", "derivation", "procedure", "inquiry"] as const;

export type JobKind = (typeof jobKinds)[number];
