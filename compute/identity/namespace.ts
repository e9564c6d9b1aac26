import { uuidBytes } from "./uuid_text.ts";
import { uuid5Column } from "./uuid5.ts";

/** Name space ids of RFC 9562, section 6.6. */
export const URL_NAMESPACE = bytesOf("6ba7b811-9dad-11d1-80b4-00c04fd430c8");
export const DNS_NAMESPACE = bytesOf("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

/** The version 5 UUID of one name. `namespace` has 16 bytes; so has the answer. */
export function uuid5(namespace: Uint8Array, name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  return uuid5Column(namespace, { bytes, offsets: Int32Array.of(0, bytes.length) });
}

/** The namespace of one kind of entity of one service: `uuid5(uuid5(URL, service), kind)`, 16 bytes. `service` is an IRI. */
export function entityNamespace(service: string, kind: string): Uint8Array {
  return uuid5(uuid5(URL_NAMESPACE, service), kind);
}

function bytesOf(text: string): Uint8Array {
  const bytes = uuidBytes(text);
  if (bytes === null) throw new Error(`${text} is no UUID`);
  return bytes;
}
