const STANDARD = /^[A-Za-z0-9+/]+={0,2}$/;
const URL_SAFE = /^[A-Za-z0-9_-]+={0,2}$/;

/**
 * The bytes of a base64 or base64url text (RFC 4648), with or without padding; null where it is neither, or has bits that no byte takes.
 */
export function bytesOfBase64(text: string): Buffer | null {
  if (!STANDARD.test(text) && !URL_SAFE.test(text)) return null;
  const digits = text.replace(/=+$/, "");
  if (digits.length % 4 === 1 || (digits.length !== text.length && text.length % 4 !== 0)) return null;
  const bytes = Buffer.from(digits, "base64url");
  const again = bytes.toString("base64url");
  return again === digits.replaceAll("+", "-").replaceAll("/", "_") ? bytes : null;
}
