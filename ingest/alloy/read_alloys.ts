import { setImmediate } from "node:timers/promises";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { GateSource, GateSubject } from "../gate_adapter.ts";
import { type AlloyDocument, bodyOf, readDocument } from "./document.ts";
import { documentDigests } from "./document_digests.ts";
import { documentBytes, documentPaths } from "./document_files.ts";
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

/** Documents read between two looks at whatever else waits. */
const BATCH = 200;

/**
 * Reads documents and measures what can be measured of them without other files. What a document does wrong (it is no JSON, too deep, too
 * large, not there any more) is the fact `unread`. Equal bytes under two names are one document with two `file` facts.
 * Errors: those of `documentPaths`, `limit.alloy_documents`, `limit.alloy_facts`.
 */
export async function readAlloys(sources: readonly GateSource[], options: ReadAlloysOptions): Promise<ReadAlloys> {
  const reading = new AlloyReading(options);
  const found = sources.flatMap<string | Exclude<GateSource, { path: string }>>((source) =>
    "path" in source ? documentPaths(source.path, options.limits) : [source],
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
    if (typeof source === "string") reading.readFile(source);
    else reading.readBytes(source.bytes, source.name);
  }
  checkCount(reading.tables, options.limits);
  return reading;
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

  readFile(path: string): void {
    this.#guarded(path, () => documentBytes(path, this.#options.limits));
  }

  readBytes(bytes: Uint8Array, name: string): void {
    this.#guarded(name, () => bytes);
  }

  #guarded(path: string, bytes: () => Uint8Array): void {
    const name = path.replaceAll("\0", "").toWellFormed();
    if (this.#names.has(name)) return;
    this.#names.add(name);
    try {
      this.#add(readDocument(bytes(), name, this.#options.limits));
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      this.tables.unread.add(name, error.code, error.detail.slice(0, 1000).toWellFormed());
      this.#places.addUnread(name, error.place ?? name);
    }
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
    this.files.push(...measureClaims(tables, document, claims, digests));
    addSignatures(tables, document, this.#options.ring);
  }
}
