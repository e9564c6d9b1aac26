import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import canonicalize from "canonicalize";
import { folderOf } from "./alloys.ts";

/** A document that tests may change at will. */
// biome-ignore lint/suspicious/noExplicitAny: tamperers reach into any member of a JSON document
export type Draft = any;

/** Changes to a document at three moments of its making. */
export interface Changes {
  /** Before any digest is made: a lie that is sealed. */
  readonly content?: (draft: Draft) => void;
  /** Between the digests of its files and those of itself: a lie about files that is sealed. */
  readonly files?: (draft: Draft) => void;
  /** After it is signed: a forgery by somebody else. */
  readonly sealed?: (draft: Draft) => void;
}

export const sha256 = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const jcs = (value: unknown): string => canonicalize(value) as string;

/** The Ed25519 key of a name, the same in every run. */
export function keyOf(name: string): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const seed = createHash("sha256").update(name).digest();
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** A signature by the key of a name, in the form that alloys carry. */
export function signature(key: string, payload: unknown, signer = key): Draft {
  const { publicKey } = keyOf(key);
  return {
    algorithm: "EdDSA",
    keyId: key,
    publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64url"),
    value: sign(null, Buffer.from(jcs(payload)), keyOf(signer).privateKey).toString("base64url"),
  };
}

const OWNERS = { forge: "forge-works", lab: "eval-lab" } as const;

/** A policy that knows the keys `forge` and `lab`, when they are in force, their owners and what these are able to do; more of it as TOML. */
export function policyOf(more = "", { from = "2026-01-01T00:00:00Z", until = "2027-01-01T00:00:00Z" } = {}): Promise<string> {
  const keys = Object.entries(OWNERS).map(([key, owner]) => {
    const pem = keyOf(key).publicKey.export({ format: "pem", type: "spki" });
    const dates = `from = "${from}"\nuntil = "${until}"`;
    return `[[registered_key]]\nkey = "${key}"\nalgorithm = "EdDSA"\nowner = "${owner}"\n${dates}\npublic_key = """\n${pem}"""\n`;
  });
  const roles = [
    '[[key_level]]\nkey = "forge"\nlevel = "verified"',
    '[[own_audience]]\naudience = "ci"',
    '[[skilled]]\nparty = "eval-lab"\nskill = "eval"\nfrom = 0\nuntil = 4102444800',
    '[[quorum]]\ndomain = "llm-forge"\nsigners = 1\nskill = "eval"',
  ];
  return folderOf({ "policy.toml": [...keys, ...roles, more].join("\n\n") });
}

const MODEL_FILE = sha256("the weights");
const PARENT_MODEL = sha256("the weights of the parent");

/** The proof of a parent from which `forgedAlloy` descends, as text, and its id. */
export function parentAlloy(): { readonly text: string; readonly id: string } {
  const text = make(
    {
      name: "base-forged",
      version: "1.0.0",
      author: "forge-lab",
      source: { baseModel: "org/base-4b", architecture: "llama" },
      stages: [{ type: "train", domain: "code", steps: 500, learningRate: "2e-4" }],
      cycles: 1,
      results: {
        completedAt: "2026-02-01T10:00:00Z",
        integrity: {
          trustLevel: "self-attested",
          code: { runner: "forge", version: "1.0.0", binaryHash: sha256("runner") },
          modelHash: PARENT_MODEL,
          attestedAt: "2026-02-01T10:05:00Z",
          nonce: createHash("md5").update("parent").digest("hex"),
          audience: "ci",
          certifications: [certification("perplexity", { final: 2.5 }, "2026-02-01T10:01:00Z")],
        },
      },
    },
    {},
  );
  return { text, id: sha256(text) };
}

function certification(benchmark: string, result: object, attestedAt: string): Draft {
  const nonce = createHash("md5").update(attestedAt).digest("hex");
  return { adapter: "eval-lab/judge", version: "1.0.0", domain: `benchmark:${benchmark}`, attestedAt, nonce, result };
}

/** A proof that keeps every law of every profile, but for the changes. */
export function forgedAlloy(changes: Changes = {}): string {
  const draft = {
    name: "base-forged-compact",
    version: "1.2.0",
    author: "forge-lab",
    license: "apache-2.0",
    domains: ["llm-forge"],
    typeByte: "01",
    source: { baseModel: "forge-lab/base-forged", architecture: "llama", totalParamsB: 4.1, activeParamsB: 4.1, numExpertsPerLayer: 64 },
    stages: [
      { type: "prune", strategy: "entropy", level: 0.3 },
      {
        type: "expert-prune",
        keepExperts: 48,
        keepExpertsPerLayer: 48,
        originalExpertsPerLayer: 64,
        prunePct: 25,
        expertsDropped: 768,
        expertsRenamed: 2304,
      },
      { type: "compact", deadThreshold: 0.1, dormantThreshold: 0.2, lowThreshold: 0.3, mediumThreshold: 0.5, highThreshold: 0.7 },
      { type: "quant", format: "gguf", quantTypes: ["Q8_0"], tiers: { Q8_0: { sizeGb: 3.3, fitsVramGb: 8 } } },
      { type: "eval", benchmarks: [{ name: "humaneval" }], passingThreshold: 60 },
    ],
    cycles: 2,
    hardware: { minVramGb: 4, recommendedVramGb: 8 },
    acceptanceCriteria: {
      benchmarks: { humaneval: { min: 0.7, anchorDelta: -5 } },
      hardware: { maxVramGb: 10.5 },
      integrity: { modelHashRequired: true, samplesPathRequired: true },
    },
    derivedFrom: { repo: "forge-lab/base-forged", kind: "compact", alloyHash: parentAlloy().id, modelHash: PARENT_MODEL },
    results: results(),
  };
  return make(draft, changes);
}

