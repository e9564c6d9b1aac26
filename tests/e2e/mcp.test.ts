import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { agent, callTool, readJson } from "../support/agents.ts";
import { assay, assayJson, folder, launcher } from "./assay.ts";
import { writeShop } from "./shop.ts";

test("mcp serves a file to an agent on stdin and stdout, and what it proposed stands afterwards", async (context) => {
  const home = folder(context);
  const db = join(home, "x.duckdb");
  await assayJson(["init", "--db", db, "--theory", writeShop(home)]);
  const client = agent("legacy");
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [launcher, "mcp", "--db", db] }));
  try {
    assert.equal(client.getServerVersion()?.name, "assay");
    const order = { reason: "an order", assert: { order: [["o1", "c1", 5]] } };
    const refused = await callTool(client, "propose_delta", order);
    assert.deepEqual([refused.data["verdict"], refused.data["total"]], ["refused", 1]);
    const dry = await callTool(client, "what_if", { deltas: [{ assert: { customer: [["c1", "DE"]] } }, order] });
    assert.deepEqual(
      (dry.data["verdicts"] as { verdict: string }[]).map(({ verdict }) => verdict),
      ["accepted", "accepted"],
    );
    const accepted = await callTool(client, "propose_delta", { ...order, assert: { ...order.assert, customer: [["c1", "DE"]] } });
    assert.equal(accepted.data["commit"], 2);
    assert.equal((await readJson(client, "assay://commits"))["head"], 2);
  } finally {
    await client.close();
  }
  const asked = await assayJson<{ rows: unknown[] }>(["query", "--db", db, "?- order(i, c, t)."]);
  assert.deepEqual(asked.envelope.data?.rows, [["o1", "c1", 5]]);
});

test("mcp of a file that is not there says so and exits", async (context) => {
  const { code, stdout } = await assay(["mcp", "--db", join(folder(context), "none.duckdb")]);
  assert.deepEqual([code, stdout], [3, ""]);
});
