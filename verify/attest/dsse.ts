import type { CheckingKey, SigningKey } from "../signing/keys.ts";

/** A DSSE envelope (secure-systems-lab/dsse, envelope.md): payload and signatures in base64. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
}

/** The bytes that are signed: PAE(type, payload) of the DSSE protocol, so that no payload can be taken for one of another type. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

export function signedEnvelope(payloadType: string, payload: Uint8Array, key: SigningKey): Envelope {
  const sig = Buffer.from(key.sign(preAuthEncoding(payloadType, payload))).toString("base64");
  return { payloadType, payload: Buffer.from(payload).toString("base64"), signatures: [{ keyid: key.keyid, sig }] };
}

/** The payload of an envelope that `key` signed; null where it did not. A signature's `keyid` is a hint and trusted for nothing. */
export function verifiedPayload({ payloadType, payload, signatures }: Envelope, key: CheckingKey): Uint8Array | null {
  const bytes = Buffer.from(payload, "base64");
  const signed = preAuthEncoding(payloadType, bytes);
  return signatures.some(({ sig }) => key.check(signed, Buffer.from(sig, "base64"))) ? bytes : null;
}
