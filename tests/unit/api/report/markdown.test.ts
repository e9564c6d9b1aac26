import assert from "node:assert/strict";
import { test } from "node:test";
import { markdownReport } from "../../../../api/report/markdown.ts";
import { HOSTILE, report, verdict, violation } from "../../../support/sample_reports.ts";

test("text stays text: no tag, mention, table cell or line of its own", () => {
  const hostile = violation(1, { law: HOSTILE, message: HOSTILE, place: `${HOSTILE}:3` });
  const laws = [{ law: HOSTILE, severity: "error", violations: 1, waived: 0, micros: 1 }] as const;
  const text = markdownReport(report({ verdict: verdict({ laws, violations: [hostile], total: 1 }) }));
  const outside = text.replace(/(`+) .*? \1|`[^`\n]*`/g, "");
  assert.ok(!outside.includes("<b>"));
  assert.ok(!outside.includes("@everyone"));
  assert.ok(!outside.includes("[x]("));
  const row = text.split("\n").find((line) => line.startsWith("| ❌"));
  assert.equal(row?.replace(/\\\|/g, "").split("|").length, 6);
});

test("a long list is cut to what a summary holds, and says by how much", () => {
  const many = Array.from({ length: 450 }, (_, index) => violation(index));
  const text = markdownReport(report({ verdict: verdict({ violations: many, total: 500 }) }));
  assert.equal(text.match(/^- \*\*/gm)?.length, 200);
  assert.ok(text.includes("300 more"));
});
