import type { Command } from "commander";
import { JobRunner } from "../../../verify/jobs/job_runner.ts";
import type { Door } from "../door.ts";
import { accountName, withFactBase } from "../fact_base_door.ts";
import { type ModelOptions, modelOptions, modelShelf } from "../model_options.ts";
import { collect, databaseOption, factBaseOptions, type JudgingOptions, judgingOptions } from "../options.ts";
import { packageVersion } from "../version.ts";

interface McpOptions extends JudgingOptions, ModelOptions {
  readonly db: string;
  readonly model: readonly string[];
}

const HELP = `
Serves the fact base to one agent on stdin and stdout until stdin ends. The agent proposes, asks, explains and runs jobs; it loads no
theories.

In an agent's configuration:
  {"mcpServers": {"assay": {"command": "assay", "args": ["mcp", "--db", "x.duckdb"]}}}

A running service has the same at /mcp: one process at a time owns a file.`;

export function mcpCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("mcp").description("let an agent use a fact base, by the Model Context Protocol"));
  judgingOptions(modelOptions(command))
    .option("--model <name=file>", "a model that jobs may ask, a GGUF file or URL#MODEL of an endpoint (repeatable)", collect, [])
    .addHelpText("after", HELP)
    .action(async (options: McpOptions) => serve(door, options));
}

async function serve(door: Door, options: McpOptions): Promise<void> {
  // The protocol's library takes its time to load, which no other command should pay.
  const { serveAgent } = await import("../../mcp/serve_agent.ts");
  const { ownersDoor } = await import("../../mcp/agent_door.ts");
  const { stdin, stdout } = door.host;
  const models = modelShelf(options.model, door.clock, options);
  try {
    await withFactBase(door, options.db, options, async (base) => {
      const runner = await JobRunner.open(base, door.clock);
      try {
        const desk = { base, clock: door.clock, runner, models };
        const replay = factBaseOptions(door.clock, options);
        await serveAgent(ownersDoor(desk, packageVersion(), accountName(), replay), stdin, stdout);
      } finally {
        await runner.close();
      }
    });
  } finally {
    await models.close();
  }
}
