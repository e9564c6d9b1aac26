import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { issuesText } from "../../../../api/http/wire/issue_text.ts";
import { type Answered, withService } from "../../../support/services.ts";

interface Told {
  readonly code: string;
  readonly detail: string;
  readonly place: string | null;
  readonly help: string;
}

function told(answered: Answered): Told {
  return answered.json.error as unknown as Told;
}

test("what does not fit a schema is told by its name, in the service's words and none of its library's", () => {
  const schema = z.strictObject({
    limit: z.int().min(1).max(9).optional(),
    name: z.string().min(2).max(3),
    kind: z.enum(["a", "b"]),
    list: z.array(z.string()).min(1),
    hash: z.string().regex(/^x$/),
    inner: z.strictObject({ deep: z.string() }),
    either: z.union([z.string(), z.null()]),
  });
  const given = { limt: 1, limit: 12, name: "x", kind: "c", list: [], hash: "y", inner: { deep: 7, more: 1 }, either: 3 };
  const { error } = schema.safeParse(given, { reportInput: true });
  assert.ok(error !== undefined);
  const parts = issuesText(error, Object.keys(schema.shape)).split("; ");
  const names = parts.map((part) => /^`([^`]+)`/.exec(part)?.[1]);
  assert.deepEqual(names.toSorted(), ["either", "hash", "inner.deep", "inner.more", "kind", "limit", "limt", "list", "name"]);
  assert.ok(parts.find((part) => part.startsWith("`limt`"))?.includes("`limit`"), "the name that was meant is told");
  assert.ok(
    parts.every((part) => !/[A-Z"]|undefined|expected|received/.test(part)),
    parts.join("\n"),
  );
  const nothing = schema.safeParse({}, { reportInput: true }).error;
  assert.equal(
    new Set(
      issuesText(nothing as z.ZodError)
        .split("; ")
        .map((part) => part.replace(/^`\w+`/, "")),
    ).size,
    1,
  );
});

test("errors say what was meant, and where in a body they are", async () => {
  await withService(async ({ call }) => {
    assert.match(told(await call("GET", "/v1/facts/ordre")).help, /`order`/);
    assert.match(told(await call("GET", "/v1/facts")).help, /`\/v1\/facts\/\{relation\}`/);
    assert.match(told(await call("GET", "/v1/lasw")).help, /`\/v1\/laws`/);
    const misspelt = told(await call("GET", "/v1/facts/order?limt=1"));
    assert.match(misspelt.detail, /`limit`/);
    assert.match(misspelt.help, /`\/docs#readFacts`/);
    const whatIf = await call("POST", "/v1/whatif/theories", { headers: { "content-type": "application/json" }, body: '{"files": {}}' });
    assert.equal(told(whatIf).code, "theory.manifest", "to try a theory nobody need be named");
    const post = (body: string, media = "application/json") =>
      call("POST", "/v1/deltas", { headers: media === "" ? {} : { "content-type": media }, body });
    const cut = told(await post('{"proposer": "x",\n "assert": {"order": [[1,'));
    assert.deepEqual([cut.code, cut.place], ["json.syntax", "body:2:26"]);
    const lines = told(await post('{"proposer": "x"}\n{"op": "upsert", "relation": "order", "row": []}', "application/x-ndjson"));
    assert.deepEqual([lines.code, lines.place], ["delta.member", "body:2"]);
    const batch = told(await call("POST", "/v1/deltas:batch", { headers: { "content-type": "application/json" }, body: "{\n[" }));
    assert.deepEqual([batch.code, batch.place], ["json.syntax", "body:2:1"]);
    assert.equal(told(await post("{}", "application/octet-stream")).code, "http.media_type");
  });
});
