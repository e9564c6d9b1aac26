import { type Changes, certifiedPayload, type Draft, sha256, signature } from "./forged_alloy.ts";

/** One way to lie, and the laws that notice, all of them. */
export interface Tampering extends Changes {
  readonly name: string;
  readonly laws: readonly string[];
  /** A change of the text where JSON's values cannot say it. */
  readonly text?: (text: string) => string;
  /** More of the policy, as TOML. */
  readonly policy?: string;
  /** When the keys are in force. */
  readonly inForce?: { readonly from?: string; readonly until?: string };
}

const flip = (digest: string): string => digest.slice(0, -1) + (digest.endsWith("0") ? "1" : "0");
const integrity = (draft: Draft): Draft => draft.results.integrity;
const humaneval = (draft: Draft): Draft => draft.results.benchmarks[0];
const device = (draft: Draft): Draft => draft.results.hardwareVerified[0];

const hashes: readonly Tampering[] = [
  { name: "a digit of the model's digest", laws: ["alloy.hash"], files: (d) => (integrity(d).modelHash = flip(integrity(d).modelHash)) },
  {
    name: "a digit of one file's digest",
    laws: ["alloy.hash"],
    files: (d) => (integrity(d).fileHashes[1].sha256 = flip(integrity(d).fileHashes[1].sha256)),
  },
  { name: "a digest that is cut", laws: ["alloy.hash_form"], files: (d) => (integrity(d).modelHash = integrity(d).modelHash.slice(0, -1)) },
  { name: "a stand-in for a digest", laws: ["alloy.hash_placeholder"], content: (d) => (integrity(d).datasets[0].hash = "sha256:pending") },
  { name: "a file left out of the composition", laws: ["alloy.hash"], files: (d) => integrity(d).fileHashes.pop() },
  {
    name: "no model digest",
    laws: ["alloy.criterion_evidence", "alloy.no_model_hash", "alloy.schema"],
    files: (d) => delete integrity(d).modelHash,
  },
  { name: "a description changed behind the signature", laws: ["alloy.hash"], sealed: (d) => (d.license = "mit") },
  {
    name: "a receipt with another digest",
    laws: ["alloy.hash"],
    sealed: (d) => (d.receipt = { alloyHash: sha256("?"), issuedAt: "2026-04-01T00:00:00Z" }),
  },
  {
    name: "a file outside of the folder",
    laws: ["alloy.filename"],
    content: (d) => (integrity(d).fileHashes[1].filename = "../../etc/passwd"),
  },
  { name: "a file listed twice", laws: ["alloy.file_twice"], content: (d) => (integrity(d).fileHashes[1].filename = "model.Q8_0.gguf") },
  { name: "evidence that the policy asks for", laws: ["alloy.evidence"], policy: '[[required_evidence]]\nwhat = "result"' },
];

