import assert from "node:assert/strict";
import { test } from "node:test";
import { Field, Float64, Int64, Schema, Table, tableToIPC, Utf8, type Vector, vectorFromArray } from "apache-arrow";
import { callAt, orderOf, withService } from "../../../support/services.ts";

const NDJSON = { "content-type": "application/x-ndjson" };
const ARROW = { "content-type": "application/vnd.apache.arrow.stream" };

test("a delta is accepted, committed and tagged with its commit", async () => {
  await withService(async ({ submit, call, base }) => {
    const { status, headers, json } = await submit(orderOf(1));
    assert.deepEqual([status, json.ok, json.data["verdict"], json.data["commit"]], [200, true, "accepted", 2]);
    assert.equal(headers.get("etag"), '"2"');
    assert.equal(base.head, 2);
    const again = await call("GET", `/v1/deltas/${json.data["delta"]}`);
    assert.equal(again.json.data["verdict"], "accepted");
  });
});

test("a refusal answers 200, and 409 as a problem document where strictness is preferred", async () => {
  await withService(async ({ submit, base }) => {
    const bad = { assert: { order: [[1, "nobody", 5]] } };
    const lenient = await submit(bad);
    assert.deepEqual([lenient.status, lenient.json.data["verdict"], base.head], [200, "refused", 1]);
    const strict = await submit(bad, "/v1/deltas", { prefer: "return=minimal, strict" });
    assert.equal(strict.status, 409);
    assert.match(strict.headers.get("content-type") ?? "", /^application\/problem\+json/);
    const { json } = strict;
    assert.deepEqual([json.ok, json.error?.code, json.status, json.data["verdict"]], [false, "http.refused", 409, "refused"]);
    const problem = JSON.parse(strict.text) as Record<string, unknown>;
    assert.deepEqual([problem["type"], problem["instance"], problem["gate"]], ["/problems/http.refused", "/v1/deltas", "logic"]);
  });
});

test("an idempotency key gives the first verdict again, whether it accepted or refused, and is refused for another delta", async () => {
  await withService(async ({ submit, base }) => {
    const key = { "idempotency-key": "k1" };
    const first = await submit(orderOf(1), "/v1/deltas", key);
    const second = await submit(orderOf(1), "/v1/deltas", key);
    assert.deepEqual([first.headers.get("idempotent-replayed"), second.headers.get("idempotent-replayed")], [null, "true"]);
    assert.deepEqual([second.json.data["commit"], second.json.data["replayed"], base.head], [2, true, 2]);
    assert.deepEqual((await submit(orderOf(2), "/v1/deltas", key)).json.error?.code, "http.key_reused");
    assert.equal((await submit(orderOf(2), "/v1/deltas", key)).status, 422);
    const bad = { assert: { order: [[9, "later", 5]] } };
    const other = { "idempotency-key": "k2" };
    assert.equal((await submit(bad, "/v1/deltas", other)).json.data["verdict"], "refused");
    await submit({ assert: { customer: [["later", 1]] } });
    const replayed = await submit(bad, "/v1/deltas", other);
    assert.deepEqual([replayed.json.data["verdict"], replayed.headers.get("idempotent-replayed")], ["refused", "true"]);
    assert.equal((await submit(orderOf(3), "/v1/deltas", other)).status, 422);
    assert.equal((await submit(bad)).json.data["verdict"], "accepted");
  });
});

test("many copies of one delta under one key are judged once", async () => {
  await withService(async ({ submit, base }) => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => submit(orderOf(1), "/v1/deltas", { "idempotency-key": "same" })));
    assert.deepEqual(new Set(answers.map(({ status, json }) => `${status} ${json.data["commit"]}`)), new Set(["200 2"]));
    assert.equal(answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length, 199);
    assert.equal(base.head, 2);
  });
});

test("If-Match ties a delta to the head, and a policy may ask for it", async () => {
  await withService(
    async ({ submit, base }) => {
      assert.deepEqual((await submit(orderOf(1))).json.error?.code, "http.base_required");
      assert.equal((await submit(orderOf(1))).status, 428);
      assert.equal(
        (await submit({ deltas: [{ proposer: "b", ...orderOf(1) }], proposer: undefined }, "/v1/deltas:batch")).json.error?.code,
        "http.base_required",
      );
      assert.equal((await submit(orderOf(1), "/v1/deltas", { "if-match": '"1"' })).status, 200);
      const stale = await submit(orderOf(2), "/v1/deltas", { "if-match": '"1"' });
      assert.deepEqual(
        [stale.status, stale.json.error?.code, stale.json.data["verdict"], base.head],
        [412, "http.base_stale", "refused", 2],
      );
      assert.equal((await submit({ ...orderOf(2), base: 2 }, "/v1/deltas", { "if-match": '"1"' })).json.error?.code, "http.key_differs");
      assert.equal((await submit({ ...orderOf(2), base: 2 })).json.data["verdict"], "accepted");
      assert.equal((await submit(orderOf(3), "/v1/deltas", { "if-match": "three" })).json.error?.code, "http.malformed");
    },
    { requiresBase: true },
  );
});

