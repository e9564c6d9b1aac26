import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { inspect } from "node:util";
import { endpointModel } from "../../../../compute/endpoint/endpoint_model.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { systemClock } from "../../../../schema/clock.ts";
import type { TextModel } from "../../../../schema/text_model.ts";
import { runJob } from "../../../../verify/jobs/run_job.ts";
import { chunk, type Trouble, withEndpoint } from "../../../support/completions_server.ts";
import { SHOP, steppingClock, theoryFrom, withBase } from "../../../support/fact_bases.ts";
import { request, withModels } from "../../../support/model_files.ts";
import { LAWFUL, learner, zoeOrder as order, UNLAWFUL } from "../../../support/zoe_job.ts";

const KEY = "sk-secret-0123456789";

function at(url: string, key: string | null = null, bytes?: number): TextModel {
  return endpointModel({ name: "far", url, model: "learner", key, clock: systemClock, ...(bytes === undefined ? {} : { bytes }) });
}

function begin(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { "content-type": "text/event-stream" });
}

const status =
  (code: number, headers: Record<string, string> = {}, body = "{}"): Trouble =>
  (response) =>
    void response.writeHead(code, headers).end(body);

/** A server that is in trouble for ever; the model behind it is never asked. */
async function withTrouble(troubles: readonly Trouble[], run: (url: string, count: () => number) => Promise<void>): Promise<void> {
  const none: TextModel = { name: "none", hash: "", complete: () => Promise.reject(new Error("nobody was to ask")) };
  await withEndpoint(none, (url, asked) => run(url, () => asked.length), troubles);
}

const ask = request({ prompt: "An invoice to Zoe.", temperature: 0, tokens: 200 });

test("a job runs through an endpoint as through a file, and its hash says that it is none", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "learner", path: write("m.gguf", learner) });
    await withBase([theoryFrom(SHOP)], async (base) => {
      await withEndpoint(model, async (url, asked) => {
        const outcome = await runJob(base, at(url, KEY), order, { clock: steppingClock() });
        assert.deepEqual(
          outcome.attempts.map(({ answer, verdict }) => [answer, verdict?.verdict]),
          [
            [UNLAWFUL, "refused"],
            [LAWFUL, "accepted"],
          ],
        );
        assert.match(outcome.model.hash, /^endpoint:sha256:/);
        assert.deepEqual((await base.query({ datalog: "?- order(i, c, a)." })).rows, [[9_007_199_254_740_993n, "Zoe", 12.5]]);
        assert.deepEqual(
          asked.map(({ path, headers, body }) => [path, headers.authorization, body.model, body.seed, body.max_tokens <= 600]),
          [1, 2].map((seed) => ["/v1/chat/completions", `Bearer ${KEY}`, "learner", seed, true]),
        );
      });
    });
  });
});

test("requests are sent again where that can help, after what the endpoint asks, and no longer than there is time", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "learner", path: write("m.gguf", learner) });
    const now = "Sat, 21 Nov 2026 10:00:00 GMT";
    const broken: Trouble = (response) => void begin(response).write(chunk("{"), () => response.destroy());
    const troubles = [status(429, { "retry-after": "0" }), status(503, { date: now, "retry-after": now }), broken];
    await withEndpoint(
      model,
      async (url, asked) => {
        assert.equal((await at(url).complete(ask)).text, UNLAWFUL);
        assert.equal(asked.length, 4);
      },
      troubles,
    );
  });
  await withTrouble([status(429, { "retry-after": "3600" })], async (url, count) => {
    await assert.rejects(at(url).complete(ask), { code: "model.endpoint" });
    assert.equal(count(), 1);
  });
  await withTrouble([status(500)], async (url, count) => {
    await assert.rejects(at(url).complete(ask), { code: "model.endpoint" });
    assert.equal(count(), 1);
  });
  await withTrouble(
    Array.from({ length: 9 }, () => status(503, { "retry-after": "0" })),
    async (url, count) => {
      await assert.rejects(at(url).complete(ask), { code: "model.endpoint" });
      assert.equal(count(), 5);
    },
  );
  await assert.rejects(at("http://127.0.0.1:9/v1").complete({ ...ask, time_ms: 600 }), { code: "model.endpoint" });
});

test("an endless answer is ended by tokens, by bytes, by its time, or by who asked", async () => {
  const endless: Trouble = (response) => {
    begin(response);
    const timer = setInterval(() => response.write(chunk("abcdefgh")), 1);
    response.on("close", () => clearInterval(timer));
  };
  const silent: Trouble = (response) => void begin(response).flushHeaders();
  await withTrouble([endless, endless, silent, endless], async (url) => {
    const cut = await at(url).complete({ ...ask, tokens: 20 });
    assert.deepEqual([cut.isWhole, cut.tokens, cut.text.length], [false, 20, 160]);
    await assert.rejects(at(url, null, 2_000).complete(ask), { code: "limit.endpoint_bytes" });
    await assert.rejects(at(url).complete({ ...ask, time_ms: 100 }), { code: "limit.model_ms" });
    const stop = new AbortController();
    const asked = at(url).complete({ ...ask, signal: stop.signal, onTokens: (tokens) => tokens > 3 && stop.abort(new Error("enough")) });
    await assert.rejects(asked, { message: "enough" });
    await assert.rejects(at(url).complete({ ...ask, signal: AbortSignal.abort(new Error("early")) }), { message: "early" });
  });
});