const signatures: readonly Tampering[] = [
  {
    name: "a byte of the signature",
    laws: ["alloy.signature"],
    sealed: (d) => (integrity(d).signature.value = `AAAA${integrity(d).signature.value.slice(4)}`),
  },
  {
    name: "a signature that is no base64",
    laws: ["alloy.signature"],
    sealed: (d) => (integrity(d).signature.value = "?"),
  },
  {
    name: "a score changed behind the signature",
    laws: ["alloy.hash", "alloy.signature"],
    sealed: (d) => (humaneval(d).samplesPath = "eval/other.jsonl"),
  },
  { name: "no signature", laws: ["alloy.unsigned"], sealed: (d) => delete integrity(d).signature },
  {
    name: "signed by a stranger under the name of a registered key",
    laws: ["alloy.signature"],
    content: (d) => (integrity(d).signature = signature("forge", { anything: 1 }, "stranger")),
  },
  {
    name: "another key brought along",
    laws: ["alloy.key_embedded"],
    sealed: (d) => (integrity(d).signature.publicKey = signature("stranger", {}).publicKey),
  },
  {
    name: "a key that nobody registered",
    laws: ["alloy.signature_unchecked"],
    sealed: (d) => (integrity(d).signature.keyId = "forge-2"),
  },
  {
    name: "another algorithm",
    laws: ["alloy.key_algorithm"],
    sealed: (d) => (integrity(d).signature.algorithm = "ES256"),
  },
  {
    name: "an algorithm that cannot be checked",
    laws: ["alloy.signature_unchecked"],
    sealed: (d) => (integrity(d).signature.algorithm = "ML-DSA-65"),
  },
  {
    name: "a signature that covers no digest of the document",
    laws: ["alloy.signature_scope"],
    content: (d) => (integrity(d).alloyHash = undefined),
  },
  { name: "a short nonce", laws: ["alloy.nonce_short"], content: (d) => (integrity(d).nonce = "00112233") },
  { name: "no nonce", laws: ["alloy.nonce_missing"], content: (d) => delete integrity(d).nonce },
  {
    name: "one nonce for two signatures",
    laws: ["alloy.nonce_reused"],
    content: (d) => (integrity(d).nonce = integrity(d).certifications[0].nonce),
  },
  { name: "meant for somebody else", laws: ["alloy.audience"], content: (d) => (integrity(d).audience = "shop") },
];

const keys: readonly Tampering[] = [
  {
    name: "a key for other audiences",
    laws: ["alloy.key_audience"],
    policy: '[[key_audience]]\nkey = "forge"\naudience = "shop"',
  },
  {
    name: "a key that was revoked before the judgement",
    laws: ["alloy.key_revoked"],
    policy: '[[revoked_key]]\nkey = "forge"\nat = "2026-05-01T00:00:00Z"',
  },
  {
    name: "a key that another one had superseded",
    laws: ["alloy.key_superseded"],
    policy: '[[superseded_key]]\nkey = "forge"\nby = "forge-2"\nat = "2026-03-01T00:00:00Z"',
  },
  {
    name: "signed before the key was in force",
    laws: ["alloy.certification", "alloy.key_period", "alloy.quorum"],
    inForce: { from: "2026-04-01T00:00:00Z" },
  },
  { name: "signed when the key was not in force any more", laws: ["alloy.key_period"], inForce: { until: "2026-03-28T14:20:00Z" } },
  { name: "attested after the judgement", laws: ["alloy.time_future"], content: (d) => (integrity(d).attestedAt = "2026-07-01T00:00:00Z") },
  {
    name: "attested before it was completed",
    laws: ["alloy.time_order"],
    content: (d) => (d.results.completedAt = "2026-03-29T00:00:00Z"),
  },
];

const trust: readonly Tampering[] = [
  { name: "a higher trust level", laws: ["alloy.trust"], content: (d) => (integrity(d).trustLevel = "enclave") },
  { name: "a trust level that is none", laws: ["alloy.choice"], content: (d) => (integrity(d).trustLevel = "absolute") },
  { name: "verified by the author's own key", laws: ["alloy.trust"], content: verifiedByAuthor },
  { name: "a certification by one's own key", laws: ["alloy.quorum", "alloy.self_certified"], content: selfCertified },
  {
    name: "a certification of another score",
    laws: ["alloy.certified_result"],
    content: (d) => (integrity(d).certifications[0].result.score = 84.1),
  },
  {
    name: "a certification whose result was changed",
    laws: ["alloy.certification", "alloy.certified_result", "alloy.hash", "alloy.quorum", "alloy.signature"],
    sealed: (d) => (integrity(d).certifications[0].result.score = 84.1),
  },
  { name: "no certification", laws: ["alloy.quorum"], content: (d) => (integrity(d).certifications = []) },
  {
    name: "a certification without a signature",
    laws: ["alloy.certification", "alloy.quorum"],
    content: (d) => (integrity(d).certifications[0].signature = undefined),
  },
];

