import { hash } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Adapter, AdapterFacts } from "../adapter.ts";
import type { GateAdapter, GateFacts, GateSource, GateSubject } from "../gate_adapter.ts";
import { type ChainDocument, readChain } from "./chain_document.ts";
import { addChain, addRepository, ChainFacts } from "./chain_facts.ts";
import { readHistory } from "./history.ts";

/** Where a repository keeps its chain, unless a file is named. */
const USUAL = [".attestation/chain.json", "attestation/chain.json", "attestation-chain.json"];
const KIND = /"type"\s*:\s*"repo-attestation"/;
const BEGINNING_BYTES = 4096;

/**
 * Reads the attestation chain of a git repository, a JSON file, as the base relations of the theory `gitchain`: what it claims, and each
 * link recomputed. Errors (`AssayError`): those of `readChain`, a file that cannot be read.
 */
export const gitchainAdapter: Adapter = {
  theory: "gitchain",
  accepts: isChain,
  read: async (path, { limits }) => (await readChains([{ path }], null, limits)) satisfies AdapterFacts,
};

/** The same for the gate, held against the repository at `repository` where that is not null: its chain, or the files named. */
export function gitchainGate(repository: string | null): GateAdapter {
  return { theory: "gitchain", read: (sources, { limits }) => readChains(sources, repository, limits) };
}

async function isChain(path: string): Promise<boolean> {
  if (!path.endsWith(".json")) return false;
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
    return KIND.test(buffer.toString("latin1", 0, bytesRead));
  } catch {
    return false;
  }
}

async function readChains(sources: readonly GateSource[], repository: string | null, limits: Limits): Promise<GateFacts> {
  const named = sources.length > 0 || repository === null ? sources : [{ path: await usualChain(repository) }];
  const sheet = new ChainFacts();
  const subjects: GateSubject[] = [];
  const chains: Record<string, unknown>[] = [];
  for (const source of named) {
    const name = "path" in source ? source.path : source.name;
    const bytes = "path" in source ? await readBytes(source.path, limits) : source.bytes;
    const document = readChain(Buffer.from(bytes).toString("utf8"), name, limits);
    subjects.push({ name, sha256: hash("sha256", bytes, "hex") });
    const recomputed = addChain(sheet, document);
    const history = repository === null ? null : await readHistory(repository, tipOf(document), limits);
    const real = history === null ? null : addRepository(sheet, document, history);
    chains.push({ chain: name, links: document.links.length, recomputed, ...(real === null ? {} : { repository: real }) });
  }
  return {
    facts: sheet.facts,
    places: sheet.places,
    quarantined: [],
    events: [],
    subjects,
    replaces: ["chain", "claimed_head", "claimed_count", "repository", "foreign_tip"],
    summary: { chains },
  };
}

function tipOf({ links }: ChainDocument): string | null {
  const last = links.at(-1);
  return last !== undefined && "commit" in last ? last.commit : null;
}

async function usualChain(repository: string): Promise<string> {
  for (const name of USUAL) {
    const path = join(repository, name);
    if ((await stat(path).catch(() => null))?.isFile() === true) return path;
  }
  throw new AssayError("git.no_chain", `\`${repository}\` has none of ${USUAL.map((name) => `\`${name}\``).join(", ")}`, {
    place: repository,
  });
}

async function readBytes(path: string, limits: Limits): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > limits.json_bytes) throw new AssayError("limit.json_bytes", `it has more than ${limits.json_bytes} bytes`, { place: path });
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof AssayError || !(cause instanceof Error) || !("code" in cause)) throw cause;
    const code = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "ingest.not_found" : "ingest.unreadable";
    throw new AssayError(code, `\`${path}\` cannot be read: ${String(cause.code)}`, { place: path, cause });
  }
}
