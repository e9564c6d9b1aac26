import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { githubLimits, sarifError, sarifReport, sarifStream } from "../../../../api/report/sarif.ts";
import { HOSTILE, report, reports, verdict, violation } from "../../../support/sample_reports.ts";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly properties: { violations: number } }[] } };
  readonly automationDetails: { readonly id: string };
  readonly results: readonly Result[];
}

/** The OASIS schema as an npm package carries it. */
const path = createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const ajv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(path, "utf8")) as object);

function runOf(text: string): Run {
  const log = JSON.parse(text) as { runs: readonly [Run] };
  assert.equal(validate(log), true, JSON.stringify(validate.errors?.slice(0, 3)));
  assert.equal(log.runs.length, 1);
  return log.runs[0];
}

test("every verdict is valid by the OASIS schema", () => {
  for (const one of Object.values(reports)) for (const text of sarifReport(one)) runOf(text);
  const hostile = violation(1, { law: HOSTILE, message: HOSTILE, place: `${HOSTILE}:4:2`, help: HOSTILE, witness: { x: 2n ** 63n } });
  runOf(sarifReport(report({ verdict: verdict({ violations: [hostile], total: 1 }) }))[0] ?? "");
  runOf(sarifError({ code: "a.b", title: HOSTILE, detail: HOSTILE, place: "x:1", help: null }, "0.1.0", 3));
});

test("the schema is one that refuses", () => {
  assert.equal(validate({ version: "2.1.0", runs: [{ results: [] }] }), false);
});

test("rules are the laws that ran with their counts, and results point to them by stable names", () => {
  const run = runOf(sarifReport(report())[0] ?? "");
  assert.deepEqual(
    run.tool.driver.rules.map(({ id, properties }) => [id, properties.violations]),
    [
      ["shop.customer", 2],
      ["shop.large", 1],
      ["shop.held", 0],
    ],
  );
  for (const { ruleId, ruleIndex } of run.results) assert.equal(run.tool.driver.rules[ruleIndex]?.id, ruleId);
  const prints = run.results.map(({ partialFingerprints }) => partialFingerprints["primaryLocationLineHash"]);
  assert.equal(new Set(prints).size, 3);
  assert.equal(run.results[1]?.locations[0]?.physicalLocation.artifactLocation.uri, "data/a%20file%2C%20with%3A%20all.csv");
});

test("more results than a run takes are several logs, each a category of its own, with every result once", () => {
  const many = Array.from({ length: githubLimits.results + 5 }, (_, index) => violation(index));
  const texts = sarifReport(report({ verdict: verdict({ violations: many, total: many.length }) }));
  const runs = texts.map((text) => (JSON.parse(text) as { runs: readonly [Run] }).runs[0]);
  assert.ok(runs.length >= 2);
  assert.ok(runs.every(({ results }) => results.length <= githubLimits.results));
  assert.equal(new Set(runs.map(({ automationDetails }) => automationDetails.id)).size, runs.length);
  const prints = runs.flatMap(({ results }) => results.map(({ partialFingerprints }) => partialFingerprints["assay/v1"]));
  assert.deepEqual(
    prints,
    many.map(({ fingerprint }) => fingerprint),
  );
  runOf(texts[0] ?? "");
  const stream = JSON.parse(sarifStream(report({ verdict: verdict({ violations: many, total: many.length }) }))) as {
    runs: readonly Run[];
  };
  assert.deepEqual(stream.runs, runs);
});

test("results that pack badly are split by size", () => {
  let state = 1;
  const noise = (): string => {
    const bytes = Buffer.alloc(3_000_000);
    for (let at = 0; at < bytes.length; at += 4) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes.writeUInt32LE(state, at);
    }
    return bytes.toString("base64");
  };
  const many = Array.from({ length: 5 }, (_, index) => violation(index, { message: noise() }));
  const texts = sarifReport(report({ verdict: verdict({ violations: many, total: 5 }) }));
  assert.ok(texts.length >= 2);
  assert.ok(texts.every((text) => gzipSync(text).length <= githubLimits.bytes));
});
