import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { callTool } from "../support/agents.ts";
import { folder, launcher } from "./assay.ts";
import { write } from "./shop.ts";
import { blocks, replay, settled } from "./transcripts.ts";

const root = join(import.meta.dirname, "..", "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const PATIENCE_MS = 180_000;

/** A block `sh service` or `python service`, and the block `text` right behind it: what it prints. */
interface Step {
  readonly language: string;
  readonly text: string;
  readonly output: string;
}

const steps: Step[] = [...readme.matchAll(/^```(sh|python) service\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm)].map(
  ([, language = "", commands = "", output = ""]) => ({ language, text: commands, output }),
);

/** Why the steps cannot be run here; false where they can. */
const skip = ["bash", "curl", "jq"].find((program) => spawnSync(program, ["--version"]).status !== 0)?.concat(" is not on this machine");

/** A Python that has pandas: the one on the PATH, or Debian's, which has Debian's packages. */
const python = ["python3", "/usr/bin/python3"].find((path) => spawnSync(path, ["-c", "import pandas"]).status === 0);

/** The steps as one script for bash, which prints a mark behind each and leaves nothing running. Aliases work as where someone types them. */
function scriptOf(mark: string): string {
  const parts = steps.map(({ language, text: commands }) => {
    if (language === "sh") return commands;
    return python === undefined ? "" : `${python} - <<'PYTHON'\n${commands}PYTHON\n`;
  });
  const [here = "", ...rest] = parts.map((part) => `${part}printf '%s\\n' ${mark}\n`);
  return `shopt -s expand_aliases\nexec 2>&1\ncd "$ROOT"\n${here}cd "$SHOP"\n${rest.join("")}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Runs a script in bash. Whatever it started and left running is ended behind it. */
async function bash(script: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn("bash", ["-c", script], { detached: true, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const end = (): void => {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // All of them have ended.
    }
  };
  const late = setTimeout(end, PATIENCE_MS);
  try {
    return await text(child.stdout);
  } finally {
    clearTimeout(late);
    end();
  }
}

test("the README leads from a fact base to a service, a refusal, its repair, a subscription, a notebook and a token", {
  skip,
}, async (context) => {
  const shop = folder(context);
  const found = blocks(readme);
  write(shop, Object.fromEntries(found.filter(({ kind }) => kind === "file").map(({ name, text: content }) => [name, content])));
  for (const block of found) if (block.kind === "console" && block.name === "shop") await replay(block, shop);
  assert.ok(steps.length >= 10);
  const port = String(await freePort());
  const said = await bash(scriptOf("@@@").replaceAll("8080", port), { ROOT: root, SHOP: shop });
  // CSV ends its lines as RFC 4180 has them, which a page cannot show.
  const outputs = said.replaceAll(port, "8080").replaceAll("\r\n", "\n").split("@@@\n");
  for (const [index, { language, text: commands, output }] of steps.entries()) {
    if (language === "python" && python === undefined) context.diagnostic("no Python here has pandas: its lines are not run");
    else assert.equal(settled(outputs[index] ?? "the script ended before"), settled(output), commands);
  }
  assert.deepEqual(outputs.slice(steps.length), [""]);
});

test("an agent reaches a fact base by the README's configuration", async (context) => {
  const shop = folder(context);
  const found = blocks(readme);
  write(shop, Object.fromEntries(found.filter(({ kind }) => kind === "file").map(({ name, text: content }) => [name, content])));
  for (const block of found) if (block.name === "shop" && block.text.includes("assay init")) await replay(block, shop);
  const [, configuration = ""] = /^```json mcp\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const { mcpServers } = JSON.parse(configuration) as { mcpServers: { assay: { command: string; args: string[] } } };
  assert.equal(mcpServers.assay.command, "assay");
  const client = new Client({ name: "tester", version: "1.0.0" });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [launcher, ...mcpServers.assay.args], cwd: shop }));
  try {
    const answer = await callTool(client, "query", { datalog: "?- customer(id, country)." });
    assert.deepEqual(answer.data["rows"], [
      ["c1", "DE"],
      ["c2", "FR"],
    ]);
  } finally {
    await client.close();
  }
});
