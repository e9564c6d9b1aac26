import { McpServer } from "@modelcontextprotocol/server";
import type { AgentDoor } from "./agent_door.ts";
import { addJobTool } from "./job_tool.ts";
import { addReadingTools } from "./reading_tools.ts";
import { addResources } from "./resources.ts";
import { addWritingTools } from "./writing_tools.ts";

const INSTRUCTIONS = `Facts change by deltas alone, and a delta is committed only where every law in force accepts it.
Read \`list_laws\` first, try with \`what_if\`, then \`propose_delta\`. A refusal lists its violations: \`explain\` takes their fingerprints,
\`why_not\` a fact that does not hold. Answers are pages: where \`cursor\` is not null, ask again with it.`;

/** An MCP server (2026-07-28, and 2025 for clients of that time) over one door: seven tools, and theories and commits as resources. */
export function agentServer(door: AgentDoor): McpServer {
  const server = new McpServer({ name: "assay", version: door.version }, { instructions: INSTRUCTIONS });
  addWritingTools(server, door);
  addJobTool(server, door);
  addReadingTools(server, door);
  addResources(server, door);
  return server;
}
