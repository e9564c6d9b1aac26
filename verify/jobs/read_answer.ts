import { AssayError } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { deltaOf } from "../../schema/delta_wire.ts";
import { readExactJson } from "../../schema/exact_json.ts";

/**
 * The delta that a model's answer says. Nothing of it is believed: it is read exactly, may touch only `relations`, and speaks for
 * `proposer`, whatever it says of itself. Errors: `job.answer` for what is no delta or touches another relation.
 */
export function readAnswer(
  text: string,
  relations: ReadonlySet<string>,
  head: { readonly proposer: string; readonly reason: string },
): ProposedDelta {
  const delta = readDelta(text, head);
  const touched = [...delta.assert.keys(), ...delta.retract.keys()];
  const other = touched.find((name) => !relations.has(name));
  if (other !== undefined) throw new AssayError("job.answer", `the answer touches \`${other}\`, which the job may not write`);
  const side = (rows: ProposedDelta["assert"]): ProposedDelta["assert"] => new Map([...rows].filter(([, list]) => list.length > 0));
  return { ...delta, assert: side(delta.assert), retract: side(delta.retract), base: null, key: null };
}

function readDelta(text: string, { proposer, reason }: { readonly proposer: string; readonly reason: string }): ProposedDelta {
  try {
    const value = readExactJson(text, { source: null });
    if (!(value instanceof Map)) throw new AssayError("job.answer", "the answer is no JSON object");
    return deltaOf(new Map([...value, ["proposer", proposer], ["reason", reason]]), null);
  } catch (cause) {
    if (!(cause instanceof AssayError) || cause.code === "job.answer") throw cause;
    throw new AssayError("job.answer", `the answer is no delta: ${cause.detail}`, { cause });
  }
}