test("a dry run commits nothing and remembers nothing", async () => {
  await withService(async ({ submit, base, call }) => {
    const dry = await submit(orderOf(1), "/v1/deltas?dryRun");
    assert.deepEqual([dry.json.data["verdict"], dry.json.data["commit"], base.head], ["accepted", null, 1]);
    assert.equal((await call("GET", `/v1/deltas/${dry.json.data["delta"]}`)).status, 404);
    assert.equal((await submit({ assert: { order: [[1, "x", 1]] } }, "/v1/deltas?dryRun=true")).json.data["verdict"], "refused");
    assert.equal((await base.refusals()).length, 0);
  });
});

test("a refusal brings its proofs and the repairs that were asked for", async () => {
  await withService(async ({ submit }) => {
    const { json } = await submit({ assert: { order: [[1, "nobody", 5]] } }, "/v1/deltas?explain=8&repairs=2");
    const data = json.data as unknown as { explanations: { kind: string; proof: { kind: string } }[]; repairs: { cost: number }[] };
    assert.deepEqual(
      data.explanations.map(({ kind, proof }) => [kind, proof.kind]),
      [["violation", "derived"]],
    );
    assert.ok(data.repairs.length > 0);
    assert.equal((await submit(orderOf(1), "/v1/deltas?repairs=99")).json.error?.code, "http.malformed");
  });
});

test("a dry run is explained as a delta that is kept is", async () => {
  await withService(async ({ submit, call, base }) => {
    await submit(orderOf(1));
    const bad = {
      assert: {
        order: [
          [7, "nobody", 5],
          [8, "none", 6],
        ],
      },
    };
    const explained = async (query: string): Promise<unknown> => {
      const { json } = await submit(bad, `/v1/deltas?${query}`);
      assert.equal(json.data["verdict"], "refused");
      const { explanations } = json.data as unknown as { explanations: { kind: string; violation: { law: string }; proof: object }[] };
      return explanations.map(({ kind, violation, proof }) => [kind, violation.law, proof]);
    };
    const dry = await explained("dryRun&explain=8");
    assert.equal((dry as unknown[]).length, 2);
    assert.equal((await base.refusals()).length, 0);
    assert.deepEqual(await explained("explain=8"), dry);
    assert.equal(base.head, 2);
    const malformed = await submit({ assert: { order: [[1]] } }, "/v1/deltas?dryRun&explain=3");
    assert.deepEqual(malformed.json.data["explanations"], []);
    const { violations } = (await submit(bad, "/v1/deltas?dryRun")).json.data as unknown as { violations: { fingerprint: string }[] };
    const kept = await call("GET", `/v1/explain?target=${violations[0]?.fingerprint}`);
    assert.deepEqual([kept.json.data["kind"], kept.json.data["clash"]], ["violation", []]);
  });
});

test("NDJSON is the head's line and a line an operation", async () => {
  await withService(async ({ call, base }) => {
    const lines = [
      '{"proposer": "n", "reason": "lines"}',
      '{"op": "assert", "relation": "customer", "row": ["c1", 9007199254740993]}',
      "",
      '{"op": "assert", "relation": "order", "row": {"id": 1, "customer": "c1", "amount": 2.5}}',
    ];
    const sent = await call("POST", "/v1/deltas", { headers: NDJSON, body: lines.join("\n") });
    assert.equal(sent.json.data["verdict"], "accepted");
    const { rows } = await base.query({ datalog: "?- customer(n, c)." });
    assert.deepEqual(rows, [["c1", 9007199254740993n]]);
    const bad = await call("POST", "/v1/deltas", {
      headers: NDJSON,
      body: `${lines[0]}\n{"op": "upsert", "relation": "order", "row": []}`,
    });
    assert.deepEqual([bad.status, bad.json.error?.code], [400, "delta.member"]);
  });
});

