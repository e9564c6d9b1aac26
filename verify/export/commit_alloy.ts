import { createHash, hash } from "node:crypto";
import { type CanonicalInput, canonicalJson, sha256 } from "../../schema/canonical.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { verdictJson } from "../../schema/verdict_wire.ts";
import { commitLeaf } from "../ledger/leaf.ts";
import type { InclusionProof } from "../ledger/proof.ts";
import type { LogEntry } from "../log.ts";
import type { SigningAlgorithm, SigningKey } from "../signing/keys.ts";

/** A commit with what is stored beside it. */
export interface ExportedCommit {
  readonly entry: LogEntry;
  /** The delta's stored form. */
  readonly delta: string;
  readonly verdict: Verdict;
  /** That its leaf is the last of a ledger of that size. */
  readonly proof: InclusionProof;
  readonly version: string;
}

/** An alloy and the files that it lists, by name. */
export interface CommitAlloy {
  readonly alloy: string;
  readonly files: ReadonlyMap<string, string>;
}

/** What alloys call the algorithms. */
const ALGORITHMS: Readonly<Record<SigningAlgorithm, string>> = { ed25519: "EdDSA", "ecdsa-p256-sha256": "ES256" };
const NONCE_BYTES = 16;

/**
 * A commit as an alloy of the domain `verification`, which another Assay can gate: the stage is the verdict, the files are the log's entry,
 * the delta and the verdict, `modelHash` binds them as a list of shards. The same commit gives the same bytes at any time, so that its name and
 * version have one content; with `key` its integrity block is signed.
 */
export function commitAlloy(commit: ExportedCommit, key: SigningKey | null): CommitAlloy {
  const files = new Map([
    ["delta.json", commit.delta],
    ["entry.json", commitLeaf(commit.entry)],
    ["verdict.json", verdictJson(commit.verdict)],
  ]);
  const integrity = integrityOf(commit, files);
  const alloyHash = sha256(canonicalJson(documentOf(commit, integrity)));
  const sealed = { ...integrity, alloyHash };
  const signature = key === null ? {} : { signature: signatureOf(sealed, key) };
  return { alloy: `${JSON.stringify(documentOf(commit, { ...sealed, ...signature }), null, 2)}\n`, files };
}

function documentOf({ entry, verdict, proof }: ExportedCommit, integrity: Integrity) {
  const { head, index, path } = proof;
  const { hash: entryHash, ...commit } = entry;
  const { laws, facts } = verdict.checked;
  return {
    name: `assay-commit-${entry.seq}-${hexOf(entryHash).slice(0, 16)}`,
    version: "1.0.0",
    description: `commit ${entry.seq} of a fact base, judged by ${Object.keys(entry.theories).toSorted().join(", ") || "no theory"}`,
    author: entry.proposer,
    typeByte: "ff",
    domains: ["verification"],
    cycles: 1,
    source: { kind: "assay-ledger", ledger: head.root, size: head.size },
    stages: [
      { type: "verify", theories: entry.theories, verdict: "accepted", laws, facts, violations: verdict.total, engine: verdict.engine },
    ],
    results: {
      completedAt: entry.time,
      commit: { ...commit, hash: entryHash },
      proof: { index, size: head.size, root: head.root, path },
      integrity,
    },
  } satisfies CanonicalInput;
}

type Integrity = { readonly [member: string]: CanonicalInput };

function integrityOf({ entry, version }: ExportedCommit, files: ReadonlyMap<string, string>): Integrity {
  const fileHashes = [...files].map(([filename, text]) => ({
    filename,
    sha256: hash("sha256", text, "hex"),
    size: Buffer.byteLength(text),
  }));
  const shards = fileHashes.map(({ filename, sha256: digest }) => `{"filename":"${filename}","sha256":"${digest}"}`);
  return {
    trustLevel: "self-attested",
    code: { runner: "assay", version, binaryHash: sha256(canonicalJson(entry.theories)) },
    modelHash: sha256(`[${shards.join(",")}]`),
    fileHashes,
    nonce: createHash("sha256").update(`nonce ${entry.hash}`).digest().subarray(0, NONCE_BYTES).toString("base64url"),
    attestedAt: entry.time,
  };
}

/** Signs what alloys sign: the RFC 8785 form of the members that bind a document. */
function signatureOf({ alloyHash, attestedAt, code, modelHash, nonce }: Integrity, key: SigningKey) {
  const payload = canonicalJson({ alloyHash, attestedAt, codeHash: sha256(canonicalJson(code)), modelHash, nonce });
  return {
    algorithm: ALGORITHMS[key.algorithm],
    keyId: key.keyid,
    publicKey: Buffer.from(key.spki).toString("base64url"),
    value: Buffer.from(key.sign(Buffer.from(payload))).toString("base64url"),
  };
}

function hexOf(digest: string): string {
  return digest.slice("sha256:".length);
}
