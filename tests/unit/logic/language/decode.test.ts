import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeProgram } from "../../../../logic/language/decode.ts";

const ascii = (text: string): number[] => [...Buffer.from(text)];

test("UTF-8 comes back as text, without a byte order mark", () => {
  const text = "a é 日 😀 \u07ff\u0800\uffff\u{10ffff}\ud7ff\ue000";
  assert.deepEqual(decodeProgram("a.dl", Buffer.from(text)), { text });
  assert.deepEqual(decodeProgram("a.dl", Buffer.from(`\uFEFF${text}`)), { text });
  assert.deepEqual(decodeProgram("a.dl", new Uint8Array()), { text: "" });
});

test("the first byte that is none is named with its place", () => {
  const bad: readonly (readonly number[])[] = [
    [0xff],
    [0x80],
    [0xc0, 0x80],
    [0xc1, 0xbf],
    [0xe0, 0x9f, 0xbf],
    [0xed, 0xa0, 0x80],
    [0xf0, 0x8f, 0xbf, 0xbf],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xe2, 0x82],
    [0xc3],
  ];
  for (const bytes of bad) {
    const result = decodeProgram("a.dl", new Uint8Array([...ascii("p(1).\né "), ...bytes, ...ascii(" x")]));
    assert.ok("code" in result, bytes.join());
    assert.deepEqual(
      [result.code, result.span.file, result.span.line, result.span.column, result.text],
      ["syntax.not_utf8", "a.dl", 2, 3, `0x${bytes[0]?.toString(16)}`],
    );
  }
});

test("agrees with the platform's decoder on every pair of bytes", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const isValid = (bytes: Uint8Array): boolean => {
    try {
      strict.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      for (const tail of [[], [0x80], [0x80, 0x80]]) {
        const bytes = new Uint8Array([first, second, ...tail]);
        assert.equal("code" in decodeProgram("a", bytes), !isValid(bytes), bytes.join());
      }
    }
  }
});

test("a file past its bound is refused before it is decoded", () => {
  const result = decodeProgram("a.dl", new Uint8Array(11), 10);
  assert.ok("code" in result && result.code === "limit.program_bytes");
});
