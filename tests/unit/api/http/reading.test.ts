import assert from "node:assert/strict";
import { test } from "node:test";
import { tableFromIPC } from "apache-arrow";
import { theoryFrom } from "../../../support/fact_bases.ts";
import { orderOf, type Served, withService } from "../../../support/services.ts";

const JSON_BODY = { "content-type": "application/json" };

async function fill({ submit }: Served, orders: number): Promise<void> {
  for (let id = 1; id <= orders; id += 1) await submit(orderOf(id, id));
}

function ask({ call }: Served, body: object, accept?: string) {
  return call("POST", "/v1/query", { headers: { ...JSON_BODY, ...(accept === undefined ? {} : { accept }) }, body: JSON.stringify(body) });
}

test("facts come page by page, each row once, as of the first page's commit", async () => {
  await withService(async (served) => {
    await fill(served, 7);
    const seen: unknown[] = [];
    let path = "/v1/facts/order?limit=3";
    for (let page = 0; page < 3; page += 1) {
      const { json } = await served.call("GET", path);
      seen.push(...(json.data["rows"] as unknown as unknown[]));
      assert.equal(json.data["as_of"], 8);
      path = `/v1/facts/order?limit=3&cursor=${json.cursor}`;
      if (page === 0) await served.submit(orderOf(0, 5));
      if (page === 2) assert.equal(json.cursor, null);
    }
    assert.deepEqual(
      seen,
      [1, 2, 3, 4, 5, 6, 7].map((id) => [id, `c${id}`, id]),
    );
    assert.equal((await served.call("GET", "/v1/facts/order?cursor=zzz")).json.error?.code, "query.cursor");
    assert.equal((await served.call("GET", "/v1/facts/nothing")).json.error?.code, "query.unknown_relation");
  });
});

test("facts in every format say the same rows, derived relations too", async () => {
  await withService(async (served) => {
    await served.submit({
      assert: {
        customer: [
          ['quote" ,\n', "9007199254740993"],
          ["", 0],
        ],
      },
      reason: "odd",
    });
    await fill(served, 3);
    const get = (relation: string, accept: string) => served.call("GET", `/v1/facts/${relation}`, { headers: { accept } });
    const lines = (await get("customer", "application/x-ndjson")).text.trimEnd().split("\n");
    assert.equal(lines.length, 5);
    assert.ok(lines.includes('{"name":"quote\\" ,\\n","credit":9007199254740993}'));
    const csv = await get("customer", "text/csv;q=0.9, application/json;q=0.1");
    assert.match(csv.text, /^name,credit\r\n/);
    assert.ok(csv.text.includes('"quote"" ,\n",9007199254740993\r\n') && csv.text.includes('"",0\r\n'));
    const arrow = tableFromIPC((await get("customer", "application/vnd.apache.arrow.stream")).bytes);
    assert.deepEqual([arrow.numRows, arrow.schema.metadata.get("assay.relation")], [5, "customer"]);
    assert.ok(arrow.toArray().some((row) => row?.["credit"] === 9007199254740993n));
    const open = await get("open", "application/x-ndjson");
    assert.equal(open.text, "");
    await served.submit({ assert: { open: [[]] } });
    assert.equal((await get("open", "application/x-ndjson")).text, "{}\n");
    await served.submit({ assert: { order: [[99, "c1", 5000]] } });
    assert.equal((await get("large", "application/x-ndjson")).text, '{"id":99}\n');
    assert.equal((await get("order", "image/png")).json.error?.code, "http.not_acceptable");
    const head = (await served.call("GET", "/v1/facts/order")).headers.get("etag") ?? "";
    assert.equal((await served.call("GET", "/v1/facts/order", { headers: { "if-none-match": head } })).status, 304);
    const past = await served.call("GET", "/v1/facts/order?as_of=3");
    assert.deepEqual((past.json.data["rows"] as unknown as unknown[]).length, 1);
    assert.equal((await served.call("GET", "/v1/facts/order?as_of=99")).json.error?.code, "query.commit");
  });
});

