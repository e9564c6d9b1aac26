import assert from "node:assert/strict";
import { test } from "node:test";
import { githubReport } from "../../../../api/report/github.ts";
import { HOSTILE, report, verdict, violation } from "../../../support/sample_reports.ts";

const lines = (found: Iterable<string>): string[] => [...found].join("").split("\n").slice(0, -1);

test("whatever a verdict's text holds, each violation is one command and none is added", () => {
  const hostile = violation(1, { law: HOSTILE, message: HOSTILE, place: `${HOSTILE}:4:2`, help: HOSTILE });
  const found = lines(githubReport(report({ verdict: verdict({ laws: [], violations: [hostile], total: 1 }) })));
  const commands = found.filter((line) => line.startsWith("::"));
  assert.deepEqual(
    commands.map((line) => /^::(\w+)/.exec(line)?.[1]),
    ["error", "group", "endgroup", "error"],
  );
  const [, properties = ""] = /^::error (.*?)::/.exec(commands[0] ?? "") ?? [];
  assert.deepEqual(
    properties.split(",").map((property) => property.split("=", 1)[0]),
    ["file", "line", "col", "title"],
  );
  assert.ok(!properties.includes(":"));
});

test("what is not listed is told", () => {
  const found = lines(githubReport(report({ verdict: verdict({ total: 30 }) })));
  assert.equal(found.filter((line) => line.startsWith("::error") && line.includes("27")).length, 1);
});
