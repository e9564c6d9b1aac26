import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { test } from "node:test";
import { type Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Act } from "../../../../api/http/principal.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { agent, callTool, readJson } from "../../../support/agents.ts";
import { SHOP, theoryFrom } from "../../../support/fact_bases.ts";
import { orderOf, type Served, type ServeTestOptions, withService } from "../../../support/services.ts";

const TOOLS = ["explain", "list_laws", "propose_delta", "query", "run_job", "what_if", "why_not"];

async function withAgent(
  run: (client: Client, served: Served) => Promise<void>,
  options: ServeTestOptions = {},
  era: "modern" | "legacy" = "modern",
): Promise<void> {
  await withService(async (served) => {
    const client = agent(era);
    await client.connect(new StreamableHTTPClientTransport(new URL(`${served.url}/mcp`)));
    try {
      await run(client, served);
    } finally {
      await client.close();
    }
  }, options);
}

const customers = (count: number) => Array.from({ length: count }, (_, at) => [`c${String(at).padStart(4, "0")}`, at]);

for (const era of ["modern", "legacy"] as const) {
  test(`an agent of the ${era} protocol tries, is refused, sees why, and proposes what is accepted`, async () => {
    await withAgent(
      async (client, { base }) => {
        const { tools } = await client.listTools();
        assert.deepEqual(tools.map(({ name }) => name).toSorted(), TOOLS);
        const bad = { reason: "try", assert: { order: [[1, "nobody", 5]] } };
        const tried = await callTool(client, "what_if", { deltas: [bad] });
        assert.equal((tried.data["verdicts"] as { verdict: string }[])[0]?.verdict, "refused");
        assert.equal(base.head, 1);
        const refused = await callTool(client, "propose_delta", bad);
        assert.deepEqual([refused.isError, refused.data["verdict"], refused.data["total"]], [false, "refused", 1]);
        const [{ fingerprint, law } = { fingerprint: "", law: "" }] = refused.data["violations"] as { fingerprint: string; law: string }[];
        assert.equal(law, "shop.customer");
        const why = await callTool(client, "explain", { target: fingerprint });
        assert.deepEqual([why.data["kind"], (why.data["proof"] as { relation: string }).relation], ["violation", "orphan"]);
        const whyNot = await callTool(client, "why_not", { fact: 'customer("nobody", 1)' });
        assert.equal(whyNot.data["kind"], "why_not");
        const good = await callTool(client, "propose_delta", { ...bad, assert: { ...bad.assert, customer: [["nobody", 1]] } });
        assert.deepEqual([good.data["verdict"], good.data["commit"], base.head], ["accepted", 2, 2]);
        assert.equal((await base.log({ from: 2, to: 2 }))[0]?.proposer, "anonymous");
        const rows = await callTool(client, "query", { datalog: "?- order(i, c, a)." });
        assert.deepEqual(rows.data["rows"], [[1, "nobody", 5]]);
        assert.deepEqual(JSON.parse(rows.text).data.rows, [[1, "nobody", 5]]);
      },
      {},
      era,
    );
  });
}

test("an agent's answers are pages: rows, laws and violations all come, none twice", async () => {
  await withAgent(
    async (client, { submit }) => {
      await submit({ assert: { customer: customers(120) } });
      const rows: unknown[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page = await callTool(client, "query", { datalog: "?- customer(n, c).", ...(cursor === null ? {} : { cursor }) });
        rows.push(...(page.data["rows"] as unknown[]));
        cursor = page.cursor;
        pages += 1;
      } while (cursor !== null);
      assert.deepEqual([pages, rows], [3, customers(120)]);
      const first = await callTool(client, "list_laws", { limit: 2 });
      const second = await callTool(client, "list_laws", { limit: 2, cursor: first.cursor ?? "" });
      const names = [first, second].flatMap(({ data }) => (data["laws"] as { law: string }[]).map(({ law }) => law));
      assert.deepEqual([names.toSorted(), second.cursor], [["key.customer", "shop.credit", "shop.customer", "shop.large"], null]);
      assert.equal(new Set(names).size, names.length);
      const orders = Array.from({ length: 30 }, (_, id) => [id, "nobody", 1]);
      const refused = await callTool(client, "propose_delta", { reason: "many", assert: { order: orders } });
      assert.equal(refused.data["total"], 30);
      const seen = new Set((refused.data["violations"] as { fingerprint: string }[]).map(({ fingerprint }) => fingerprint));
      let more = refused.data["more"] as string | null;
      while (more !== null) {
        const page = await readJson(client, more);
        for (const { fingerprint } of page["violations"] as { fingerprint: string }[]) {
          assert.ok(!seen.has(fingerprint));
          seen.add(fingerprint);
        }
        more = page["more"] as string | null;
      }
      assert.equal(seen.size, 30);
    },
    { limits: { agent_rows: 50, agent_characters: 6_000 } },
  );
});

