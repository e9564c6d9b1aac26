import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, crc32, createGunzip, gunzipSync } from "node:zlib";
import fc from "fast-check";
import { crcShift, joinedCrc } from "../../api/ws/crc.ts";
import { compressedPart, type GzipPart, GzipStream, storedPart } from "../../api/ws/gzip_stream.ts";

const bytes = fc.uint8Array({ maxLength: 3_000 }).map((list) => Buffer.from(list));
/** Texts that repeat themselves, some of them longer than a stored block or a window. */
const repeated = fc
  .tuple(fc.string({ minLength: 1, maxLength: 40 }), fc.nat(5_000))
  .map(([text, times]) => Buffer.from(text.repeat(times)));
const part = fc.tuple(fc.oneof(bytes, repeated), fc.boolean());

function made(text: Buffer, isCompressed: boolean): GzipPart {
  return isCompressed ? compressedPart(text) : storedPart(text);
}

test("the checksum of two texts after each other is made of theirs", () => {
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const joined = joinedCrc(crc32(first), crc32(second), crcShift(second.length));
      assert.equal(joined, crc32(Buffer.concat([first, second])));
    }),
  );
});

test("the checksum of a text behind which 64 MB follow", () => {
  const megabyte = Buffer.alloc(2 ** 20, "x");
  let whole = crc32("begin");
  for (let at = 0; at < 64; at += 1) whole = crc32(megabyte, whole);
  let tail = crc32(megabyte);
  for (let size = 2 ** 20; size < 64 * 2 ** 20; size *= 2) tail = joinedCrc(tail, tail, crcShift(size));
  assert.equal(joinedCrc(crc32("begin"), tail, crcShift(64 * 2 ** 20)), whole);
});

test("parts that streams share make a gzip stream of each, whatever parts it has and in whichever order", () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.array(fc.nat(100), { maxLength: 8 }), (given, order) => {
      const parts = given.map(([text, isCompressed]) => ({ text, part: made(text, isCompressed) }));
      const chosen = parts.length === 0 ? [] : order.map((at) => parts[at % parts.length] as (typeof parts)[number]);
      const stream = new GzipStream();
      const sent = [stream.head, ...chosen.map((one) => stream.next(one.part)), stream.end()];
      assert.deepEqual(gunzipSync(Buffer.concat(sent)), Buffer.concat(chosen.map(({ text }) => text)));
    }),
    { numRuns: 60 },
  );
});

test("each part can be read when it came, before the next one or the end", async () => {
  const texts = [": listening\n\n", "data: x\n\n".repeat(700), "data: y\n\n", "data: z\n\n".repeat(9_000)].map((text) => Buffer.from(text));
  const stream = new GzipStream();
  const reader = createGunzip({ flush: constants.Z_SYNC_FLUSH });
  let read = "";
  reader.on("data", (chunk: Buffer) => (read += chunk.toString()));
  reader.write(stream.head);
  let expected = "";
  for (const text of texts) {
    await new Promise<unknown>((resolve) => reader.write(stream.next(compressedPart(text)), resolve));
    expected += text.toString();
    assert.equal(read, expected);
  }
  reader.destroy();
});

test("a text that repeats itself is sent in fewer bytes, a short one as it is", () => {
  const long = Buffer.from('{"event":"commit"}'.repeat(500));
  assert.ok(compressedPart(long).bytes.length * 10 < long.length);
  const short = Buffer.from('{"event":"commit"}');
  assert.deepEqual(compressedPart(short), storedPart(short));
  assert.equal(storedPart(short).bytes.length, short.length + 5);
});
