/** What a digest is claimed of; null where a string at that place claims none. */
export type Claimed = string | null;

const BY_NAME: ReadonlyMap<string, string> = new Map([
  ["modelHash", "model"],
  ["resultHash", "result"],
  ["baseResultHash", "base_result"],
  ["cardHash", "card"],
  ["binaryHash", "binary"],
  ["sourceHash", "source_code"],
  ["environmentHash", "environment"],
  ["adapterHash", "adapter"],
  ["harnessHash", "harness"],
  ["parentAlloyHash", "parent"],
  ["inputHash", "input"],
  ["outputHash", "output"],
  ["prevHash", "previous"],
  ["calibrationCorpusSha256", "corpus"],
  ["contractHash", "contract"],
  ["contract_hash", "contract"],
  ["artifactHash", "artifact"],
  ["artifact_hash", "artifact"],
  ["fixtureHash", "fixture"],
  ["fixture_hash", "fixture"],
  ["methodologyHash", "methodology"],
  ["methodology_hash", "methodology"],
  ["methodologyVersionHash", "methodology"],
  ["methodology_version_hash", "methodology"],
]);

/** Items of lists, and the member `hash` of objects in them. */
const BY_LIST: ReadonlyMap<string, string> = new Map([
  ["inputHashes", "input"],
  ["outputHashes", "output"],
  ["inputs", "input"],
  ["outputs", "output"],
  ["fixtureHashes", "fixture"],
  ["fixture_hashes", "fixture"],
]);

/** Objects whose members, named by tests, are digests of fixtures. */
const FIXTURES: ReadonlySet<string> = new Set(["fixtureHashes", "fixture_hashes"]);

/**
 * What a string claims the digest of, by the name of its member, that of the value that holds it, and that of the value that holds that:
 * `hash`, `0`, `datasets` for `/results/integrity/datasets/0/hash`. An item of a list has its index for a name.
 */
export function claimedBy(member: string, holder: string, outer: string): Claimed {
  if (FIXTURES.has(holder)) return "fixture";
  const last = member.charCodeAt(member.length - 1);
  if (last === 104) return hashClaim(member, holder, outer);
  if (member === "sha256") return sha256Claim(holder, outer);
  if (last === 54 && member === "calibrationCorpusSha256") return "corpus";
  if (last >= 48 && last <= 57) return BY_LIST.get(holder) ?? null;
  if (member === "contract_id") return "contract";
  return null;
}

function hashClaim(member: string, holder: string, outer: string): Claimed {
  if (member === "hash") {
    if (outer === "datasets") return "dataset";
    return BY_LIST.get(outer) ?? null;
  }
  if (member === "alloyHash") {
    if (holder === "derivedFrom") return "parent";
    return holder === "receipt" || holder === "integrity" ? "alloy" : "other";
  }
  if (member === "modelHash" && holder === "derivedFrom") return "parent_model";
  return BY_NAME.get(member) ?? (/(?:Hash|_hash)$/.test(member) ? "other" : null);
}

function sha256Claim(holder: string, outer: string): Claimed {
  if (outer === "fileHashes") return "file";
  if (outer === "calibrationCorpora") return "corpus";
  if (holder === "digest") return "artifact";
  return "other";
}

const WELL_FORMED = /^(?:sha256:)?([0-9a-fA-F]{64})$/;

/** A claimed digest in one form: `sha256:` and lower-case digits where it is well-formed, else as it is written. */
export function normalDigest(text: string): string {
  if (text.length === 71 && text.startsWith("sha256:") && LOWER.test(text)) return text;
  const digits = WELL_FORMED.exec(text)?.[1];
  return digits === undefined ? text : `sha256:${digits.toLowerCase()}`;
}

const LOWER = /^sha256:[0-9a-f]{64}$/;