test("cancelling ends the connection", async () => {
  const closed = Promise.withResolvers<void>();
  const held: Trouble = (response) => {
    begin(response).write(chunk("{"));
    void once(response, "close").then(() => closed.resolve());
  };
  await withTrouble([held], async (url) => {
    const stop = new AbortController();
    const asked = at(url).complete({ ...ask, signal: stop.signal, onTokens: () => stop.abort() });
    await assert.rejects(asked, { name: "AbortError" });
    await closed.promise;
  });
});

test("a key stands in no error, goes nowhere but to the endpoint, and not in clear text beyond this machine", async () => {
  const echo = JSON.stringify({ error: { message: `no such key: ${KEY}`, code: "invalid_api_key" } });
  const within: Trouble = (response) => void begin(response).end(`data: {"error":{"message":"no ${KEY}"}}\n\n`);
  await withTrouble([status(401, {}, echo), status(400, {}, `<p>${KEY}</p>`), within], async (url) => {
    for (const code of ["model.endpoint_key", "model.endpoint", "model.endpoint"]) {
      const error = await at(url, KEY)
        .complete(ask)
        .catch((thrown: unknown) => thrown);
      assert.ok(error instanceof AssayError);
      assert.equal(error.code, code);
      assert.ok(!`${inspect(error, { depth: 9, showHidden: true })}${error.stack}${JSON.stringify(error.report())}`.includes(KEY));
    }
    const model = at(url, KEY);
    assert.ok(!`${inspect(model, { depth: 9, showHidden: true })}${JSON.stringify(model)}`.includes(KEY));
  });
  await withTrouble([], async (other, count) => {
    await withTrouble([status(307, { location: `${other}/chat/completions` })], async (url) => {
      await assert.rejects(at(url, KEY).complete(ask), { code: "model.endpoint" });
    });
    assert.equal(count(), 0);
  });
  for (const url of ["http://far.example/v1", "ftp://far.example", "far", "https://me:pw@far.example/v1", "https://far.example/v1?key=1"]) {
    assert.throws(() => at(url, KEY), { code: "model.endpoint_url" });
  }
  await withTrouble([(response) => void begin(response).end(chunk(`the key is ${KEY}`, "stop"))], async (url) => {
    assert.equal((await at(url, KEY).complete(ask)).text, "the key is …");
  });
  for (const key of ["", "sk-ö", "sk-1\nx"]) assert.throws(() => at("https://far.example/v1", key), { code: "model.endpoint_key" });
  assert.equal(at("http://far.example/v1").name, "far");
});

test("what is no completion is an error; one document is read where the endpoint does not stream", async () => {
  const json = { "content-type": "application/json" };
  const whole = JSON.stringify({ choices: [{ message: { content: UNLAWFUL }, finish_reason: "stop" }], usage: { completion_tokens: 7 } });
  const long = JSON.stringify({ error: { message: "too long", code: "context_length_exceeded" } });
  const wrong = [
    status(200, json, "<html>"),
    status(200, json, '{"choices":[]}'),
    status(200, json, '{"choices":7}'),
    (response: ServerResponse) => void begin(response).end("data: nonsense\n\n"),
  ];
  await withTrouble([...wrong, status(200, json, whole), status(400, json, long)], async (url) => {
    for (const _ of wrong) await assert.rejects(at(url).complete(ask), { code: "model.endpoint" });
    const { text, tokens, isWhole } = await at(url).complete(ask);
    assert.deepEqual([text, tokens, isWhole], [UNLAWFUL, 7, true]);
    await assert.rejects(at(url).complete(ask), { code: "model.prompt" });
  });
});

test("an endpoint that calls the bound on tokens otherwise is asked that way from then on", async () => {
  const body = JSON.stringify({ error: { message: "use another", code: "unsupported_parameter", param: "max_tokens" } });
  const done: Trouble = (response, { raw }) => void begin(response).end(chunk(raw, "stop"));
  await withTrouble([status(400, {}, body), done, done, status(400, {}, body)], async (url, count) => {
    const model = at(url);
    for (const _ of [1, 2]) {
      const { max_tokens, max_completion_tokens } = JSON.parse((await model.complete(ask)).text);
      assert.deepEqual([max_tokens, max_completion_tokens], [undefined, ask.tokens]);
    }
    await assert.rejects(model.complete(ask), { code: "model.endpoint" });
    assert.equal(count(), 4);
  });
});

test("the schema that is sent says the shape, its integers exactly", async () => {
  const shape = {
    type: "object",
    properties: {
      id: { enum: [9_007_199_254_740_993n, "a"] },
      names: { type: "array", items: { type: "string", maxLength: 3 }, maxItems: 2 },
    },
    required: ["id", "names"],
  } as const;
  await withTrouble([(response, { raw }) => response.end(chunk(raw, "stop"))], async (url) => {
    const { text } = await at(url).complete({ ...ask, shape });
    const list = '{"type":"array","items":{"type":"string"},"maxItems":2}';
    const schema = `{"type":"object","properties":{"id":{"enum":[9007199254740993,"a"]},"names":${list}},"required":["id","names"],"additionalProperties":false}`;
    const format = `,"response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":${schema}}}}`;
    assert.equal(text.slice(-format.length), format);
  });
});