function results(): Draft {
  const perplexity = { baseline: 3.0382, final: 2.3487, improvement: 22.7 };
  return {
    completedAt: "2026-03-28T14:00:00Z",
    baselinePerplexity: perplexity.baseline,
    finalPerplexity: perplexity.final,
    improvementPct: perplexity.improvement,
    finalSizeGb: 3.3,
    forgedParamsB: 3.1,
    activeParamsB: 3.1,
    benchmarks: [
      {
        name: "humaneval",
        metrics: { passing: 63, total: 85, score: 74.1 },
        score: 74.1,
        baseScore: 77.8,
        delta: -3.7,
        samplesPath: "eval/samples.jsonl",
        resultHash: sha256("the samples"),
      },
      { name: "perplexity", metrics: perplexity, samplesPath: "eval/perplexity.jsonl" },
    ],
    hardwareVerified: [
      {
        device: "NVIDIA GeForce RTX 3060",
        format: "Q8_0",
        sizeGb: 3.3,
        vramGb: 12,
        memoryUsageGb: 4.5,
        tokensPerSec: 60.5,
        verified: true,
      },
    ],
    integrity: {
      trustLevel: "self-attested",
      code: { runner: "forge", version: "1.0.0", binaryHash: sha256("runner") },
      attestedAt: "2026-03-28T14:30:00Z",
      datasets: [{ name: "humaneval", hash: sha256("the data set") }],
      fileHashes: [
        { filename: "model.Q8_0.gguf", sha256: MODEL_FILE.slice("sha256:".length), size: 3_290_000_000 },
        { filename: "tokenizer.json", sha256: sha256("the tokenizer").slice("sha256:".length), size: 7_000_000 },
      ],
      nonce: createHash("md5").update("a nonce").digest("hex"),
      audience: "ci",
      certifications: [certification("humaneval", { score: 74.1 }, "2026-03-28T14:15:00Z")],
    },
  };
}

/** What the signature of a proof signs, as the format's documents describe it. */
export function signedPayload({ results: { benchmarks, integrity } }: Draft): unknown {
  const { alloyHash, attestedAt, audience, code, datasets, modelHash, nonce } = integrity;
  const datasetHashes = datasets?.map(({ hash }: Draft) => hash);
  return { alloyHash, attestedAt, audience, benchmarkResults: benchmarks, codeHash: sha256(jcs(code)), datasetHashes, modelHash, nonce };
}

/** What the signature of a certification signs. */
export function certifiedPayload({ adapter, attestedAt, domain, nonce, result, version }: Draft): unknown {
  return { adapter, attestedAt, domain, nonce, result, version };
}

/** Chains the stages, composes the model's digest, certifies, and signs; a member that is told already, as undefined even, stays as it is. */
function make(draft: Draft, { content, files, sealed }: Changes): string {
  content?.(draft);
  const { integrity } = draft.results;
  if (draft.derivedFrom !== undefined) chain(draft.stages);
  if (integrity.fileHashes !== undefined) tell(integrity, "modelHash", () => sha256(jcs(shardList(integrity.fileHashes))));
  files?.(draft);
  for (const one of integrity.certifications ?? []) tell(one, "signature", () => signature("lab", certifiedPayload(one)));
  tell(integrity, "alloyHash", () => sha256(jcs(draft)));
  tell(integrity, "signature", () => signature("forge", signedPayload(draft)));
  sealed?.(draft);
  return JSON.stringify(draft, null, 2);
}

function tell(holder: Draft, member: string, value: () => unknown): void {
  if (!(member in holder)) holder[member] = value();
}

function chain(stages: Draft[]): void {
  for (const [index, stage] of stages.entries()) {
    tell(stage, "inputHash", () => (index === 0 ? PARENT_MODEL : stages[index - 1].outputHash));
    tell(stage, "outputHash", () => (index === stages.length - 1 ? MODEL_FILE : sha256(`after stage ${index}`)));
  }
}

function shardList(files: readonly Draft[]): unknown {
  return files.map(({ filename, sha256: digest }) => ({ filename, sha256: digest })).toSorted((a, b) => (a.filename < b.filename ? -1 : 1));
}
