import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answered, type Served, withService } from "../../../support/services.ts";

interface Job {
  readonly job: string;
  readonly status: string;
  readonly result: {
    readonly verdict: { verdict: string; commit: number };
    readonly quarantined: { total: number };
    readonly set_aside: { total: number };
  };
}

const CUSTOMERS = "name,credit\na,1\nb,two\nc,-5\nd,4\n";

function upload({ call }: Served, query: string, body: string, headers: Record<string, string> = {}): Promise<Answered> {
  return call("POST", `/v1/imports?proposer=lea&${query}`, { headers: { "content-type": "text/csv", ...headers }, body });
}

test("a file is one delta, and what it left out can be downloaded", async () => {
  await withService(async (served) => {
    const sent = await upload(served, "relation=customer&onViolation=quarantine", CUSTOMERS);
    const job = sent.json.data as unknown as Job;
    assert.deepEqual([sent.status, job.status, job.result.verdict.verdict], [200, "done", "accepted"]);
    assert.deepEqual([job.result.quarantined.total, job.result.set_aside.total], [1, 1]);
    assert.ok(!sent.text.includes("/tmp/"), "where uploads lie is not told");
    const left = await served.call("GET", `/v1/imports/${job.job}/quarantine`);
    const lines = left.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { place: string });
    assert.deepEqual(
      lines.map(({ place }) => place),
      ["upload.csv:3", "upload.csv:4"],
    );
    assert.equal((await served.base.query({ datalog: "?- customer(n, c)." })).rows.length, 2);
    assert.equal((await served.call("GET", `/v1/jobs/${job.job}`)).json.data["status"], "done");
  });
});

test("without quarantine a bad record refuses the file, and nothing is committed", async () => {
  await withService(async (served) => {
    const sent = await upload(served, "relation=customer", CUSTOMERS);
    assert.deepEqual([sent.status, sent.json.error?.code, served.base.head], [422, "import.quarantined", 1]);
    assert.equal((await upload(served, "relation=large", CUSTOMERS)).json.error?.code, "query.unknown_relation");
    assert.equal((await upload(served, "relation=customer", "name;credit\n")).json.error?.code, "ingest.missing_attribute");
    assert.equal((await upload(served, "relation=customer", "x", { "content-type": "text/plain" })).json.error?.code, "http.media_type");
  });
});

test("If-Match ties an import to the head, and a policy may ask for it", async () => {
  await withService(
    async (served) => {
      const text = "name,credit\na,1\n";
      const without = await upload(served, "relation=customer", text);
      assert.deepEqual([without.status, without.json.error?.code], [428, "http.base_required"]);
      for (const onViolation of ["refuse", "quarantine"]) {
        const stale = await upload(served, `relation=customer&onViolation=${onViolation}`, text, { "if-match": '"0"' });
        assert.deepEqual([stale.status, stale.json.error?.code, served.base.head], [412, "http.base_stale", 1]);
      }
      assert.equal((await upload(served, "relation=customer", text, { "if-match": "1" })).json.error?.code, "http.malformed");
      const sent = await upload(served, "relation=customer&onViolation=quarantine", text, { "if-match": '"1"' });
      assert.deepEqual([sent.status, sent.headers.get("etag"), served.base.head], [200, '"2"', 2]);
    },
    { requiresBase: true },
  );
});

test("of two imports made for one commit one is told that it is late", async () => {
  await withService(async (served) => {
    const rows = Array.from({ length: 3_000 }, (_, at) => `n${at},${at}`).join("\n");
    const slow = upload(served, "relation=customer", `name,credit\n${rows}\n`, { "if-match": '"1"' });
    const quick = upload(served, "relation=customer", "name,credit\na,1\n", { "if-match": '"1"' });
    const statuses = (await Promise.all([slow, quick])).map(({ status }) => status).toSorted();
    assert.deepEqual([statuses, served.base.head], [[200, 412], 2]);
  });
});

test("a job that nobody waits for tells its progress as server-sent events", async () => {
  await withService(async (served) => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `n${at},${at}`).join("\n");
    const sent = await upload(served, "relation=customer&reason=many", `name,credit\n${rows}\n`, { prefer: "respond-async" });
    assert.equal(sent.status, 202);
    const location = sent.headers.get("location") ?? "";
    const events = (await served.call("GET", `${location}/events`)).text.split("\n\n").filter((text) => text !== "");
    assert.match(events.at(-1) ?? "", /^event: done\ndata: /);
    const job = JSON.parse((events.at(-1) ?? "").replace(/^event: done\ndata: /, "")) as Job;
    assert.deepEqual([job.result.verdict.verdict, job.result.verdict.commit], ["accepted", 2]);
    assert.equal((await served.call("GET", "/v1/jobs/job-99")).status, 404);
    assert.equal((await served.call("GET", "/v1/imports/job-99/quarantine")).status, 404);
  });
});

test("an upload past its bound, or one that breaks off, leaves nothing behind", async () => {
  await withService(
    async (served) => {
      const long = await upload(served, "relation=customer", `name,credit\n${"x,1\n".repeat(2_000)}`);
      assert.deepEqual([long.status, long.json.error?.code], [413, "limit.upload_bytes"]);
      const broken = new ReadableStream({
        async start(controller) {
          controller.enqueue(new TextEncoder().encode("name,credit\na,1\n"));
          await sleep(30);
          controller.error(new Error("the sender is gone"));
        },
      });
      await assert.rejects(
        served.call("POST", "/v1/imports?relation=customer&proposer=x", { headers: { "content-type": "text/csv" }, body: broken }),
      );
      assert.equal((await upload(served, "relation=customer", "name,credit\na,1\n")).status, 200);
      assert.equal(served.base.head, 2);
    },
    { limits: { upload_bytes: 1_000 } },
  );
});
