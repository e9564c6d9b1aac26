import assert from "node:assert/strict";
import { test } from "node:test";
import { claimedBy, normalDigest } from "../../../../ingest/alloy/claims.ts";
import { decimalOf } from "../../../../ingest/alloy/decimal.ts";
import { momentOf } from "../../../../ingest/alloy/moment.ts";
import { countOf, memoryOf, nonceBytes, versionOf } from "../../../../ingest/alloy/text_meaning.ts";

test("moments", () => {
  const seconds = (text: string): number => Date.parse(text) / 1000;
  const cases: readonly (readonly [string, number | null, string?])[] = [
    ["2026-03-31T12:13:43Z", seconds("2026-03-31T12:13:43Z"), "strict"],
    ["2026-03-31t12:13:43.999z", seconds("2026-03-31T12:13:43Z"), "strict"],
    ["2026-04-08T16:36:55.037319+00:00", seconds("2026-04-08T16:36:55Z"), "strict"],
    ["2026-03-27T08:22:03-05:00", seconds("2026-03-27T13:22:03Z"), "strict"],
    ["2026-03-31T12:13:43-0500", seconds("2026-03-31T17:13:43Z"), "lenient"],
    ["2026-03-31T12:13:43", seconds("2026-03-31T12:13:43Z"), "lenient"],
    ["2026-03-31 12:13:43Z", seconds("2026-03-31T12:13:43Z"), "lenient"],
    ["2026-04-08", seconds("2026-04-08T00:00:00Z"), "date"],
    ["2024-02-29", seconds("2024-02-29T00:00:00Z"), "date"],
    ["0001-01-01", -62_135_596_800, "date"],
    ["9999-12-31T23:59:59Z", 253_402_300_799, "strict"],
    ["2016-12-31T23:59:60Z", seconds("2017-01-01T00:00:00Z"), "strict"],
    ["2016-12-31T18:59:60-05:00", seconds("2017-01-01T00:00:00Z"), "strict"],
    ["2016-12-31T12:59:60Z", null],
    ["2023-02-29", null],
    ["2026-13-01", null],
    ["2026-00-10", null],
    ["2026-03-31T24:00:00Z", null],
    ["2026-03-31T12:60:00Z", null],
    ["2026-03-31T12:00:00+25:00", null],
    ["2026-3-31", null],
    ["2026-03-31T12:13", null],
    ["yesterday", null],
  ];
  for (const [text, expected, form] of cases) {
    const found = momentOf(text);
    assert.deepEqual(found, expected === null ? null : { seconds: expected, form }, text);
  }
});

test("decimals in millionths, with their places", () => {
  const cases: readonly (readonly [string, bigint | null, number?])[] = [
    ["36.0", 36_000_000n, 1],
    ["-4.9", -4_900_000n, 1],
    ["88.4", 88_400_000n, 1],
    ["1e-3", 1_000n, 3],
    ["1.5e3", 1_500_000_000n, 0],
    ["0.0000005", 1n, 7],
    ["-0.0000005", -1n, 7],
    ["0.00000049", 0n, 8],
    ["0.1234565", 123_457n, 7],
    ["999999999999.999999", 999_999_999_999_999_999n, 6],
    ["1e12", null],
    ["999999999999.9999999", null],
    ["1e-999", null],
    ["1e999999999", null],
    ["2E+2", 200_000_000n, 0],
  ];
  for (const [text, millionths, places] of cases) {
    assert.deepEqual(decimalOf(text), millionths === null ? null : { millionths, places }, text);
  }
});

test("counts, amounts of memory, versions and nonces", () => {
  assert.deepEqual(countOf("3.8B"), { value: 3_800_000_000n, half: 50_000_000n });
  assert.deepEqual(countOf("27b"), { value: 27_000_000_000n, half: 500_000_000n });
  assert.deepEqual(countOf("1.25T"), { value: 1_250_000_000_000n, half: 5_000_000_000n });
  assert.deepEqual([countOf("3.8"), countOf("B"), countOf("3.8BB"), countOf("1.2345K")], [null, null, null, null]);
  assert.deepEqual(
    [
      "RTX 5090 32GB",
      "MacBook Air 16 GB",
      "MacBook Pro 32GB M1",
      "1.5 TiB node",
      "512MB",
      "RTX 5090",
      "8GB or 16GB",
      "GB200",
      "v8.4GB",
    ].map(memoryOf),
    [32_000_000n, 16_000_000n, 32_000_000n, 1_500_000_000n, 512_000n, null, null, null, null],
  );
  assert.deepEqual([versionOf("1.0.10"), versionOf("1.0"), versionOf("1.0.0-rc"), versionOf("v1.0.0")], [[1n, 0n, 10n], null, null, null]);
  assert.deepEqual(
    ["00ff10", "AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAQ", "not a nonce", "", "AAAAA"].map(nonceBytes),
    [3, 16, 16, 0, 0, 0],
  );
});

test("what a member claims the digest of", () => {
  const cases: readonly (readonly [string, string, string, string | null])[] = [
    ["alloyHash", "receipt", "", "alloy"],
    ["alloyHash", "integrity", "results", "alloy"],
    ["alloyHash", "derivedFrom", "", "parent"],
    ["modelHash", "derivedFrom", "", "parent_model"],
    ["alloyHash", "elsewhere", "", "other"],
    ["modelHash", "integrity", "results", "model"],
    ["sha256", "0", "fileHashes", "file"],
    ["sha256", "2", "calibrationCorpora", "corpus"],
    ["sha256", "digest", "0", "artifact"],
    ["sha256", "what", "ever", "other"],
    ["hash", "0", "datasets", "dataset"],
    ["hash", "1", "inputs", "input"],
    ["0", "inputs", "3", "input"],
    ["1", "outputHashes", "3", "output"],
    ["prevHash", "1", "stages", "previous"],
    ["fixture_hash", "0", "tdd", "fixture"],
    ["test 7", "fixture_hashes", "", "fixture"],
    ["contract_id", "", "", "contract"],
    ["someHash", "x", "y", "other"],
    ["some_hash", "x", "y", "other"],
    ["hash", "x", "y", null],
    ["stash", "x", "y", null],
    ["name", "x", "y", null],
    ["0", "tags", "", null],
  ];
  for (const [member, holder, outer, expected] of cases)
    assert.equal(claimedBy(member, holder, outer), expected, `${outer}/${holder}/${member}`);
  const digits = "AB".repeat(32);
  const expected = `sha256:${"ab".repeat(32)}`;
  assert.deepEqual([digits, `sha256:${digits}`, expected].map(normalDigest), [expected, expected, expected]);
  assert.deepEqual(["sha256:abc", "md5:00", "", "SHA256:x"].map(normalDigest), ["sha256:abc", "md5:00", "", "SHA256:x"]);
});
