import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import type { Row, Value } from "../../schema/value.ts";
import { certificateOf } from "./certificates.ts";
import { decimalOf } from "./decimal.ts";
import { momentOf } from "./moment.ts";
import { POLICY_RELATIONS, type PolicyAttribute } from "./policy_relations.ts";
import { type PolicyRow, policyError, policyRows } from "./policy_tables.ts";
import { type PublicKey, publicKeyOf } from "./public_key.ts";
import type { KeyRing } from "./signatures.ts";

/** What a policy says: its facts with their places, and the keys and roots to check signatures with. */
export interface Policy {
  readonly facts: ReadonlyMap<string, readonly Row[]>;
  readonly places: ReadonlyMap<string, readonly (Place | null)[]>;
  readonly ring: KeyRing;
}

/** A table that becomes no fact: certificates in PEM, `[[trusted_root]] certificate = "…"`, that may end a chain. */
const TRUSTED_ROOT = "trusted_root";

/**
 * Reads the files of a policy folder: every `*.toml`, and every `RELATION.json` and `RELATION.csv`; other files and folders are not its own.
 * Errors: `alloy.policy` with the place, `ingest.unreadable`, those of `policyRows`.
 */
export async function readPolicy(folder: string, limits: Pick<Limits, "json_bytes" | "json_depth">): Promise<Policy> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new AssayError("alloy.policy", `the folder \`${folder}\` cannot be read (${cause.code ?? cause.message})`, {
      place: folder,
      cause,
    });
  });
  const reader = new PolicyReader();
  for (const entry of entries.toSorted()) {
    const isOwn = entry.endsWith(".toml") || (/\.(?:json|csv)$/.test(entry) && POLICY_RELATIONS.has(entry.replace(/\.\w+$/, "")));
    if (isOwn) for (const row of policyRows(entry, await readText(join(folder, entry), limits), limits)) reader.add(row);
  }
  return reader.policy();
}

async function readText(path: string, limits: Pick<Limits, "json_bytes">): Promise<string> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AssayError("ingest.unreadable", `\`${path}\` cannot be read (${cause.code ?? cause.message})`, { place: path, cause });
  });
  if (bytes.length > limits.json_bytes) throw policyError(`the file has more bytes than the bound json_bytes, ${limits.json_bytes}`, path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw policyError("the file is not UTF-8", path, cause);
  }
}

class PolicyReader {
  readonly #facts = new Map<string, Row[]>();
  readonly #places = new Map<string, Place[]>();
  readonly #keys = new Map<string, PublicKey>();
  readonly #roots: KeyRing["roots"][number][] = [];

  add(row: PolicyRow): void {
    const { relation, values, place } = row;
    if (relation === TRUSTED_ROOT) {
      this.#addRoot(row);
      return;
    }
    const attributes = POLICY_RELATIONS.get(relation);
    if (attributes === undefined) throw policyError(`\`${relation}\` is no policy relation of the theory`, place);
    for (const name of values.keys()) {
      if (!attributes.some((attribute) => attribute.name === name))
        throw policyError(`\`${relation}\` has no attribute \`${name}\``, place);
    }
    const fact = attributes.map((attribute) => this.#value(attribute, row));
    const facts = this.#facts.get(relation) ?? [];
    this.#facts.set(relation, facts);
    facts.push(fact);
    const places = this.#places.get(relation) ?? [];
    this.#places.set(relation, places);
    places.push(place);
  }

  policy(): Policy {
    return { facts: this.#facts, places: this.#places, ring: { keys: this.#keys, roots: this.#roots } };
  }

  #addRoot({ values, place }: PolicyRow): void {
    const certificate = certificateOf(String(values.get("certificate") ?? ""));
    if (certificate === null || values.size !== 1) throw policyError("`trusted_root` has one value, `certificate`, in PEM", place);
    this.#roots.push(certificate);
  }

  #value(attribute: PolicyAttribute, { relation, values, place }: PolicyRow): Value {
    const { name, kind, otherwise } = attribute;
    const given = values.get(name) ?? otherwise;
    const wrong = (what: string): AssayError => policyError(`\`${name}\` of \`${relation}\` is no ${what}`, place);
    if (given === undefined) throw policyError(`\`${relation}\` lacks \`${name}\``, place);
    if (!values.has(name)) return given;
    switch (kind) {
      case "text":
        if (typeof given !== "string" || given.includes("\0") || !given.isWellFormed()) throw wrong("text");
        return given;
      case "whole":
        return wholeOf(given) ?? raise(wrong("whole number"));
      case "time": {
        const moment = typeof given === "string" ? momentOf(given) : null;
        return moment === null ? (wholeOf(given) ?? raise(wrong("time"))) : BigInt(moment.seconds);
      }
      case "amount":
        return decimalOf(String(given))?.millionths ?? raise(wrong("amount"));
      default:
        return this.#key(String(given), values, wrong("public key that can be checked with"));
    }
  }

  /** The digest of a registered key, which signatures are then checked with. */
  #key(given: string, values: PolicyRow["values"], wrong: AssayError): string {
    const key = publicKeyOf(given);
    if (key === null || (values.has("algorithm") && values.get("algorithm") !== key.algorithm)) throw wrong;
    this.#keys.set(String(values.get("key") ?? ""), key);
    return key.digest;
  }
}

function wholeOf(given: string | bigint): bigint | null {
  const value = typeof given === "bigint" ? given : /^-?\d{1,19}$/.test(given) ? BigInt(given) : null;
  return value !== null && BigInt.asIntN(64, value) === value ? value : null;
}

function raise(error: AssayError): never {
  throw error;
}