test("a query is Datalog or one SELECT, as of any commit, in every format", async () => {
  await withService(async (served) => {
    await fill(served, 4);
    const datalog = await ask(served, { datalog: "?- order(i, c, a), a > 2.0." });
    assert.deepEqual((datalog.json.data["rows"] as unknown as unknown[]).length, 2);
    const sql = { sql: 'SELECT count(*) AS n, sum(amount) AS total FROM "order" JOIN customer ON name = customer' };
    assert.deepEqual((await ask(served, sql)).json.data["rows"], [[4, 10]]);
    assert.deepEqual((await ask(served, { ...sql, as_of: 2 })).json.data["rows"], [[1, 1]]);
    assert.equal((await ask(served, sql, "text/csv")).text, "n,total\r\n4,10\r\n");
    assert.equal((await ask(served, sql, "application/x-ndjson")).text, '{"n":4,"total":10}\n');
    assert.equal(tableFromIPC((await ask(served, sql, "application/vnd.apache.arrow.stream")).bytes).numRows, 1);
    const first = await ask(served, { datalog: "?- order(i, c, a).", limit: 3 });
    assert.equal(first.json.data["more"], true);
    await served.submit(orderOf(0));
    const second = await ask(served, { datalog: "?- order(i, c, a).", limit: 3, cursor: first.json.cursor });
    assert.deepEqual([second.json.data["rows"], second.json.data["more"], second.json.cursor], [[[4, "c4", 4]], false, null]);
    assert.equal((await ask(served, { sql: "SELECT 1", cursor: first.json.cursor })).json.error?.code, "query.cursor");
    assert.equal((await ask(served, { datalog: "?- order(i)." })).json.error?.code, "query.rejected");
    assert.equal((await ask(served, {})).json.error?.code, "http.malformed");
  });
});

test("SQL comes page by page too, as of one commit; a page that would not follow is refused", async () => {
  await withService(async (served) => {
    await fill(served, 7);
    const sql = 'SELECT id, customer FROM "order" ORDER BY id DESC';
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof ask>> = await ask(served, { sql, limit: 3, ...(cursor === null ? {} : { cursor }) });
      assert.deepEqual([page.headers.get("etag"), page.json.data["as_of"]], ['"8"', 8]);
      seen.push(...(page.json.data["rows"] as unknown as unknown[]));
      cursor = page.json.cursor;
      await served.submit({ assert: { customer: [[`late${seen.length}`, 1]], order: [[100 + seen.length, `late${seen.length}`, 1]] } });
    } while (cursor !== null);
    assert.deepEqual(
      seen,
      [7, 6, 5, 4, 3, 2, 1].map((id) => [id, `c${id}`]),
    );
    const first = (await ask(served, { sql, limit: 2 })).json.cursor ?? "";
    const code = async (body: object) => (await ask(served, body)).json.error?.code;
    assert.equal(await code({ sql: `${sql} LIMIT 9`, cursor: first }), "query.cursor");
    assert.equal(await code({ datalog: "?- order(i, c, a).", cursor: first }), "query.cursor");
    const unstable = { sql: 'SELECT id, random() AS r FROM "order"', limit: 2 };
    assert.equal(await code({ ...unstable, cursor: (await ask(served, unstable)).json.cursor }), "query.cursor");
    const parts = JSON.parse(Buffer.from(first, "base64url").toString("utf8")) as unknown[];
    const forged = (asOf: number): string => Buffer.from(JSON.stringify([asOf, ...parts.slice(1)])).toString("base64url");
    assert.equal(await code({ sql, cursor: forged(99) }), "query.commit");
    assert.equal(await code({ sql, cursor: forged(2) }), "query.cursor");
    assert.equal((await served.call("GET", `/v1/facts/order?cursor=${first}`)).json.error?.code, "query.cursor");
  });
});

