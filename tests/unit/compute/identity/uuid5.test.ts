import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { v5 } from "uuid";
import { DNS_NAMESPACE, URL_NAMESPACE, uuid5 } from "../../../../compute/identity/namespace.ts";
import { NAME_BYTES_MAX } from "../../../../compute/identity/sha1_kernel.ts";
import { uuidBytes, uuidText } from "../../../../compute/identity/uuid_text.ts";
import { type NameColumn, uuid5Column } from "../../../../compute/identity/uuid5.ts";

const DNS = uuidText(DNS_NAMESPACE);

function columnOf(names: readonly string[]): NameColumn {
  const encoded = names.map((name) => Buffer.from(name));
  const offsets = Int32Array.from([0, ...encoded.map((_, index) => encoded.slice(0, index + 1).reduce((sum, one) => sum + one.length, 0))]);
  return { bytes: Buffer.concat(encoded), offsets };
}

function texts(ids: Uint8Array): string[] {
  return Array.from({ length: ids.length / 16 }, (_, row) => uuidText(ids.subarray(row * 16, row * 16 + 16)));
}

const vectors: readonly (readonly [namespace: Uint8Array, name: string, id: string])[] = [
  [DNS_NAMESPACE, "python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d"],
  [DNS_NAMESPACE, "acme|001", "fcdb3a8d-16d1-5e03-bf03-f670aa1e5194"],
  [DNS_NAMESPACE, "", "4ebd0208-8328-5d69-8c44-ec50939c0967"],
  [DNS_NAMESPACE, "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2"],
  [DNS_NAMESPACE, "hello", "9342d47a-1bab-5709-9869-c840b2eac501"],
  [URL_NAMESPACE, "https://example.com", "4fd35a71-71ef-5a55-a9d9-aa75c889a6d0"],
  [DNS_NAMESPACE, "Ünïcode–µ", "3f98cd8f-eb0a-51c4-8391-1e5c1bfed06e"],
];

test("published vectors of version 5", () => {
  for (const [namespace, name, id] of vectors) assert.equal(uuidText(uuid5(namespace, name)), id);
});

test("every length around every edge equals the package uuid", () => {
  const names = Array.from({ length: NAME_BYTES_MAX + 150 }, (_, length) => "x".repeat(length));
  assert.deepEqual(
    texts(uuid5Column(DNS_NAMESPACE, columnOf(names))),
    names.map((name) => v5(name, DNS)),
  );
});

test("columns of any names, in any order and any chunks, equal the package uuid", () => {
  const name = fc.oneof(fc.string({ unit: "binary", maxLength: 80 }), fc.string({ unit: "grapheme", minLength: 300, maxLength: 600 }));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 23 }), fc.uuid(), fc.nat(22), (names, namespace, cut) => {
      const bytes = uuidBytes(namespace) ?? new Uint8Array(16);
      const whole = texts(uuid5Column(bytes, columnOf(names)));
      assert.deepEqual(
        whole,
        names.map((one) => v5(one, namespace)),
      );
      const parts = [names.slice(0, cut), names.slice(cut)].flatMap((part) => texts(uuid5Column(bytes, columnOf(part))));
      assert.deepEqual(parts, whole);
    }),
    { numRuns: 300 },
  );
});

test("batches end where memory does, and a column may start anywhere in its buffer", () => {
  const names = Array.from({ length: 40_001 }, (_, row) => `${row}:`.padEnd(row % 97, "é"));
  const { bytes, offsets } = columnOfMany(names);
  const shifted = { bytes: Buffer.concat([Buffer.alloc(7, 1), bytes]), offsets: offsets.map((offset) => offset + 7) };
  const ids = texts(uuid5Column(DNS_NAMESPACE, shifted));
  for (let row = 0; row < names.length; row += 61) assert.equal(ids[row], v5(names[row] ?? "", DNS));
  assert.equal(ids.at(-1), v5(names.at(-1) ?? "", DNS));
});

test("a namespace of another length and offsets that fall are broken invariants", () => {
  assert.throws(() => uuid5Column(new Uint8Array(15), columnOf(["a"])), Error);
  assert.throws(() => uuid5Column(DNS_NAMESPACE, { bytes: new Uint8Array(9), offsets: Int32Array.of(0, 5, 2) }), Error);
  assert.equal(uuid5Column(DNS_NAMESPACE, { bytes: new Uint8Array(0), offsets: new Int32Array(0) }).length, 0);
});

function columnOfMany(names: readonly string[]): NameColumn {
  const bytes = Buffer.from(names.join(""));
  const offsets = new Int32Array(names.length + 1);
  for (const [row, name] of names.entries()) offsets[row + 1] = (offsets[row] ?? 0) + Buffer.byteLength(name);
  return { bytes, offsets };
}
