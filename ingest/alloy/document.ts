import { hash } from "node:crypto";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import { type Envelope, envelopeOf } from "./envelope.ts";
import type { PlacedJson, PlacedObject } from "./placed_json.ts";
import { readPlacedJson } from "./read_placed_json.ts";

/** A proof document as it was read: its bytes' digest, its text, and the tree of its values. */
export interface AlloyDocument {
  /** `sha256:` and the SHA-256 of the raw bytes. */
  readonly id: string;
  readonly path: string;
  readonly text: string;
  readonly root: PlacedObject;
  /** Where the document is a DSSE envelope. */
  readonly envelope: Envelope | null;
}

/** What a document says: its own text and tree, or those of the payload of an envelope. */
export interface Body {
  readonly text: string;
  readonly root: PlacedJson;
  /** Where the root stands in the document: "" or `/payload`. */
  readonly pointer: string;
}

export function bodyOf({ text, root, envelope }: AlloyDocument): Body {
  return envelope?.content == null ? { text, root, pointer: "" } : { ...envelope.content, pointer: "/payload" };
}

export type DocumentLimits = Pick<Limits, "alloy_bytes" | "alloy_values" | "json_depth">;

/**
 * Reads the bytes of a document. Errors (`AssayError`, at their place): `limit.alloy_bytes`, `json.not_utf8`, those of `readPlacedJson`,
 * `alloy.root` where the text is no object.
 */
export function readDocument(bytes: Uint8Array, path: string, limits: DocumentLimits): AlloyDocument {
  if (bytes.length > limits.alloy_bytes) {
    const detail = `the document has ${bytes.length} bytes, the bound alloy_bytes is ${limits.alloy_bytes}`;
    throw new AssayError("limit.alloy_bytes", detail, { place: path });
  }
  const text = decode(bytes, path);
  const root = readPlacedJson(text, path, limits);
  if (root.kind !== "object") throw new AssayError("alloy.root", "the document is no JSON object", { place: `${path}:1:1` });
  return { id: digestOf(bytes), path, text, root, envelope: envelopeOf(root, limits) };
}

/** `sha256:` and the SHA-256 of bytes, or of a text's UTF-8 bytes. */
export function digestOf(content: string | Uint8Array): string {
  return `sha256:${hash("sha256", content, "hex")}`;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array, path: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new AssayError("json.not_utf8", "the bytes are not UTF-8", { place: badBytePlace(bytes, path), cause });
  }
}

/** The line of the first byte that is not UTF-8: the one behind all lines that decode. */
function badBytePlace(bytes: Uint8Array, path: string): Place {
  let line = 1;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(10, from);
    const to = end === -1 ? bytes.length : end;
    try {
      utf8.decode(bytes.subarray(from, to));
    } catch {
      break;
    }
    from = to + 1;
  }
  return `${path}:${line}`;
}
