import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { Field, Schema, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { callAt } from "../support/services.ts";
import { assayJson, folder, launcher } from "./assay.ts";
import { write, writeShop } from "./shop.ts";

test("serve makes the file, puts a folder's theories in force, answers, and ends in order", async (context) => {
  const home = folder(context);
  writeShop(home);
  const db = join(home, "x.duckdb");
  const args = ["serve", "--db", db, "--theories", home, "--port", "0", "--log-level", "silent", "--json"];
  const child = spawn(process.execPath, [launcher, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { data } = JSON.parse(String(line)) as { data: { url: string; head: number; theories: string[] } };
  assert.deepEqual([data.head, data.theories], [1, ["shop"]]);
  const headers = { "content-type": "application/json" };
  const delta = { proposer: "e2e", assert: { customer: [["c1", "DE"]], order: [["o1", "c1", 5]] } };
  const sent = await callAt(data.url, "POST", "/v1/deltas", { headers, body: JSON.stringify(delta) });
  assert.equal(sent.json.data["commit"], 2);
  const ended = once(child, "exit");
  child.kill("SIGINT");
  assert.deepEqual((await ended)[0], 0);
  const asked = await assayJson<{ rows: unknown[] }>(["query", "--db", db, "?- order(i, c, t)."]);
  assert.deepEqual(asked.envelope.data?.rows, [["o1", "c1", 5]]);
});

test("serve refuses theories that the facts break, a folder without theories, and a port that is taken", async (context) => {
  const home = folder(context);
  const theory = writeShop(home);
  const db = join(home, "x.duckdb");
  await assayJson(["init", "--db", db, "--theory", theory]);
  await assayJson(["import", "--db", db, join(home, "customer.csv"), join(home, "order.csv")]);
  write(home, {
    "strict/theory.toml": '[theory]\nname = "strict"\nversion = "1.0.0"\ndescription = "none"\nneeds = ["shop"]\n',
    "strict/x.dl": '/// @law strict.none error "{id}"\n.decl any_order(id:symbol)\nany_order(i) :- order(i, _, _).\n',
  });
  const refused = await assayJson(["serve", "--db", db, "--theory", join(home, "strict"), "--port", "0"]);
  assert.equal(refused.code, 1);
  const none = await assayJson(["serve", "--db", db, "--theories", join(home, "nowhere"), "--port", "0"]);
  assert.deepEqual([none.code, none.envelope.error?.code], [3, "theory.not_found"]);
  const taken = await assayJson(["serve", "--db", db, "--host", "203.0.113.1", "--port", "9"]);
  assert.deepEqual([taken.code, taken.envelope.error?.code], [3, "http.address"]);
});

test("propose takes NDJSON and Arrow by their names, and NDJSON on stdin by how it begins", async (context) => {
  const home = folder(context);
  const db = join(home, "x.duckdb");
  await assayJson(["init", "--db", db, "--theory", writeShop(home)]);
  const lines = (id: string) => `{"proposer": "p", "reason": "${id}"}\n{"op": "assert", "relation": "customer", "row": ["${id}", "DE"]}\n`;
  write(home, {
    "one.ndjson": lines("c1"),
    "bad.ndjson": `${lines("c3")}{"op": "assert", "relation": "order", "row": ["o1", "nobody", 1]}\n`,
  });
  assert.equal(
    (await assayJson<{ verdict: string }>(["propose", "--db", db, join(home, "one.ndjson")])).envelope.data?.verdict,
    "accepted",
  );
  assert.equal(
    (await assayJson<{ verdict: string }>(["propose", "--db", db, "-"], { input: lines("c2") })).envelope.data?.verdict,
    "accepted",
  );
  const columns = { id: vectorFromArray(["c4"], new Utf8()), country: vectorFromArray(["FR"], new Utf8()) };
  const metadata = new Map(Object.entries({ "assay.relation": "customer", "assay.proposer": "p" }));
  const fields = Object.entries(columns).map(([name, { type }]) => new Field(name, type, false));
  write(home, { "four.arrow": tableToIPC(new Table(new Schema(fields, metadata), columns), "stream") });
  assert.equal(
    (await assayJson<{ verdict: string }>(["propose", "--db", db, join(home, "four.arrow")])).envelope.data?.verdict,
    "accepted",
  );
  const bad = await assayJson<{ violations: { facts: { place: string }[] }[] }>(["propose", "--db", db, join(home, "bad.ndjson")]);
  assert.equal(bad.envelope.data?.violations[0]?.facts[0]?.place, `${join(home, "bad.ndjson")}:3`);
});