/** A relation's rows as a stream whose metadata say what they are. */
function arrowStream(relation: string, columns: Record<string, Vector>, more: Record<string, string> = {}): Uint8Array {
  const metadata = new Map(Object.entries({ "assay.relation": relation, ...more }));
  const fields = Object.entries(columns).map(([name, vector]) => new Field(name, vector.type, false));
  return tableToIPC(new Table(new Schema(fields, metadata), columns), "stream");
}

test("Arrow is a stream a relation, and one that breaks off is refused", async () => {
  await withService(async ({ call, base }) => {
    const head = { "assay.proposer": "a", "assay.reason": "columns" };
    const customers = arrowStream(
      "customer",
      { name: vectorFromArray(["c1", "c2"], new Utf8()), credit: vectorFromArray([1n, 2n], new Int64()) },
      head,
    );
    const orders = arrowStream("order", {
      amount: vectorFromArray([1.5, 2.5], new Float64()),
      id: vectorFromArray([1n, 2n], new Int64()),
      customer: vectorFromArray(["c1", "c2"], new Utf8()),
    });
    const body = Buffer.concat([customers, orders]);
    const sent = await call("POST", "/v1/deltas", { headers: ARROW, body });
    assert.deepEqual([sent.json.data["verdict"], sent.json.error], ["accepted", null]);
    assert.deepEqual((await base.query({ datalog: "?- order(i, c, a)." })).rows, [
      [1n, "c1", 1.5],
      [2n, "c2", 2.5],
    ]);
    for (const length of [0, 7, customers.length - 8, customers.length + 20, body.length - 8]) {
      const cut = await call("POST", "/v1/deltas", { headers: ARROW, body: body.subarray(0, length) });
      assert.ok(cut.status === 400 || cut.status === 422, `${length}: ${cut.status}`);
    }
    const retracting = arrowStream(
      "order",
      {
        id: vectorFromArray([1n], new Int64()),
        customer: vectorFromArray(["c1"], new Utf8()),
        amount: vectorFromArray([1.5], new Float64()),
      },
      { ...head, "assay.op": "retract" },
    );
    assert.equal((await call("POST", "/v1/deltas", { headers: ARROW, body: Buffer.from(retracting) })).json.data["verdict"], "accepted");
    assert.equal(base.head, 3);
  });
});

test("a batch gives each delta its own verdict, those malformed stop it", async () => {
  await withService(async ({ call, base }) => {
    const headers = { "content-type": "application/json" };
    const deltas = [orderOf(1), { assert: { order: [[5, "nobody", 1]] } }, orderOf(2), { assert: { nothing: [[1]] } }].map((delta) => ({
      proposer: "b",
      ...delta,
    }));
    const { json } = await call("POST", "/v1/deltas:batch", { headers, body: JSON.stringify({ deltas }) });
    const results = json.data["results"] as unknown as { status: number; verdict: { verdict: string } }[];
    assert.deepEqual(
      results.map(({ verdict }) => verdict.verdict),
      ["accepted", "refused", "accepted", "refused"],
    );
    assert.deepEqual([json.data["accepted"], base.head], [2, 3]);
    const malformed = await call("POST", "/v1/deltas:batch", {
      headers,
      body: JSON.stringify({ deltas: [deltas[0], { reason: "none" }] }),
    });
    assert.deepEqual([malformed.status, malformed.json.error?.code, base.head], [400, "delta.empty", 3]);
    assert.equal((await call("POST", "/v1/deltas:batch", { headers, body: "{}" })).json.error?.code, "http.batch");
  });
});

test("what is no delta is refused at the gate of shape", async () => {
  await withService(async ({ call, url, base }) => {
    const post = (body: string, type = "application/json") => call("POST", "/v1/deltas", { headers: { "content-type": type }, body });
    const found = [
      await post("{"),
      await post("[]"),
      await post('{"proposer":"x","assert":{"order":7}}'),
      await post("{}", "text/plain"),
      await post('{"proposer":"x","assert":{}}'.repeat(2)),
      await call("POST", "/v1/deltas", { headers: { "content-type": "application/json", "content-encoding": "br" }, body: "{}" }),
    ];
    assert.deepEqual(
      found.map(({ status, json }) => [status, json.error?.code]),
      [
        [400, "json.syntax"],
        [400, "delta.member"],
        [400, "delta.member"],
        [415, "http.media_type"],
        [400, "json.syntax"],
        [415, "http.media_type"],
      ],
    );
    assert.equal(
      (await callAt(url, "POST", "/v1/deltas?explode=1", { headers: { "content-type": "application/json" }, body: "{}" })).json.error?.code,
      "http.malformed",
    );
    assert.equal(base.head, 1);
  });
});