const stages: readonly Tampering[] = [
  { name: "stages in another order", laws: ["alloy.stage_order"], content: (d) => d.stages.unshift(...d.stages.splice(3, 1)) },
  { name: "a stage that nobody knows", laws: ["alloy.stage"], content: (d) => (d.stages[2] = { type: "polish" }) },
  { name: "a digest in the chain", laws: ["alloy.stage_chain"], files: (d) => (d.stages[1].outputHash = flip(d.stages[1].outputHash)) },
  { name: "a stage that does not tell what went in", laws: ["alloy.stage_gap"], files: (d) => delete d.stages[2].inputHash },
  { name: "a chain that ends elsewhere", laws: ["alloy.stage_end"], content: (d) => (d.stages[4].outputHash = sha256("elsewhere")) },
  { name: "a chain that begins elsewhere", laws: ["alloy.parent_output"], content: (d) => (d.stages[0].inputHash = sha256("elsewhere")) },
  { name: "no stages", laws: ["alloy.no_stage"], content: (d) => (d.stages = []) },
];

const lineage: readonly Tampering[] = [
  {
    name: "a parent that nobody knows",
    laws: ["alloy.parent_unknown"],
    content: (d) => (d.derivedFrom.alloyHash = flip(d.derivedFrom.alloyHash)),
  },
  { name: "a parent without a digest", laws: ["alloy.parent_null", "alloy.schema"], content: (d) => (d.derivedFrom.alloyHash = null) },
  { name: "another model of the parent", laws: ["alloy.parent_model"], content: (d) => (d.derivedFrom.modelHash = sha256("another")) },
  {
    name: "a document that is its own parent",
    laws: ["alloy.parent_cycle", "alloy.unknown_member"],
    sealed: (d) => (d.receipt = { issuedAt: "2026-04-01T00:00:00Z", parentAlloyHash: integrity(d).alloyHash }),
  },
];

const shape: readonly Tampering[] = [
  { name: "a version that is none", laws: ["alloy.version"], content: (d) => (d.version = "1.2") },
  { name: "no name", laws: ["alloy.name"], content: (d) => (d.name = "") },
  { name: "a domain that nobody describes", laws: ["alloy.domain"], content: (d) => d.domains.push("carpentry") },
  { name: "the byte of another domain", laws: ["alloy.type_byte"], content: (d) => (d.typeByte = "04") },
  { name: "no base model", laws: ["alloy.missing"], content: (d) => delete d.source.baseModel },
  { name: "a level that is a text", laws: ["alloy.type"], content: (d) => (d.stages[0].level = "0.3") },
  { name: "a level past its bounds", laws: ["alloy.bound"], content: (d) => (d.stages[0].level = 0.95) },
  { name: "a strategy that is none", laws: ["alloy.choice"], content: (d) => (d.stages[0].strategy = "hope") },
  { name: "a member that nobody knows", laws: ["alloy.unknown_member"], content: (d) => (d.approved = true) },
  { name: "a date in another form", laws: ["alloy.schema"], content: (d) => (d.results.completedAt = "2026-03-28T09:00:00-0500") },
  { name: "thresholds that fall", laws: ["alloy.threshold_order"], content: (d) => (d.stages[2].deadThreshold = 0.25) },
  { name: "a member told twice", laws: ["alloy.repeated"], text: (text) => text.replace('"cycles": 2', '"cycles": 2, "cycles": 2') },
  {
    name: "a number past 64 bits",
    laws: ["alloy.hash", "alloy.number"],
    text: (text) => text.replace('"size": 7000000', '"size": 70000000000000000000'),
  },
  { name: "no JSON", laws: ["alloy.unread"], text: (text) => text.slice(0, -2) },
];

