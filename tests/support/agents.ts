import { Client } from "@modelcontextprotocol/client";

/** What a tool answered: the envelope, and whether it is an error. */
export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
  readonly ok: boolean;
  readonly data: Record<string, unknown>;
  readonly error: { readonly code: string } | null;
  readonly cursor: string | null;
}

/** An agent of the SDK's own, speaking as clients of 2026 or of 2025 do. */
export function agent(era: "modern" | "legacy"): Client {
  const versionNegotiation = era === "modern" ? { mode: { pin: "2026-07-28" } } : { mode: "legacy" as const };
  return new Client({ name: "tester", version: "1.0.0" }, { versionNegotiation });
}

export async function callTool(client: Client, name: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
  const { content, structuredContent, isError = false } = await client.callTool({ name, arguments: args });
  const [first] = content;
  const envelope = structuredContent as Omit<ToolAnswer, "isError" | "text">;
  return { ...envelope, isError, text: first?.type === "text" ? first.text : "" };
}

export async function readJson(client: Client, uri: string): Promise<Record<string, unknown>> {
  const { contents } = await client.readResource({ uri });
  const [first] = contents;
  return JSON.parse(first !== undefined && "text" in first ? first.text : "null") as Record<string, unknown>;
}
