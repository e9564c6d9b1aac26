import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect as connectSocket, type Socket } from "node:net";
import { test } from "node:test";
import { type AssayClient, connect } from "../../../../api/notebook/client.ts";
import { AssayProblem } from "../../../../api/notebook/problem.ts";
import type { LiveEvent } from "../../../../api/ws/events.ts";
import { orderOf, type Served, type ServeTestOptions, withService } from "../../../support/services.ts";

const withClient = (run: (client: AssayClient, served: Served) => Promise<void>, options: ServeTestOptions = {}): Promise<void> =>
  withService((served) => run(connect(`${served.url}/`), served), options);

async function problemOf(asked: Promise<unknown>): Promise<AssayProblem> {
  const thrown = await asked.then(
    () => null,
    (cause: unknown) => cause,
  );
  assert.ok(thrown instanceof AssayProblem, String(thrown));
  return thrown;
}

test("a client submits, is refused with typed violations, sees why, and reads Arrow tables as of any commit", async () => {
  await withClient(async (client) => {
    const refused = await client.submit({ proposer: "me", assert: { order: [[1, "nobody", 5]] } }, { repairs: 1 });
    assert.deepEqual(
      [refused.verdict, refused.violations[0]?.law, refused.violations[0]?.witness],
      ["refused", "shop.customer", { id: 1, customer: "nobody" }],
    );
    assert.equal(refused.repairs.length, 1);
    const why = await client.explain(refused.violations[0]?.fingerprint ?? "", { depth: 3 });
    assert.deepEqual([why.kind, why.kind === "violation" && why.proof?.relation], ["violation", "orphan"]);
    const dry = await client.submit({ proposer: "me", assert: { customer: [{ name: "a", credit: 2n ** 53n + 1n }] } }, { dryRun: true });
    assert.deepEqual([dry.verdict, dry.commit], ["accepted", null]);
    const accepted = await client.submit({ proposer: "me", assert: { customer: [{ name: "a", credit: 2n ** 53n + 1n }] } });
    assert.equal(accepted.commit, 2);
    const table = await client.query("?- customer(n, c).");
    assert.deepEqual([table.numRows, table.getChild("n")?.get(0), table.getChild("c")?.get(0)], [1, "a", 2n ** 53n + 1n]);
    assert.equal((await client.query("?- customer(n, c).", { asOf: 1 })).numRows, 0);
    assert.equal((await client.query({ sql: "SELECT count(*) AS n FROM customer" })).getChild("n")?.get(0), 1n);
    assert.deepEqual(
      (await client.facts("customer")).schema.fields.map(({ name }) => name),
      ["name", "credit"],
    );
    assert.equal((await client.explain('customer("b", 1)', { asOf: 2 })).kind, "why_not");
  });
});

test("what the service refuses to answer is a problem with its code", async () => {
  await withClient(async (client) => {
    const query = await problemOf(client.query("?- nothing(x)."));
    assert.deepEqual([query.code, query.status], ["query.rejected", 400]);
    assert.equal((await problemOf(client.facts("no/such relation"))).code, "query.unknown_relation");
    assert.equal((await problemOf(client.submit({ proposer: "me" }))).code, "delta.empty");
    assert.equal((await problemOf(client.subscribe({ topic: "commits" }, { cursor: "99" }).next())).code, "live.cursor");
    const elsewhere = connect(client.url, { fetch: async () => new Response("<html>", { status: 502, headers: { "retry-after": "7" } }) });
    const foreign = await problemOf(elsewhere.query("?- customer(n, c)."));
    assert.deepEqual([foreign.code, foreign.retryAfter_s], ["http.502", 7]);
  });
});

test("a token goes with every request", async () => {
  const seen = new Set<string | undefined>();
  const gatekeeper = {
    identify({ headers }: { headers: { authorization?: string } }) {
      seen.add(headers.authorization);
      return { id: "x", kind: "key" as const };
    },
    authorize: () => undefined,
  };
  await withService(
    async ({ url }) => {
      const client = connect(url, { token: "secret" });
      await client.query("?- customer(n, c).");
      await client.subscribe({ topic: "commits" }).next();
      assert.deepEqual([...seen], ["Bearer secret"]);
    },
    { gatekeeper: gatekeeper as never },
  );
});

/** A door before the service that can be shut in the face of whoever is inside. */
async function flaky(url: string): Promise<{ readonly url: string; cut(): void; close(): void }> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  const server: Server = createServer();
  server.on("connection", (socket) => {
    const behind = connectSocket(Number(port), hostname);
    for (const one of [socket, behind]) {
      open.add(one);
      one
        .on("error", () => undefined)
        .on("close", () => {
          socket.destroy();
          behind.destroy();
        });
    }
    server.removeAllListeners("request");
    socket.removeAllListeners("data");
    socket.pipe(behind).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  const cut = (): void => {
    for (const socket of open) socket.destroy();
    open.clear();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}

/** The rows after these events; throws where one comes twice or goes that is not there. */
function rowsAfter(events: readonly LiveEvent[]): string[] {
  let rows = new Set<string>();
  for (const event of events) {
    if (event.event === "snapshot") rows = new Set(event.rows.map((row) => JSON.stringify(row)));
    if (event.event !== "change") continue;
    for (const row of event.removed) assert.ok(rows.delete(JSON.stringify(row)));
    for (const row of event.added) {
      assert.ok(!rows.has(JSON.stringify(row)));
      rows.add(JSON.stringify(row));
    }
  }
  return [...rows].toSorted();
}

test("a subscription goes on after each break without gap or duplicate, a large snapshot whole", async () => {
  await withClient(async (client, { url, submit }) => {
    await submit({ assert: { customer: Array.from({ length: 2_500 }, (_, at) => [`first${at}`, at]) } });
    const door = await flaky(url);
    const breaks: unknown[] = [];
    const events: LiveEvent[] = [];
    try {
      const live = connect(door.url).subscribe({ topic: "relation", relation: "customer" }, { onBreak: (cause) => breaks.push(cause) });
      for await (const event of live) {
        events.push(event);
        if (events.length === 1) assert.deepEqual([event.event, event.event === "snapshot" && event.rows.length], ["snapshot", 2_500]);
        if (events.length > 6) break;
        if (events.length % 2 === 0) door.cut();
        await submit(orderOf(events.length));
      }
    } finally {
      door.close();
    }
    assert.ok(breaks.length >= 3, String(breaks.length));
    const last = events.at(-1);
    const asOf = last?.event === "change" ? last.to : 0;
    const table = await client.facts("customer", { asOf });
    const expected = Array.from(table, (row) => JSON.stringify([row?.["name"], Number(row?.["credit"])])).toSorted();
    assert.deepEqual(rowsAfter(events), expected);
    assert.equal(expected.length, 2_506);
  });
});

test("a subscription ends where its topic does, and where its consumer says so", async () => {
  await withClient(async (client, { submit }) => {
    const stop = new AbortController();
    const seen: LiveEvent[] = [];
    const watching = (async () => {
      for await (const event of client.subscribe({ topic: "violations" }, { signal: stop.signal })) {
        seen.push(event);
        if (event.event === "refused") stop.abort();
        else await submit({ assert: { order: [[1, "nobody", 1]] } });
      }
    })();
    await watching;
    assert.deepEqual(
      seen.map(({ event }) => event),
      ["snapshot", "refused"],
    );
  });
});
