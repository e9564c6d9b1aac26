import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenApiChecker } from "../support/openapi_checker.ts";
import { regressions } from "../support/regressions.ts";
import { faultOf, fuzz, type MadeRequest, withChecked } from "./api.ts";

test("requests that once had a wrong answer have a right one", async () => {
  await withChecked(async (served, checker) => {
    const kept = regressions("api");
    assert.ok(kept.length > 0, "no regressions were read");
    for (const { name, input } of kept) assert.equal(await faultOf(served, checker, JSON.parse(input) as MadeRequest), null, name);
  });
});

test("the checker finds a status, a media type and a body that are not documented", async () => {
  await withChecked(async (_served, checker) => {
    const operation = checker.operations.find(({ operationId }) => operationId === "listLaws");
    assert.ok(operation !== undefined && checker instanceof OpenApiChecker);
    const media = "application/json";
    assert.notEqual(checker.fault(operation, { status: 500, media, text: "{}" }), null);
    assert.notEqual(checker.fault(operation, { status: 204, media, text: "" }), null);
    assert.notEqual(checker.fault(operation, { status: 200, media: "text/plain", text: "{}" }), null);
    assert.notEqual(checker.fault(operation, { status: 200, media, text: '{"ok":true}' }), null);
    assert.equal(
      checker.fault(operation, { status: 200, media, text: '{"ok":true,"data":[],"error":null,"events":[],"cursor":null}' }),
      null,
    );
  });
});

test("every answer conforms to the document, and none is a 500", async () => {
  const seconds = Number(process.env["FUZZ_SECONDS"] ?? 6);
  assert.ok((await fuzz(seconds, Number(process.env["FUZZ_SEED"] ?? 1))) > 20);
});