test("SQL reaches relations and nothing else", async () => {
  await withService(async (served) => {
    await fill(served, 1);
    const refused = [
      ["SELECT * FROM read_csv('/etc/passwd')", "query.sql_confined"],
      ["SELECT * FROM '/etc/passwd'", "query.sql_confined"],
      ["SELECT * FROM assay.entry", "query.sql_confined"],
      ["SELECT * FROM assay_log.customer", "query.sql_confined"],
      ["SELECT * FROM information_schema.tables", "query.sql_confined"],
      ["SELECT * FROM duckdb_settings()", "query.sql_confined"],
      ["SELECT * FROM duckdb_tables", "query.sql_confined"],
      ["SELECT current_setting('memory_limit')", "query.sql_confined"],
      ["SELECT getenv('HOME')", "query.sql_confined"],
      ["SELECT (SELECT max(body) FROM assay.verdict) FROM customer", "query.sql_confined"],
      ["WITH x AS (SELECT * FROM assay.delta) SELECT * FROM x", "query.sql_confined"],
      ["FROM query('SELECT 1')", "query.sql_confined"],
      ["SELECT * FROM arrow_scan(1, 2, 3)", "query.sql_confined"],
      ["DESCRIBE customer", "query.sql_confined"],
      ["SHOW TABLES", "query.sql_confined"],
      ["SELECT nextval('x')", "query.sql_confined"],
      ["SET threads = 1", "query.sql_statement"],
      ["INSERT INTO customer VALUES ('x', 1)", "query.sql_statement"],
      ["ATTACH '/tmp/x.duckdb'", "query.sql_statement"],
      ["COPY customer TO '/tmp/x'", "query.sql_statement"],
      ["PRAGMA database_list", "query.sql_statement"],
      ["CALL pragma_version()", "query.sql_statement"],
      ["SELECT 1; SELECT 2", "query.sql_statement"],
      ["", "query.sql_statement"],
      ["SELEC 1", "query.sql_error"],
      ["SELECT nothing FROM customer", "query.sql_error"],
      ["SELECT \u0000", "query.sql_statement"],
    ] as const;
    for (const [sql, code] of refused) assert.equal((await ask(served, { sql })).json.error?.code, code, sql);
    const fine = [
      "SELECT * FROM main.customer",
      "WITH big AS (SELECT * FROM customer WHERE credit > 0) SELECT count(*) FROM big, range(3)",
      "SELECT list(name), upper(name) FROM customer GROUP BY name ORDER BY 2 LIMIT 5",
      'SELECT row_number() OVER (ORDER BY id) FROM "order" UNION ALL SELECT 1',
      "SELECT * FROM Large",
    ];
    for (const sql of fine) assert.equal((await ask(served, { sql })).status, 200, sql);
  });
});

test("a query ends at its bounds of rows and time", async () => {
  await withService(
    async (served) => {
      const rows = await ask(served, { sql: "SELECT * FROM range(1000)" }, "text/csv");
      assert.equal(rows.json.error?.code, "limit.query_rows");
      const time = await ask(served, { sql: "SELECT count(*) FROM range(100000000) AS a(x), range(100000) AS b(y) WHERE x * y % 7 = 3" });
      assert.deepEqual([time.json.error?.code, time.status], ["limit.verdict_ms", 422]);
      assert.equal((await ask(served, { sql: "SELECT 1" })).status, 200);
    },
    { limits: { query_rows: 100, query_ms: 300 } },
  );
});

test("explanations, laws, theories, commits, refusals and proofs can be read", async () => {
  await withService(async (served) => {
    await fill(served, 2);
    await served.submit({ assert: { order: [[7, "nobody", 1]] } });
    const get = (path: string) => served.call("GET", path);
    const proof = await get(`/v1/explain?target=${encodeURIComponent('customer("c1", 1)')}`);
    assert.equal(proof.json.data["kind"], "proof");
    const missing = await get(`/v1/explain?target=${encodeURIComponent('customer("c9", 1)')}&depth=3`);
    assert.equal(missing.json.data["kind"], "why_not");
    assert.equal((await get("/v1/explain?target=customer(")).json.error?.code, "explain.rejected");
    assert.equal((await get("/v1/explain")).json.error?.code, "http.malformed");
    const laws = (await get("/v1/laws")).json.data as unknown as { law: string }[];
    assert.ok(laws.some(({ law }) => law === "shop.customer"));
    const [theory] = (await get("/v1/theories")).json.data as unknown as { name: string; laws: string[] }[];
    assert.deepEqual([theory?.name, theory?.laws.includes("shop.credit")], ["shop", true]);
    assert.ok("shop.dl" in ((await get("/v1/theories/shop")).json.data["files"] as unknown as object));
    const relations = (await get("/v1/relations")).json.data as unknown as {
      relation: string;
      role: string;
      attributes: { name: string }[];
    }[];
    assert.deepEqual(
      relations.map(({ relation, role, attributes }) => [relation, role, attributes.length]),
      [
        ["customer", "base", 2],
        ["indebted", "derived", 2],
        ["key.customer", "derived", 1],
        ["large", "derived", 1],
        ["open", "base", 0],
        ["order", "base", 3],
        ["orphan", "derived", 2],
      ],
    );
    const commits = await get("/v1/commits?from=2&limit=1");
    assert.deepEqual([commits.json.cursor, (commits.json.data["entries"] as unknown as { seq: number }[])[0]?.seq], ["3", 2]);
    assert.equal((await get("/v1/commits/3")).json.data["seq"], 3);
    assert.equal((await get("/v1/commits/9")).status, 404);
    const refused = (await get("/v1/violations")).json.data["refused"] as unknown as {
      verdict: { violations: { fingerprint: string }[] };
    }[];
    const print = refused[0]?.verdict.violations[0]?.fingerprint ?? "";
    assert.equal((await get(`/v1/explain?target=${print}`)).json.data["kind"], "violation");
    assert.equal((await get("/v1/proofs/head")).json.data["kind"], "head");
    assert.equal((await get("/v1/proofs/commits/2")).json.data["kind"], "inclusion");
    assert.equal((await get("/v1/proofs/consistency?first=1&second=3")).json.data["kind"], "consistency");
    assert.equal((await get("/v1/proofs/commits/77")).json.error?.code, "ledger.no_leaf");
  });
});

