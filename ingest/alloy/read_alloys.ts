import { hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { GateSource, GateSubject } from "../gate_adapter.ts";
import { type AlloyDocument, bodyOf, readDocument } from "./document.ts";
import { documentDigests } from "./document_digests.ts";
import { documentBytes, documentPaths, fileSha256 } from "./document_files.ts";
import { type FileClaim, measureClaims } from "./measure_claims.ts";
import { Places } from "./places.ts";
import { type AlloyTables, checkCount, makeTables } from "./sheet.ts";
import { addSignatures, type KeyRing } from "./signatures.ts";
import { addTreeFacts } from "./tree_facts.ts";

/** Documents read and measured, but for the files they speak of. */
export interface ReadAlloys {
  readonly tables: AlloyTables;
  readonly subjects: readonly GateSubject[];
  readonly files: readonly FileClaim[];
}

export interface ReadAlloysOptions {
  readonly limits: Limits;
  readonly ring: KeyRing;
  /** The time to judge as of, in seconds since 1970. */
  readonly at: number;
  readonly onProgress: (text: string) => void;
}

const DETAIL_UNITS = 1000;
/** Documents read between two looks at whatever else waits. */
const BATCH = 200;

/**
 * Reads documents and measures what can be measured of them without other files. What a document does wrong (it is no JSON, too deep, too
 * large, not there any more) is the fact `unread`. Equal bytes under two names are one document with two `file` facts.
 * Errors: those of `documentPaths`, `ingest.unreadable` for a file that is named itself, `limit.alloy_documents`, `limit.alloy_facts`.
 */
export async function readAlloys(sources: readonly GateSource[], options: ReadAlloysOptions): Promise<ReadAlloys> {
  const reading = new AlloyReading(options);
  const found = sources.flatMap<DocumentFile | GivenBytes>((source) =>
    "path" in source ? filesOf(source.path, options.limits) : [source],
  );
  const { alloy_documents } = options.limits;
  if (found.length > alloy_documents) {
    throw new AssayError("limit.alloy_documents", `there are ${found.length} documents, the bound alloy_documents is ${alloy_documents}`);
  }
  for (const [index, source] of found.entries()) {
    if (index % BATCH === BATCH - 1) {
      options.onProgress(`reading documents: ${index + 1} of ${found.length}`);
      checkCount(reading.tables, options.limits);
      await setImmediate();
    }
    if ("path" in source) reading.readFile(source);
    else reading.readBytes(source.bytes, source.name);
  }
  checkCount(reading.tables, options.limits);
  return reading;
}

type GivenBytes = Exclude<GateSource, { readonly path: string }>;

interface DocumentFile {
  readonly path: string;
  /** Whether the caller named it, and did not only name a folder that it lies in. */
  readonly isNamed: boolean;
}

function filesOf(path: string, limits: Limits): DocumentFile[] {
  return documentPaths(path, limits).map((found) => ({ path: found, isNamed: found === path }));
}

class AlloyReading implements ReadAlloys {
  readonly tables: AlloyTables;
  readonly subjects: GateSubject[] = [];
  readonly files: FileClaim[] = [];
  readonly #options: ReadAlloysOptions;
  readonly #places: Places;
  readonly #names = new Set<string>();

  constructor(options: ReadAlloysOptions) {
    this.#options = options;
    this.#places = new Places(options.limits);
    this.tables = makeTables(this.#places);
  }

  /** Errors: `ingest.unreadable` for a file that the caller named. */
  readFile({ path, isNamed }: DocumentFile): void {
    const name = path.replaceAll("\0", "").toWellFormed();
    if (this.#names.has(name)) return;
    let bytes: Uint8Array;
    try {
      bytes = documentBytes(path, this.#options.limits);
    } catch (error) {
      if (!(error instanceof AssayError) || (isNamed && error.code === "ingest.unreadable")) throw error;
      this.#addUnread(name, error, error.code === "limit.alloy_bytes" ? fileSha256(path) : null);
      return;
    }
    this.readBytes(bytes, name);
  }

  readBytes(bytes: Uint8Array, name: string): void {
    if (this.#names.has(name)) return;
    try {
      this.#add(readDocument(bytes, name, this.#options.limits));
      this.#names.add(name);
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      this.#addUnread(name, error, hash("sha256", bytes, "hex"));
    }
  }

  #addUnread(name: string, error: AssayError, sha256: string | null): void {
    this.#names.add(name);
    this.tables.unread.add(name, error.code, error.detail.replaceAll("\0", "\\0").slice(0, DETAIL_UNITS).toWellFormed());
    this.#places.addUnread(name, error.place ?? name);
    if (sha256 !== null) this.subjects.push({ name, sha256 });
  }

  #add(document: AlloyDocument): void {
    const { tables } = this;
    const { id, path } = document;
    tables.file.add(id, path);
    if (!this.#places.add(document)) return;
    this.subjects.push({ name: path, sha256: id.slice("sha256:".length) });
    tables.judged.add(id, this.#options.at);
    const body = bodyOf(document);
    const payload = body.pointer === "" ? null : body.root;
    const claims = addTreeFacts(tables, id, document.root, "", payload);
    const digests = documentDigests(
      document,
      claims.some(({ what }) => what === "alloy"),
    );
    for (const { rule, digest } of digests) tables.digest.add(id, rule, digest);
    for (const claim of measureClaims(tables, document, claims, digests)) this.files.push(claim);
    addSignatures(tables, document, this.#options.ring);
  }
}
