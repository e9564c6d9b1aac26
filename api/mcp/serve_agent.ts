import type { Readable, Writable } from "node:stream";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { AgentDoor } from "./agent_door.ts";
import { agentServer } from "./agent_server.ts";

/** Serves one agent over a pair of streams until the first of them ends. Stdout is the protocol's alone. */
export async function serveAgent(door: AgentDoor, input: Readable, output: Writable): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    for (const event of ["end", "close", "error"]) input.once(event, () => resolve());
  });
  const handle = serveStdio(() => agentServer(door), { transport: new StdioServerTransport(input, output) });
  await ended;
  await handle.close();
}