const numbers: readonly Tampering[] = [
  {
    name: "a score",
    laws: ["alloy.certified_result", "alloy.delta", "alloy.percentage"],
    content: (d) => (humaneval(d).score = humaneval(d).metrics.score = 76.1),
  },
  { name: "a difference", laws: ["alloy.delta"], content: (d) => (humaneval(d).delta = -2.7) },
  { name: "a score that is not that of its parts", laws: ["alloy.percentage"], content: (d) => (humaneval(d).metrics.passing = 60) },
  { name: "more passed than there are", laws: ["alloy.part", "alloy.percentage"], content: (d) => (humaneval(d).metrics.passing = 86) },
  {
    name: "an improvement",
    laws: ["alloy.improvement"],
    content: (d) => (d.results.improvementPct = d.results.benchmarks[1].metrics.improvement = 32.7),
  },
  {
    name: "a perplexity in one of two places",
    laws: ["alloy.told_twice"],
    content: (d) => (d.results.benchmarks[1].metrics = { baseline: 3.1382 }),
  },
  { name: "experts that do not add up", laws: ["alloy.experts"], content: (d) => (d.stages[1].expertsDropped = 700) },
  { name: "a share of experts", laws: ["alloy.percentage"], content: (d) => (d.stages[1].prunePct = 35) },
  {
    name: "more parameters than there were",
    laws: ["alloy.parameters"],
    content: (d) => (d.source.totalParamsB = d.source.activeParamsB = 2.1),
  },
  {
    name: "a size that the parameters cannot have",
    laws: ["alloy.size"],
    content: (d) => (device(d).sizeGb = d.stages[3].tiers.Q8_0.sizeGb = 1.3),
  },
  { name: "a size that the files do not come to", laws: ["alloy.shard_sum"], content: (d) => (d.results.finalSizeGb = 2.3) },
  { name: "the size of a file", laws: ["alloy.shard_sum"], content: (d) => (integrity(d).fileHashes[0].size = 6_290_000_000) },
  { name: "verified on a device that is too small", laws: ["alloy.memory"], content: (d) => (device(d).vramGb = 3) },
  { name: "a tier that does not fit", laws: ["alloy.tier"], content: (d) => (d.stages[3].tiers.Q8_0.fitsVramGb = 2) },
  {
    name: "a minimum in another unit",
    laws: ["alloy.criterion_unit"],
    content: (d) => (d.acceptanceCriteria.benchmarks.humaneval.min = 70),
  },
  {
    name: "a minimum that is not reached",
    laws: ["alloy.criterion"],
    content: (d) => (d.acceptanceCriteria.benchmarks.humaneval.min = 0.75),
  },
  {
    name: "a criterion that nothing is told of",
    laws: ["alloy.criterion_open"],
    content: (d) => (d.acceptanceCriteria.benchmarks.mmlu = { min: 0.5 }),
  },
  { name: "more memory than allowed", laws: ["alloy.criterion_memory"], content: (d) => (d.acceptanceCriteria.hardware.maxVramGb = 3.4) },
  { name: "samples that are asked for", laws: ["alloy.criterion_evidence"], content: (d) => delete d.results.benchmarks[1].samplesPath },
  { name: "a threshold that is not reached", laws: ["alloy.threshold"], content: (d) => (d.stages[4].passingThreshold = 80) },
  {
    name: "a correction without a reason",
    laws: ["alloy.correction"],
    content: (d) => (humaneval(d).scoreCorrection = { previousValue: 80.1, correctedAt: "2026-03-28T14:20:00Z" }),
  },
  {
    name: "a correction that corrects nothing",
    laws: ["alloy.correction_same"],
    content: (d) => (humaneval(d).scoreCorrection = correction(74.1)),
  },
];

/** Every way to tamper with the forged alloy that one document alone betrays. */
export const tamperings: readonly Tampering[] = [...hashes, ...signatures, ...keys, ...trust, ...stages, ...lineage, ...shape, ...numbers];

/** A record of a corrected score, as the laws ask for it. */
export function correction(previousValue: number): Draft {
  return { previousValue, reason: "counted by the canonical rule", correctedAt: "2026-03-28T14:20:00Z" };
}

function selfCertified(draft: Draft): void {
  const [one] = integrity(draft).certifications;
  one.signature = signature("forge", certifiedPayload(one));
}

function verifiedByAuthor(draft: Draft): void {
  draft.author = "forge-works";
  integrity(draft).trustLevel = "verified";
}
