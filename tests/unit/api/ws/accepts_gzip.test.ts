import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptsGzip } from "../../../../api/ws/accepts_gzip.ts";

for (const [header, expected] of [
  ["gzip, deflate", true],
  ["br;q=1.0, gzip;q=0.8, *;q=0.1", true],
  ["GZIP", true],
  ["x-gzip", true],
  ["deflate , gzip ; q=0.001", true],
  ["gzip;q=0", false],
  ["gzip; q=0.000", false],
  ["gzip;Q = 0", false],
  ["identity", false],
  ["*", false],
  ["gzipped", false],
  ["", false],
  [undefined, false],
] as const) {
  test(`\`Accept-Encoding: ${header}\` ${expected ? "takes" : "does not take"} gzip`, () => assert.equal(acceptsGzip(header), expected));
}
