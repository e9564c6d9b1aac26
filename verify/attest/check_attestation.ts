import { AssayError } from "../../schema/assay_error.ts";
import type { CheckingKey } from "../signing/keys.ts";
import { type Envelope, verifiedPayload } from "./dsse.ts";
import { PAYLOAD_TYPE, STATEMENT_TYPE, SUMMARY_TYPE, type Subject, VERDICT_TYPE } from "./statement.ts";

type Members = { readonly [name: string]: unknown };

/** What an attestation says, once its signatures are checked. */
export interface AttestationCheck {
  /** Whether the key signed every statement, and they agree. */
  readonly ok: boolean;
  /** Why it does not hold, or null. */
  readonly fault: string | null;
  /** The signed verdict; null where it does not hold. */
  readonly verdict: "accepted" | "refused" | "undecided" | null;
  readonly subjects: readonly Subject[];
  readonly time: string | null;
  /** The predicate of type `urn:assay:verdict:v1` as signed. */
  readonly statement: Members | null;
}

interface Statement {
  readonly subjects: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: Members;
}

const ENVELOPES_MAX = 16;
const SIGNATURES_MAX = 16;

/** Reads a bundle, one envelope a line, or a single envelope. Errors: `attest.malformed`. */
export function readBundle(text: string, place: string): Envelope[] {
  const trimmed = text.trim();
  const whole = envelopeOf(parsed(trimmed));
  if (whole !== null) return [whole];
  const lines = trimmed.split("\n", ENVELOPES_MAX + 1);
  const envelopes = lines.map((line) => envelopeOf(parsed(line)));
  const found = envelopes.filter((envelope) => envelope !== null);
  if (found.length === lines.length && found.length <= ENVELOPES_MAX) return found;
  throw new AssayError("attest.malformed", `\`${place}\` is no DSSE envelope and no bundle of them, one a line`, { place });
}

/**
 * Checks an attestation of a verdict with nothing but a key: every envelope is signed by it, there is one verification summary and one
 * verdict, both are about the same subjects and time, and the summary says `PASSED` exactly where the verdict is `accepted`.
 */
export function checkAttestation(envelopes: readonly Envelope[], key: CheckingKey): AttestationCheck {
  const statements: Statement[] = [];
  for (const [index, envelope] of envelopes.entries()) {
    const payload = envelope.payloadType === PAYLOAD_TYPE ? verifiedPayload(envelope, key) : null;
    if (payload === null) return broken(`envelope ${index + 1} is not signed by the key`);
    const statement = statementOf(parsed(Buffer.from(payload).toString("utf8")));
    if (statement === null) return broken(`envelope ${index + 1} holds no in-toto Statement`);
    statements.push(statement);
  }
  const [summary, ...summaries] = statements.filter(({ predicateType }) => predicateType === SUMMARY_TYPE);
  const [verdict, ...verdicts] = statements.filter(({ predicateType }) => predicateType === VERDICT_TYPE);
  if (summary === undefined || verdict === undefined || summaries.length + verdicts.length > 0 || statements.length > 2) {
    return broken("it does not hold one verification summary and one verdict");
  }
  return agreed(summary, verdict);
}

function agreed(summary: Statement, verdict: Statement): AttestationCheck {
  const { verdict: answer, time } = verdict.predicate;
  if (answer !== "accepted" && answer !== "refused" && answer !== "undecided") return broken("the verdict is none that there is");
  if (summary.predicate["verificationResult"] !== (answer === "accepted" ? "PASSED" : "FAILED"))
    return broken("the summary says another result");
  if (typeof time !== "string" || summary.predicate["timeVerified"] !== time) return broken("the summary is of another time");
  if (JSON.stringify(summary.subjects) !== JSON.stringify(verdict.subjects)) return broken("the summary is about other documents");
  return { ok: true, fault: null, verdict: answer, subjects: verdict.subjects, time, statement: verdict.predicate };
}

function broken(fault: string): AttestationCheck {
  return { ok: false, fault, verdict: null, subjects: [], time: null, statement: null };
}

function statementOf(value: unknown): Statement | null {
  const statement = objectOf(value);
  const predicate = objectOf(statement?.["predicate"]);
  const { subject, predicateType } = statement ?? {};
  if (statement?.["_type"] !== STATEMENT_TYPE || predicate === null || typeof predicateType !== "string" || !Array.isArray(subject))
    return null;
  const subjects = subject.map(subjectOf);
  const known = subjects.filter((one) => one !== null);
  return known.length === subjects.length && known.length > 0 ? { subjects: known, predicateType, predicate } : null;
}

function subjectOf(value: unknown): Subject | null {
  const subject = objectOf(value);
  const name = subject?.["name"];
  const sha256 = objectOf(subject?.["digest"])?.["sha256"];
  return typeof name === "string" && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256) ? { name, sha256 } : null;
}

function envelopeOf(value: unknown): Envelope | null {
  const envelope = objectOf(value);
  const { payloadType, payload, signatures } = envelope ?? {};
  if (typeof payloadType !== "string" || typeof payload !== "string" || !Array.isArray(signatures) || signatures.length > SIGNATURES_MAX)
    return null;
  const read = signatures.map((one) => objectOf(one)?.["sig"]);
  return read.every((sig) => typeof sig === "string") ? { payloadType, payload, signatures: read.map((sig) => ({ sig })) } : null;
}

function objectOf(value: unknown): Members | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
