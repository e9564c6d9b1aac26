import { profileOf } from "../../logic/profile.ts";
import { FactsRoot } from "../../verify/attest/facts_root.ts";
import { attestVerdict, bundleText } from "../../verify/attest/statement.ts";
import type { SigningKey } from "../../verify/signing/keys.ts";
import type { Door } from "./door.ts";
import type { GateRun } from "./gate_run.ts";
import { packageVersion } from "./version.ts";
import { writeReport } from "./write_report.ts";

export interface AttestationRequest {
  readonly key: SigningKey;
  readonly file: string;
  /** The time judged as of. */
  readonly at: string;
  readonly resource: string | null;
}

/**
 * Signs the verdict of a run, also a refusal, and writes it as an in-toto bundle. Returns what a door tells of it. A verdict about no document
 * is not signed: a Statement has a subject. Errors: `report.unwritable`.
 */
export async function attestRun(door: Door, run: GateRun, request: AttestationRequest): Promise<Readonly<Record<string, unknown>> | null> {
  const { verdict, reading, theories, base } = run;
  if (reading.subjects.length === 0) return null;
  const root = new FactsRoot();
  for (const part of reading.parts) for await (const { rows } of part.read()) root.add(part.relation, rows);
  const facts = root.finish();
  const profile = theories.map(profileOf).find((found) => found !== null) ?? null;
  const envelopes = attestVerdict(
    {
      verdict,
      subjects: reading.subjects,
      time: door.clock.now(),
      at: request.at,
      version: packageVersion(),
      profile: profile === null ? null : { name: profile.profile.name, hash: profile.hash },
      facts,
      base,
      resource: request.resource,
    },
    request.key,
  );
  await writeReport(request.file, [[bundleText(envelopes)]]);
  return { file: request.file, keyid: request.key.keyid, facts_root: facts.root };
}
