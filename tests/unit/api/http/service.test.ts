import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Act } from "../../../../api/http/principal.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { registry } from "../../../../schema/errors.ts";
import { orderOf, withService } from "../../../support/services.ts";

test("the service tells its health, its numbers law by law, and its kinds of errors", async () => {
  await withService(async ({ call, submit }) => {
    for (const probe of ["started", "alive", "ready"]) assert.equal((await call("GET", `/health/${probe}`)).json.data["phase"], "ready");
    await submit(orderOf(1));
    await submit({ assert: { order: [[2, "nobody", 1]] } });
    const metrics = (await call("GET", "/metrics")).text;
    const value = (line: string): number => Number(new RegExp(`^${line.replace(/[{}"]/g, "\\$&")} (\\S+)$`, "m").exec(metrics)?.[1]);
    assert.equal(value('assay_verdicts_total{verdict="accepted"}'), 1);
    assert.equal(value('assay_verdicts_total{verdict="refused"}'), 1);
    assert.deepEqual([value('assay_law_runs{law="shop.customer"}'), value('assay_law_violations{law="shop.customer"}')], [2, 1]);
    assert.equal(value("assay_head"), 2);
    for (const name of ["verdict", "engine", "commit"]) {
      assert.deepEqual([name, value(`assay_${name}_seconds_count`)], [name, 2]);
      assert.ok(value(`assay_${name}_seconds_sum`) >= 0);
    }
    assert.ok(value("assay_engine_seconds_sum") + value("assay_commit_seconds_sum") <= value("assay_verdict_seconds_sum") + 0.01);
    assert.ok(value('assay_law_milliseconds{law="shop.customer"}') >= 0);
    assert.deepEqual([value("assay_group_deltas_count"), value("assay_group_deltas_sum"), value("assay_verdicts_waiting")], [2, 2, 0]);
    assert.equal(value('assay_request_seconds_count{route="/v1/deltas",status="200"}'), 2);
    const all = (await call("GET", "/problems")).json.data as unknown as { code: string }[];
    assert.deepEqual(all.map(({ code }) => code).toSorted(), Object.keys(registry).toSorted());
    assert.equal((await call("GET", "/problems/json.syntax")).json.data["status"], 400);
  });
});

test("the document is OpenAPI 3.1 whose references lead somewhere, and its page comes from nowhere else", async () => {
  await withService(async ({ call, service }) => {
    const text = (await call("GET", "/openapi.json")).text;
    const document = JSON.parse(text) as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string }>>;
      components: { schemas: object };
    };
    assert.match(document.openapi, /^3\.1\./);
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, service.routes.length);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? "");
    assert.ok(references.length > 20);
    assert.deepEqual(
      references.filter((name) => !(name in document.components.schemas)),
      [],
    );
    const page = await call("GET", "/docs");
    assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
    assert.ok(!/https?:\/\/|<script/.test(page.text));
    for (const { operationId } of operations) assert.ok(page.text.includes(`id="${operationId}"`), operationId);
    const anchors = new Set([...page.text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    assert.ok(links.includes("form-Delta") && links.includes("form-Verdict"), "what goes in and out is shown");
    assert.deepEqual(
      links.filter((id) => !anchors.has(id)),
      [],
    );
  });
});

test("the document describes WebSockets: the change of protocol, its messages and every event, which are as described", async () => {
  await withService(async ({ call, url, submit }) => {
    const document = (await call("GET", "/openapi.json")).json as unknown as {
      paths: Record<string, Record<string, { responses: Record<string, Record<string, unknown>>; parameters: { name: string }[] }>>;
      components: { schemas: Record<string, { oneOf?: { $ref: string }[] }> };
    };
    const live = document.paths["/v1/live"]?.["get"];
    assert.deepEqual(live?.responses["101"]?.["x-message"], { $ref: "#/components/schemas/LiveMessage" });
    assert.deepEqual(live?.parameters.map(({ name }) => name).toSorted(), ["cursor", "law", "query", "relation", "topic"]);
    const events = document.components.schemas["LiveEvent"]?.oneOf?.map(({ $ref }) => $ref.replace(/.*\//, "")) ?? [];
    assert.equal(events.length, 9);
    for (const name of events) assert.ok(name in document.components.schemas, name);
    const plain = await call("GET", "/v1/live?topic=commits");
    assert.deepEqual([plain.status, plain.json.error?.code], [426, "http.upgrade"]);
    assert.equal((await call("POST", "/v1/live")).status, 405);

    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: "assay:", components: JSON.parse(JSON.stringify(document.components).replaceAll('"#/', '"assay:#/')) });
    const isMessage = ajv.compile({ $ref: "assay:#/components/schemas/LiveMessage" });
    await submit(orderOf(1, 5_000));
    for (const query of ["topic=violations", "topic=relation&relation=order", "topic=law&law=none"]) {
      const socket = new WebSocket(`${url.replace("http", "ws")}/v1/live?${query}`);
      const [{ data }] = (await once(socket, "message")) as [MessageEvent];
      socket.close();
      assert.ok(isMessage(JSON.parse(String(data))), `${query}: ${JSON.stringify(isMessage.errors)}`);
    }
  });
});

test("a request passes shape, then authorization, then logic", async () => {
  const acts: Act["kind"][] = [];
  const gatekeeper = {
    identify: () => ({ id: "reader", kind: "key" as const }),
    authorize(_principal: unknown, act: Act) {
      acts.push(act.kind);
      if (act.kind === "propose") throw new AssayError("store.read_only", "a reader proposes nothing");
    },
  };
  await withService(
    async ({ call, submit, base }) => {
      assert.equal((await submit({ assert: 7 })).json.error?.code, "delta.member");
      assert.deepEqual(acts, []);
      assert.equal((await submit({ assert: { order: [[1, "nobody", 1]] } })).json.error?.code, "store.read_only");
      assert.equal((await call("GET", "/v1/facts/order")).status, 200);
      assert.deepEqual([acts, base.head, (await base.refusals()).length], [["propose", "read"], 1, 0]);
    },
    { gatekeeper },
  );
});

test("two principals may use one idempotency key for two deltas", async () => {
  const gatekeeper = {
    identify: ({ headers }: { headers: Record<string, unknown> }) => ({ id: String(headers["x-who"]), kind: "key" as const }),
    authorize: () => undefined,
  };
  await withService(
    async ({ submit, base }) => {
      const sent = [];
      for (const [who, id] of [
        ["a", 1],
        ["b", 2],
        ["a", 1],
        ["a", 3],
      ] as const) {
        sent.push(await submit(orderOf(id), "/v1/deltas", { "idempotency-key": "k", "x-who": who }));
      }
      assert.deepEqual(
        sent.map(({ status }) => status),
        [200, 200, 200, 422],
      );
      assert.equal(base.head, 3);
    },
    { gatekeeper },
  );
});

interface Traces {
  readonly resourceSpans: { scopeSpans: { spans: { name: string; traceId: string; parentSpanId: string }[] }[] }[];
}

test("spans go where OpenTelemetry was configured, as parts of the caller's trace", async () => {
  const received: Traces[] = [];
  const collector = createServer(async (request, response) => {
    received.push((await json(request)) as Traces);
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  const address = collector.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await withService(
    async ({ call }) => {
      await call("GET", "/v1/laws", { headers: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } });
    },
    { traceTo: `http://127.0.0.1:${port}/v1/traces` },
  );
  collector.close();
  const spans = received.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  assert.deepEqual(
    spans.map(({ name, traceId, parentSpanId }) => [name, traceId, parentSpanId]),
    [["GET /v1/laws", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"]],
  );
});