test("an answer that is too long is cut at a row or a level, and says so where even one is", async () => {
  await withAgent(
    async (client, { submit }) => {
      await submit({
        assert: {
          customer: [
            ["x".repeat(900), 1],
            ["y".repeat(900), 2],
            ["z".repeat(3_000), 3],
          ],
        },
      });
      const page = await callTool(client, "query", { datalog: "?- customer(n, c)." });
      assert.deepEqual([(page.data["rows"] as unknown[]).length, page.data["more"]], [2, true]);
      const rest = await callTool(client, "query", { datalog: "?- customer(n, c).", cursor: page.cursor ?? "" });
      assert.deepEqual([rest.isError, rest.error?.code], [true, "limit.agent_characters"]);
      const sql = "SELECT * FROM customer ORDER BY name";
      const cut = await callTool(client, "query", { sql });
      assert.deepEqual([(cut.data["rows"] as unknown[]).length, cut.data["more"]], [2, true]);
      const third = await callTool(client, "query", { sql, cursor: cut.cursor ?? "" });
      assert.deepEqual([third.isError, third.error?.code], [true, "limit.agent_characters"]);
      const proof = await callTool(client, "explain", { target: `customer("${"z".repeat(3_000)}", 3)` });
      assert.equal(proof.error?.code, "limit.agent_characters");
    },
    { limits: { agent_characters: 2_000 } },
  );
});

test("an agent tries a changed theory over the facts and the log, and nothing is loaded", async () => {
  await withAgent(async (client, { base, submit }) => {
    await submit(orderOf(1, 5));
    await submit(orderOf(2, 50));
    await submit({ assert: { order: [[3, "nobody", 1]] } });
    const law = '\n/// @law shop.small error "{id}"\n.decl small(id:number)\nsmall(i) :- order(i, _, a), a < 10.0.\n';
    const { files } = theoryFrom(SHOP + law, "shop", "2.0.0");
    const tried = await callTool(client, "what_if", { theory: { files: Object.fromEntries(files) } });
    assert.equal(tried.isError, false, tried.text);
    const { verdict, refused, refused_total } = tried.data as unknown as {
      verdict: { verdict: string };
      refused: { commit: number; laws: object[] }[];
      refused_total: number;
    };
    assert.equal(verdict.verdict, "refused");
    assert.deepEqual(
      [refused.map(({ commit, laws }) => [commit, laws]), refused_total],
      [[[2, [{ law: "shop.small", violations: 1 }]]], 1],
    );
    assert.deepEqual([base.head, base.theories[0]?.version], [3, "1.0.0"]);
    for (const wrong of [{}, { deltas: [{ assert: { customer: [["a", 1]] } }], theory: { files: {} } }]) {
      assert.equal((await callTool(client, "what_if", wrong)).error?.code, "http.malformed");
    }
    assert.equal((await callTool(client, "what_if", { theory: { files: {} } })).error?.code, "theory.manifest");
  });
});

test("what an agent asks wrongly is an answer with a code, never a crash", async () => {
  await withAgent(async (client) => {
    const codes: [string, Record<string, unknown>, string][] = [
      ["query", { datalog: "?- nothing(x)." }, "query.rejected"],
      ["query", { sql: "SELECT * FROM read_csv('/etc/passwd')" }, "query.sql_confined"],
      ["query", { sql: "DELETE FROM customer" }, "query.sql_statement"],
      ["query", {}, "http.malformed"],
      ["query", { datalog: "?- customer(n, c).", cursor: "no" }, "query.cursor"],
      ["explain", { target: "0".repeat(32) }, "explain.unknown_fingerprint"],
      ["why_not", { fact: "nothing(1)" }, "explain.unknown_relation"],
      ["list_laws", { cursor: "x" }, "query.cursor"],
      ["propose_delta", { reason: "none" }, "delta.empty"],
      ["propose_delta", { reason: "rounded", assert: { customer: [["a", 9007199254740994]] } }, "http.malformed"],
    ];
    for (const [tool, args, code] of codes) {
      const answer = await callTool(client, tool, args);
      assert.deepEqual([tool, answer.isError, answer.ok, answer.error?.code], [tool, true, false, code]);
    }
    const exact = await callTool(client, "propose_delta", { reason: "exact", assert: { customer: [["a", "9007199254740993"]] } });
    assert.equal(exact.data["verdict"], "accepted");
    const rows = await callTool(client, "query", { datalog: "?- customer(n, c)." });
    assert.deepEqual(rows.data["rows"], [["a", "9007199254740993"]]);
    const float = { customer: [["b", 1]], order: [[1, "b", 1e17]] };
    assert.equal((await callTool(client, "propose_delta", { reason: "a float", assert: float })).data["verdict"], "accepted");
  });
});

