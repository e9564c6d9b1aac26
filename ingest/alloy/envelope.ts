import { AssayError } from "../../schema/assay_error.ts";
import { bytesOfBase64 } from "./base64.ts";
import { itemsOf, type PlacedJson, type PlacedObject, textOf } from "./placed_json.ts";
import { type JsonBounds, readPlacedJson } from "./read_placed_json.ts";

/** A DSSE envelope (secure-systems-lab/dsse, envelope.md) as it stands in a document. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** The payload's text and tree where it is JSON. */
  readonly content: { readonly text: string; readonly root: PlacedJson } | null;
  readonly signatures: readonly EnvelopeSignature[];
}

export interface EnvelopeSignature {
  readonly keyId: string | null;
  /** Null where it is no base64. */
  readonly signature: Uint8Array | null;
}

/** The envelope that a document is, or null where it is none: it has no payload in base64, no payload type or no list of signatures. */
export function envelopeOf(root: PlacedObject, bounds: JsonBounds): Envelope | null {
  const payloadType = textOf(root.get("payloadType"));
  const encoded = textOf(root.get("payload"));
  const signatures = root.get("signatures");
  if (payloadType === null || encoded === null || signatures?.kind !== "array") return null;
  const payload = bytesOfBase64(encoded);
  if (payload === null) return null;
  return { payloadType, payload, content: contentOf(payload, bounds), signatures: itemsOf(signatures).map(signatureOf) };
}

/** What a DSSE signature signs: the Pre-Authentication Encoding of type and body (secure-systems-lab/dsse, protocol.md). */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

function signatureOf(item: PlacedJson): EnvelopeSignature {
  if (item.kind !== "object") return { keyId: null, signature: null };
  return { keyId: textOf(item.get("keyid")), signature: bytesOfBase64(textOf(item.get("sig")) ?? "") };
}

/** A payload that is no JSON, or more of it than the bounds allow, is bytes alone. */
function contentOf(payload: Uint8Array, bounds: JsonBounds): Envelope["content"] {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
    return { text, root: readPlacedJson(text, "payload", bounds) };
  } catch (cause) {
    if (cause instanceof TypeError || (cause instanceof AssayError && cause.code.startsWith("json."))) return null;
    throw cause;
  }
}
