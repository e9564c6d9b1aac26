import type { Diagnostic } from "../../schema/diagnostic.ts";
import { registry } from "../../schema/errors.ts";
import { limits } from "../../schema/limits.ts";
import { SourceText } from "./source.ts";

/**
 * A program file's bytes as text, without a byte order mark. Bytes that are no UTF-8 (RFC 3629) give a `syntax.not_utf8`
 * diagnostic at the first of them; more than `program_bytes` give `limit.program_bytes`. Nothing is replaced or guessed.
 * Both results have a `text`: tell them apart by `"code" in result`.
 */
export function decodeProgram(path: string, bytes: Uint8Array, bound: number = limits.program_bytes.value): { text: string } | Diagnostic {
  if (bytes.length > bound) {
    const message = `the file has ${bytes.length} bytes, at most ${bound} are read`;
    return refusal("limit.program_bytes", message, new SourceText(path, ""), "");
  }
  const bad = firstBadByte(bytes);
  const text = new TextDecoder("utf-8").decode(bytes.subarray(0, bad ?? bytes.length));
  if (bad === null) return { text };
  const shown = `0x${(bytes[bad] ?? 0).toString(16).padStart(2, "0")}`;
  return refusal("syntax.not_utf8", `the byte \`${shown}\` at offset ${bad} is not UTF-8`, new SourceText(path, text), shown);
}

function refusal(code: "syntax.not_utf8" | "limit.program_bytes", message: string, before: SourceText, text: string): Diagnostic {
  return { code, severity: "error", message, span: before.span(before.text.length, 0), text, help: registry[code].help };
}

/** The offset of the first byte that begins no well-formed UTF-8 sequence (RFC 3629, section 4), or null. */
function firstBadByte(bytes: Uint8Array): number | null {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return null;
}

/** The length of the well-formed sequence at `at`, 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[at + 1] ?? 0;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let index = at + 2; index < at + length; index++) {
    const next = bytes[index] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}