test("theories and commits are resources", async () => {
  await withAgent(async (client, { submit }) => {
    await submit({ assert: { customer: [["a", 1]] } });
    const theories = (await readJson(client, "assay://theories"))["theories"] as { name: string; files: string[] }[];
    assert.deepEqual(
      theories.map(({ name }) => name),
      ["shop"],
    );
    const program = theories[0]?.files.find((uri) => uri.endsWith(".dl")) ?? "";
    const { contents } = await client.readResource({ uri: program });
    assert.match(contents[0] !== undefined && "text" in contents[0] ? contents[0].text : "", /\.decl customer/);
    const { resources } = await client.listResources();
    const uris = resources.map(({ uri }) => uri);
    for (const uri of ["assay://theories", "assay://commits", "assay://commits/2", program]) assert.ok(uris.includes(uri), uri);
    assert.equal((await readJson(client, "assay://commits"))["head"], 2);
    assert.equal((await readJson(client, "assay://commits/2"))["proposer"], "tester");
    for (const uri of [
      "assay://commits/9",
      "assay://commits/x",
      "assay://theories/shop/none.dl",
      "assay://deltas/sha256:00/violations/0",
    ]) {
      await assert.rejects(client.readResource({ uri }), uri);
    }
  });
});

test("a long file comes in parts that join to the whole", async () => {
  await withAgent(
    async (client, { base }) => {
      const whole = base.theories[0]?.files.get("shop.dl") ?? "";
      const parts: string[] = [];
      let uri: string | null = "assay://theories/shop/shop.dl";
      while (uri !== null) {
        const { contents } = await client.readResource({ uri });
        const [part] = contents;
        parts.push(part !== undefined && "text" in part ? part.text : "");
        uri = part?._meta?.["next"] as string | null;
      }
      assert.ok(parts.length > 2);
      assert.equal(parts.join("\n"), whole);
    },
    { limits: { agent_characters: 300 } },
  );
});

test("an agent is authorized as any principal is, act by act", async () => {
  const acts: string[] = [];
  const gatekeeper = {
    identify: () => ({ id: "robot", kind: "key" as const }),
    authorize(principal: { id: string }, act: Act) {
      acts.push(`${principal.id} ${act.kind}`);
      if (act.kind === "propose" && !act.isDry) throw new AssayError("store.read_only", "a reader proposes nothing");
    },
  };
  await withAgent(
    async (client, { base }) => {
      const delta = { reason: "try", assert: { customer: [["a", 1]] } };
      const refused = await callTool(client, "propose_delta", delta);
      assert.deepEqual([refused.isError, refused.error?.code, base.head], [true, "store.read_only", 1]);
      const tried = await callTool(client, "what_if", { deltas: [delta, delta] });
      assert.equal((tried.data["verdicts"] as unknown[]).length, 2);
      await callTool(client, "query", { datalog: "?- customer(n, c)." });
      assert.deepEqual(acts, ["robot propose", "robot propose", "robot propose", "robot read"]);
    },
    { gatekeeper },
  );
});

test("where writes must say which commit they were made for, an agent's must too", async () => {
  await withAgent(
    async (client, { base }) => {
      const delta = { reason: "based", assert: { customer: [["a", 1]] } };
      const refused = await callTool(client, "propose_delta", delta);
      assert.deepEqual([refused.error?.code, base.head], ["http.base_required", 1]);
      assert.equal((await callTool(client, "what_if", { deltas: [delta] })).isError, false);
      const stale = await callTool(client, "propose_delta", { ...delta, base: 0 });
      assert.equal(stale.data["verdict"], "refused");
      assert.equal((await callTool(client, "propose_delta", { ...delta, base: 1 })).data["commit"], 2);
    },
    { requiresBase: true },
  );
});

test("a page of somewhere else reaches no agent's door", async () => {
  await withService(
    async ({ call, url }) => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
      const own = { "content-type": "application/json", accept: "application/json, text/event-stream" };
      assert.equal((await call("POST", "/mcp", { headers: own, body })).status, 200);
      const foreign = await call("POST", "/mcp", { headers: { ...own, origin: "https://evil.example" }, body });
      assert.deepEqual([foreign.status, foreign.json.error?.code], [403, "http.origin"]);
      const { hostname, port } = new URL(url);
      const rebound = request({ hostname, port, path: "/mcp", method: "POST", headers: { ...own, host: "evil.example" } }).end(body);
      const [answer] = (await once(rebound, "response")) as [IncomingMessage];
      assert.deepEqual([answer.statusCode, ((await json(answer)) as { error: { code: string } }).error.code], [403, "http.origin"]);
      const large = await call("POST", "/mcp", { headers: own, body: `{"x": "${"x".repeat(5_000)}"}` });
      assert.equal(large.status, 413);
    },
    { limits: { body_bytes: 4_096 } },
  );
});
