import { type CanonicalInput, canonicalJson, sha256 } from "../../schema/canonical.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { verdictHash } from "../../schema/verdict_wire.ts";
import type { SigningKey } from "../signing/keys.ts";
import { type Envelope, signedEnvelope } from "./dsse.ts";

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
export const SUMMARY_TYPE = "https://slsa.dev/verification_summary/v1";
export const VERDICT_TYPE = "urn:assay:verdict:v1";

/** A document that the verdict is about. */
export interface Subject {
  readonly name: string;
  /** SHA-256 in hex. */
  readonly sha256: string;
}

/** What an attested verdict was made by and over. */
export interface AttestedRun {
  readonly verdict: Verdict;
  /** One or more. */
  readonly subjects: readonly Subject[];
  /** When it was given, RFC 3339. */
  readonly time: string;
  /** The time that was judged as of. */
  readonly at: string;
  /** Assay's own version. */
  readonly version: string;
  readonly profile: { readonly name: string; readonly hash: string } | null;
  /** The Merkle root over the facts of the documents; see `FactsRoot`. */
  readonly facts: { readonly root: string; readonly facts: number };
  /** The commit it was judged after, and its entry's hash; null where there is no fact base. */
  readonly base: { readonly commit: number; readonly entry: string } | null;
  /** Names the judged resource to others; made of the subjects where null. */
  readonly resource: string | null;
}

/**
 * A verdict as two signed in-toto Statements over the same subjects: a SLSA verification summary (predicate v1), which other tools read, and
 * the verdict in full. A verdict that is not `accepted` is `FAILED` there.
 */
export function attestVerdict(run: AttestedRun, key: SigningKey): readonly [Envelope, Envelope] {
  return [signed(run, SUMMARY_TYPE, summaryOf(run), key), signed(run, VERDICT_TYPE, verdictOf(run), key)];
}

/** A bundle of envelopes as in-toto keeps it: JSON lines. */
export function bundleText(envelopes: readonly Envelope[]): string {
  return envelopes.map((envelope) => `${JSON.stringify(envelope)}\n`).join("");
}

function signed(run: AttestedRun, predicateType: string, predicate: CanonicalInput, key: SigningKey): Envelope {
  const subject = run.subjects.map(({ name, sha256: digest }) => ({ name: name.toWellFormed(), digest: { sha256: digest } }));
  const statement = canonicalJson({ _type: STATEMENT_TYPE, subject, predicateType, predicate });
  return signedEnvelope(PAYLOAD_TYPE, Buffer.from(statement), key);
}

function summaryOf(run: AttestedRun): CanonicalInput {
  const isPassed = run.verdict.verdict === "accepted";
  const theories = Object.keys(run.verdict.theories).toSorted();
  const level = ["ASSAY", ...theories, ...(run.profile === null ? [] : [run.profile.name])]
    .join("_")
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "_");
  const query = run.profile === null ? "" : `?profile=${encodeURIComponent(run.profile.name)}`;
  return {
    verifier: { id: "urn:assay:gate", version: { assay: run.version } },
    timeVerified: run.time,
    resourceUri: run.resource ?? resourceOf(run),
    policy: { uri: `urn:assay:theory:${theories.map(encodeURIComponent).join("+")}${query}`, digest: { sha256: policyHash(run) } },
    verificationResult: isPassed ? "PASSED" : "FAILED",
    verifiedLevels: [isPassed ? level : "FAILED"],
    slsaVersion: "1.1",
  };
}

function resourceOf({ subjects, facts }: AttestedRun): string {
  const [only, ...others] = subjects;
  if (only === undefined || others.length > 0) return `urn:assay:facts:${facts.root}`;
  return `file:${only.name.toWellFormed().split("/").map(encodeURIComponent).join("/")}`;
}

/** What it was judged by: the theories, a profile among their files. In hex. */
function policyHash({ verdict }: AttestedRun): string {
  return sha256(canonicalJson(verdict.theories)).slice("sha256:".length);
}

function verdictOf({ verdict, time, at, version, profile, facts, base }: AttestedRun): CanonicalInput {
  const { theories, checked, total, undecided, delta, commit } = verdict;
  const laws = verdict.laws.map(({ law, severity, violations, waived }) => ({ law, severity, violations, waived }));
  return {
    verdict: verdict.verdict,
    verdictHash: verdictHash(verdict),
    time,
    at,
    verifier: { name: "assay", version, engine: verdict.engine },
    theories,
    profile,
    facts: { root: facts.root, count: facts.facts },
    base,
    delta,
    commit,
    checked,
    laws,
    total,
    violations: verdict.violations as unknown as CanonicalInput,
    undecided: undecided as unknown as CanonicalInput,
  };
}
