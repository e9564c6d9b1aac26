import { type AlloyDocument, bodyOf, digestOf } from "./document.ts";
import { jcsDigest, jcsForm, type Omitted } from "./jcs.ts";
import { memberOf, type PlacedJson, type PlacedObject, valueAt } from "./placed_json.ts";
import { pythonDigest } from "./python_form.ts";

/** The digest of a whole document under a named rule. */
export interface RuledDigest {
  readonly rule: string;
  readonly digest: string;
}

/**
 * The digests of what a document says under every rule that applies: `raw` its bytes; `jcs` its RFC 8785 form; `indent2` what Python's
 * `json.dumps(indent=2)` writes for it; `minus_receipt`, `jcs_minus_receipt` and `indent2_minus_receipt` the same where it has a receipt,
 * which is left out (of the raw text with the comma beside it); `unsealed` its RFC 8785 form without receipt, alloy hash and signature, where
 * its integrity block has one of these two; where it claims its own digest also `pipeline`, the RFC 8785 form of its source, stages and
 * cycles. Of an envelope these are the digests of its payload.
 */
export function documentDigests(document: AlloyDocument, claimsOwn: boolean): RuledDigest[] {
  const { text, root } = bodyOf(document);
  const raw = document.envelope === null ? document.id : digestOf(document.envelope.payload);
  const digests: RuledDigest[] = [{ rule: "raw", digest: raw }];
  const add = (rule: string, digest: string | null): void => {
    if (digest !== null) digests.push({ rule, digest });
  };
  add("jcs", jcsDigest(text, root));
  add("indent2", pythonDigest(text, root, raw));
  if (root.kind !== "object") return digests;
  if (claimsOwn) add("pipeline", pipelineDigest(text, root));
  const receipt = root.get("receipt");
  if (receipt !== undefined) {
    const omitted = new Set([receipt]);
    add("minus_receipt", digestOf(withoutMember(text, root, "receipt")));
    add("jcs_minus_receipt", jcsDigest(text, root, omitted));
    add("indent2_minus_receipt", pythonDigest(text, root, null, omitted));
  }
  const seals = sealsOf(root);
  if (seals.size > 0) add("unsealed", jcsDigest(text, root, receipt === undefined ? seals : new Set([...seals, receipt])));
  return digests;
}

function sealsOf(root: PlacedObject): Omitted {
  const integrity = valueAt(root, "results", "integrity");
  const seals = [memberOf(integrity, "alloyHash"), memberOf(integrity, "signature")];
  return new Set(seals.filter((seal) => seal !== undefined));
}

function pipelineDigest(text: string, root: PlacedObject): string | null {
  const members: string[] = [];
  for (const name of ["cycles", "source", "stages"]) {
    const value = root.get(name);
    if (value === undefined) continue;
    const form = jcsForm(text, value);
    if (form === null) return null;
    members.push(`"${name}":${form}`);
  }
  return members.length === 0 ? null : digestOf(`{${members.join(",")}}`);
}

/** The text with one member of the root cut out: from the end of what stands before it to its end, or as the first, to the next member. */
function withoutMember(text: string, root: PlacedObject, name: string): string {
  const at = root.indexOf(name);
  const { values, nameAts } = root;
  const end = (values[at] as PlacedJson).end;
  if (at > 0) return text.slice(0, (values[at - 1] as PlacedJson).end) + text.slice(end);
  const next = nameAts[1];
  return text.slice(0, nameAts[0]) + text.slice(next ?? end);
}
