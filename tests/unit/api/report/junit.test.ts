import assert from "node:assert/strict";
import { test } from "node:test";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { junitError, junitReport } from "../../../../api/report/junit.ts";
import type { Report } from "../../../../api/report/report.ts";
import { limits } from "../../../../schema/limits.ts";
import { HOSTILE, report, reports, verdict, violation } from "../../../support/sample_reports.ts";

interface Case {
  readonly "@_name": string;
  readonly "@_classname": string;
  readonly "@_file"?: string;
  readonly "@_line"?: string;
  readonly failure?: { readonly "#text"?: string };
  readonly error?: unknown;
}

interface Suite {
  readonly "@_name": string;
  readonly "@_tests": string;
  readonly "@_failures": string;
  readonly testcase: readonly Case[];
}

interface Suites {
  readonly "@_tests": string;
  readonly "@_failures": string;
  readonly "@_errors": string;
  readonly testsuite: readonly Suite[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  isArray: (name) => name === "testsuite" || name === "testcase",
  parseTagValue: false,
});

function read(given: Report): Suites {
  const xml = [...junitReport(given)].join("");
  assert.equal(XMLValidator.validate(xml), true);
  return (parser.parse(xml) as { testsuites: Suites }).testsuites;
}

test("every verdict is well-formed, and its counts are those of its cases", () => {
  for (const [name, one] of Object.entries(reports)) {
    const found = read(one);
    const cases = found.testsuite.flatMap(({ testcase }) => testcase);
    assert.equal(Number(found["@_tests"]), cases.length, name);
    assert.equal(Number(found["@_failures"]), cases.filter(({ failure }) => failure !== undefined).length, name);
    assert.equal(Number(found["@_errors"]), cases.filter(({ error }) => error !== undefined).length, name);
    for (const suite of found.testsuite) assert.equal(Number(suite["@_tests"]), suite.testcase.length, name);
    assert.ok(
      cases.every((one) => one["@_classname"] !== ""),
      name,
    );
  }
});

test("each document has a case for each law, also for laws that hold", () => {
  const found = read(reports["refused"] as Report);
  const byName = new Map(found.testsuite.map((suite) => [suite["@_name"], suite.testcase]));
  assert.deepEqual(
    byName.get("data/customer.csv")?.map(({ "@_name": law, failure }) => [law, failure !== undefined]),
    [
      ["shop.customer", false],
      ["shop.large", false],
      ["shop.held", false],
    ],
  );
  const broken = byName.get("data/order.csv")?.[0];
  assert.deepEqual([broken?.["@_file"], broken?.["@_line"]], ["data/order.csv", "2"]);
  assert.ok(broken?.failure?.["#text"]?.includes("data/order.csv:2"));
});

test("a refusal never passes and an undecided verdict errs, whatever is listed", () => {
  const unlisted = read(report({ verdict: verdict({ violations: [], laws: [], total: 3, cursor: "after:0" }) }));
  assert.equal(unlisted["@_failures"], "1");
  assert.equal(read(reports["undecided"] as Report)["@_errors"], "1");
  assert.equal(read(reports["warned"] as Report)["@_failures"], "0");
});

test("text of every kind is well-formed XML", () => {
  const hostile = violation(1, { law: HOSTILE, message: `${HOSTILE}\ud800`, place: `${HOSTILE}:3`, help: HOSTILE });
  const found = read(report({ verdict: verdict({ laws: [], violations: [hostile], total: 1 }), subjects: [HOSTILE] }));
  assert.equal(found["@_failures"], "1");
  const error = junitError({ code: "a.b", title: HOSTILE, detail: HOSTILE, place: HOSTILE, help: HOSTILE });
  assert.equal(XMLValidator.validate(error), true);
});

test("past the bound laws that hold have one case for all documents, and broken ones their own", () => {
  const subjects = Array.from({ length: Math.ceil(limits.report_testcases.value / 3) + 1 }, (_, index) => `d${index}.json`);
  const found = read(report({ subjects, verdict: verdict({ violations: [violation(1, { place: "d7.json:4:1" })], total: 1 }) }));
  assert.deepEqual(
    found.testsuite.map((suite) => [suite["@_name"], suite.testcase.length]),
    [
      ["d7.json", 1],
      ["every document", 2],
      ["verdict", 1],
    ],
  );
});