test("putting a theory in force is a delta, judged over the facts present", async () => {
  await withService(async (served) => {
    await fill(served, 2);
    const put = (program: string, more: object = {}) => {
      const { files } = theoryFrom(program, "extra");
      const body = JSON.stringify({ author: "lea", files: Object.fromEntries(files), ...more });
      return served.call("PUT", "/v1/theories/extra", { headers: JSON_BODY, body });
    };
    const law = (least: number) =>
      `.decl order(id:number, customer:symbol, amount:float)\n.input order\n/// @law extra.small error "{id}"\n.decl small(id:number)\nsmall(i) :- order(i, _, a), a < ${least}.0.\n`;
    const whatIf = await served.call("POST", "/v1/whatif/theories", {
      headers: JSON_BODY,
      body: JSON.stringify({ author: "lea", files: Object.fromEntries(theoryFrom(".decl x(a:number)\n.input x\n", "extra").files) }),
    });
    assert.equal(whatIf.status, 200);
    assert.equal((await put("nonsense")).json.error?.code, "theory.rejected");
    assert.equal((await put(law(1), { files: {} })).json.error?.code, "theory.manifest");
    assert.equal((await put(law(1), { ratchet: true })).json.error?.code, "http.malformed");
    assert.ok((await put(law(1))).status > 0);
  });
});

test("If-Match ties a theory to the head, and a policy may ask for it", async () => {
  await withService(
    async ({ call, base }) => {
      const { files } = theoryFrom(
        '.decl more(a:number)\n.input more\n/// @law extra.none warn "{a}"\n.decl none(a:number)\nnone(a) :- more(a), a < 0.\n',
        "extra",
      );
      const body = JSON.stringify({ author: "lea", files: Object.fromEntries(files) });
      const put = (headers: Record<string, string>) => call("PUT", "/v1/theories/extra", { headers: { ...JSON_BODY, ...headers }, body });
      const told = [];
      for (const match of [{}, { "if-match": '"0"' }, { "if-match": '"7"' }, { "if-match": "1" }]) {
        const { status, json } = await put(match);
        told.push([status, json.error?.code]);
      }
      assert.deepEqual(told, [
        [428, "http.base_required"],
        [412, "http.base_stale"],
        [412, "http.base_stale"],
        [400, "http.malformed"],
      ]);
      assert.equal(base.head, 1);
      assert.deepEqual([(await put({ "if-match": '"1"' })).json.data["verdict"], base.head], ["accepted", 2]);
      const again = await put({ "if-match": '"1"' });
      assert.deepEqual([again.status, again.json.data["replayed"], base.head], [200, true, 2]);
    },
    { requiresBase: true },
  );
});

test("what-if judges deltas one over the other and commits none", async () => {
  await withService(async (served) => {
    const deltas = [orderOf(1), { assert: { order: [[2, "c1", 2]] } }, { assert: { order: [[3, "nobody", 2]] } }].map((delta) => ({
      proposer: "w",
      ...delta,
    }));
    const { json } = await served.call("POST", "/v1/whatif/deltas", { headers: JSON_BODY, body: JSON.stringify({ deltas }) });
    const verdicts = json.data["verdicts"] as unknown as { verdict: string }[];
    assert.deepEqual(
      verdicts.map(({ verdict }) => verdict),
      ["accepted", "accepted", "refused"],
    );
    assert.equal(served.base.head, 1);
  });
});

test("ids of entities are those of the command line", async () => {
  await withService(async ({ call }) => {
    const body = JSON.stringify({
      service: "https://example.org/shop",
      kind: "customer",
      keys: [
        ["DE", 7],
        ["FR", null],
      ],
    });
    const { json } = await call("POST", "/v1/uuid", { headers: JSON_BODY, body });
    const [id, none] = json.data["ids"] as unknown as (string | null)[];
    assert.match(id ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-/);
    assert.equal(none, null);
  });
});
