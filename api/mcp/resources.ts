import { type McpServer, ResourceNotFoundError, ResourceTemplate } from "@modelcontextprotocol/server";
import { AssayError } from "../../schema/assay_error.ts";
import type { LogEntry } from "../../verify/log.ts";
import { exactIntegers } from "../report/envelope_json.ts";
import { fitting } from "./agent_answer.ts";
import type { AgentDoor } from "./agent_door.ts";

const JSON_MEDIA = "application/json";
const LATEST = 20;

/** Where the violations of a refused delta are that come after the first so many. */
export function violationsUri(delta: string, after: number): string {
  return `assay://deltas/${delta}/violations/${after}`;
}

/** Theories with their programs, commits, and what a verdict had no room for. */
export function addResources(server: McpServer, door: AgentDoor): void {
  addTheories(server, door);
  addCommits(server, door);
  addViolations(server, door);
}

function addTheories(server: McpServer, door: AgentDoor): void {
  const { base } = door;
  const own = { description: "the theories in force, with the paths of their files", mimeType: JSON_MEDIA };
  server.registerResource("theories", "assay://theories", own, async (uri) => {
    await door.authorize({ kind: "read", relation: null });
    const theories = base.theories.map(({ name, version, description, needs, hash, files }) => {
      return { name, version, description, needs, hash, files: [...files.keys()].map((path) => fileUri(name, path)) };
    });
    return jsonAt(uri, { theories });
  });
  const template = new ResourceTemplate("assay://theories/{name}/{+path}", {
    list: async () => ({
      resources: base.theories.flatMap(({ name, files }) =>
        [...files.keys()].map((path) => ({ name: `${name}/${path}`, uri: fileUri(name, path), mimeType: "text/plain" })),
      ),
    }),
  });
  const about = { description: "a file of a theory in force; `?from=` a line", mimeType: "text/plain" };
  server.registerResource("theory file", template, about, async (uri) => {
    await door.authorize({ kind: "read", relation: null });
    const [name = "", ...path] = uri.pathname.split("/").filter((part) => part !== "");
    const text = base.theories.find((theory) => theory.name === decodeURIComponent(name))?.files.get(decodeURIComponent(path.join("/")));
    if (text === undefined) throw new ResourceNotFoundError(uri.href);
    return linesFrom(uri, text, base.limits.agent_characters);
  });
}

function fileUri(theory: string, path: string): string {
  return `assay://theories/${encodeURIComponent(theory)}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** The lines of a text from the one that the URI names, as many as fit; `next` in `_meta` is where the rest is. */
function linesFrom(uri: URL, text: string, most: number) {
  const lines = text.split("\n");
  const from = Math.max(1, Number(uri.searchParams.get("from") ?? 1) || 1);
  const shown = fitting(lines.slice(from - 1), most);
  const next = from + shown.length;
  const after = next <= lines.length ? `${uri.href.replace(/\?.*$/, "")}?from=${next}` : null;
  return { contents: [{ uri: uri.href, mimeType: "text/plain", text: shown.join("\n"), _meta: { lines: lines.length, next: after } }] };
}

function addCommits(server: McpServer, door: AgentDoor): void {
  const { base } = door;
  const entries = async (from: number, to: number): Promise<LogEntry[]> => {
    await door.authorize({ kind: "read", relation: null });
    return from > to ? [] : base.log({ from, to });
  };
  const latest = (): Promise<LogEntry[]> => entries(Math.max(1, base.head - LATEST + 1), base.head);
  const about = { description: `the head and the last ${LATEST} entries of the commit log`, mimeType: JSON_MEDIA };
  server.registerResource("commits", "assay://commits", about, async (uri) => jsonAt(uri, { head: base.head, entries: await latest() }));
  const template = new ResourceTemplate("assay://commits/{commit}", {
    list: async () => ({
      resources: (await latest()).map(({ seq }) => ({ name: `commit ${seq}`, uri: `assay://commits/${seq}`, mimeType: JSON_MEDIA })),
    }),
  });
  const one = { description: "an entry of the commit log", mimeType: JSON_MEDIA };
  server.registerResource("commit", template, one, async (uri, { commit }) => {
    const seq = Number(/^[1-9]\d{0,14}$/.exec(String(commit))?.[0] ?? 0);
    const [entry] = seq === 0 || seq > base.head ? [] : await entries(seq, seq);
    if (entry === undefined) throw new ResourceNotFoundError(uri.href);
    return jsonAt(uri, entry);
  });
}

function addViolations(server: McpServer, door: AgentDoor): void {
  const template = new ResourceTemplate("assay://deltas/{delta}/violations/{after}", { list: undefined });
  const about = { description: "the violations of a refused delta after the first so many", mimeType: JSON_MEDIA };
  server.registerResource("violations", template, about, async (uri, { delta, after }) => {
    await door.authorize({ kind: "read", relation: null });
    const { agent_rows, agent_characters } = door.base.limits;
    const id = decodeURIComponent(String(delta));
    const found = await door
      .read(() => door.base.violations(id, `after:${after}`))
      .catch((cause: unknown) => {
        throw cause instanceof AssayError && cause.code === "query.cursor" ? new ResourceNotFoundError(uri.href) : cause;
      });
    const violations = fitting(found.violations.slice(0, agent_rows), agent_characters);
    const next = Number(after) + violations.length;
    return jsonAt(uri, { violations, total: found.total, more: next < found.total ? violationsUri(id, next) : null });
  });
}

function jsonAt(uri: URL, data: unknown) {
  return { contents: [{ uri: uri.href, mimeType: JSON_MEDIA, text: JSON.stringify(data, exactIntegers) }] };
}
