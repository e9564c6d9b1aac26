import type { CallToolResult } from "@modelcontextprotocol/server";
import { AssayError } from "../../schema/assay_error.ts";
import { problemOf } from "../http/problem.ts";
import { exactIntegers } from "../report/envelope_json.ts";

/** The envelope with `data`, as text and as structured content. */
export function answerOf(data: unknown, cursor: string | null = null): CallToolResult {
  return result(JSON.stringify({ ok: true, data, error: null, events: [], cursor }, exactIntegers), false);
}

/** Runs a tool; what it throws becomes an answer that says so, for an agent can mend its question. */
export async function answered(tool: string, action: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await action();
  } catch (thrown) {
    return result(problemOf(thrown, `tool:${tool}`).body, true);
  }
}

function result(text: string, isError: boolean): CallToolResult {
  return { content: [{ type: "text", text }], structuredContent: JSON.parse(text) as Record<string, unknown>, isError };
}

/** As many of the first items as fit into so many characters of JSON. Errors: `limit.agent_characters` where not even one does. */
export function fitting<T>(items: readonly T[], most: number): T[] {
  let characters = 0;
  const at = items.findIndex((item) => {
    characters += JSON.stringify(item, exactIntegers).length + 1;
    return characters > most;
  });
  if (at === 0) throw tooLarge(characters, most);
  return at === -1 ? [...items] : items.slice(0, at);
}

export function tooLarge(characters: number, most: number): AssayError {
  return new AssayError("limit.agent_characters", `an answer of ${characters} characters is past the bound ${most}`);
}
