import type { CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import { spanText } from "../../schema/place.ts";
import type { Explanation } from "../../verify/explain.ts";
import type { QueryRequest } from "../../verify/query.ts";
import { answerTable } from "../cli/query_table.ts";
import { queryPage } from "../http/rows/query_pages.ts";
import { exactIntegers } from "../report/envelope_json.ts";
import { answered, answerOf, fitting, tooLarge } from "./agent_answer.ts";
import type { AgentDoor } from "./agent_door.ts";

const READS = { readOnlyHint: true, openWorldHint: false } as const;
const ROWS = 50;
const DEPTH = 8;
const DEPTH_MOST = 64;

const commit = z.int().min(0).optional().describe("answer as of this commit; the last where absent");
const limit = z.int().min(1).optional().describe(`at most so many; ${ROWS} where absent`);
const cursor = z.string().max(1_000).optional().describe("of the page before");
const depth = z.int().min(1).max(DEPTH_MOST).optional().describe(`levels of the proof; ${DEPTH} where absent`);

/** Asking: rows, reasons, laws. Every answer is a page. */
export function addReadingTools(server: McpServer, door: AgentDoor): void {
  addQuery(server, door);
  addExplanations(server, door);
  addLaws(server, door);
}

function addQuery(server: McpServer, door: AgentDoor): void {
  const inputSchema = z.strictObject({
    datalog: z.string().max(100_000).optional().describe('a query: ?- package(path, "zod", v).'),
    sql: z
      .string()
      .max(100_000)
      .optional()
      .describe("or one SELECT over relations; to be read page by page it needs an ORDER BY that leaves no order open"),
    as_of: commit,
    limit,
    cursor,
  });
  server.registerTool(
    "query",
    { title: "Query", description: "A page of the answer to a Datalog query or read-only SQL.", inputSchema, annotations: READS },
    (given) => answered("query", () => queried(door, given)),
  );
}

interface Query {
  readonly datalog?: string | undefined;
  readonly sql?: string | undefined;
  readonly as_of?: number | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

async function queried(door: AgentDoor, { datalog, sql, as_of, limit: asked = ROWS, cursor: after }: Query): Promise<CallToolResult> {
  await door.authorize({ kind: "read", relation: null });
  if ((datalog === undefined) === (sql === undefined)) throw new AssayError("http.malformed", "either `datalog` or `sql` is wanted");
  const request: QueryRequest = sql === undefined ? { datalog: datalog ?? "" } : { sql, confined: true };
  const page = queryPage(request, as_of ?? null, after);
  const { agent_rows, agent_characters, query_ms } = door.base.limits;
  const limit = page.offset + Math.min(asked, agent_rows);
  const found = await door.read(() =>
    door.base.query(request, { bounds: { verdict_ms: query_ms }, limit, ...(page.asOf === null ? {} : { asOf: page.asOf }) }),
  );
  page.check(found);
  const { columns, rows } = answerTable(found);
  const wanted = rows.slice(page.offset);
  const shown = fitting(wanted, agent_characters);
  const more = found.more || shown.length < wanted.length;
  return answerOf({ as_of: found.asOf, columns, rows: shown, more }, more ? page.next(found, shown.length) : null);
}

function addExplanations(server: McpServer, door: AgentDoor): void {
  server.registerTool(
    "explain",
    {
      title: "Explain",
      description:
        'Why a fact holds, package("a", "b"), or what stands behind a violation, by its fingerprint: a proof down to base facts.',
      inputSchema: z.strictObject({
        target: z.string().min(1).max(10_000).describe("a ground fact, or a fingerprint"),
        as_of: commit,
        depth,
      }),
      annotations: READS,
    },
    ({ target, as_of, depth: levels }) => answered("explain", () => explained(door, target, as_of, levels)),
  );
  server.registerTool(
    "why_not",
    {
      title: "Why not",
      description: "What is missing for a fact that does not hold, rule by rule, the nearest first. Its proof, where it does hold.",
      inputSchema: z.strictObject({ fact: z.string().min(1).max(10_000).describe('a ground fact: reachable("a")'), as_of: commit, depth }),
      annotations: READS,
    },
    ({ fact, as_of, depth: levels }) => answered("why_not", () => explained(door, fact, as_of, levels)),
  );
}

/** The explanation, as deep as asked for or as fits; `depth` says how deep. Errors: `limit.agent_characters`. */
async function explained(door: AgentDoor, target: string, asOf: number | undefined, asked = DEPTH): Promise<CallToolResult> {
  await door.authorize({ kind: "read", relation: null });
  const most = door.base.limits.agent_characters;
  let characters = 0;
  for (let levels = asked; levels >= 1; levels = Math.floor(levels / 2)) {
    const found: Explanation = await door.read(() => door.base.explain(target, { depth: levels, ...(asOf === undefined ? {} : { asOf }) }));
    characters = JSON.stringify(found, exactIntegers).length;
    if (characters <= most) return answerOf({ ...found, depth: levels });
  }
  throw tooLarge(characters, most);
}

function addLaws(server: McpServer, door: AgentDoor): void {
  server.registerTool(
    "list_laws",
    {
      title: "List laws",
      description: "A page of the laws in force: their ids, what they say, and where they are written.",
      inputSchema: z.strictObject({ theory: z.string().max(200).optional().describe("of this theory only"), limit, cursor }),
      annotations: READS,
    },
    ({ theory, limit: asked = ROWS, cursor: after }) =>
      answered("list_laws", async () => {
        const { base } = door;
        const from = after === undefined ? 0 : Number(/^\d{1,9}$/.exec(after)?.[0] ?? Number.NaN);
        if (Number.isNaN(from)) throw new AssayError("query.cursor", `\`${after}\` is no cursor`);
        const all = base.program.laws.filter((law) => theory === undefined || law.theory === theory);
        const rows = all.slice(from, from + Math.min(asked, base.limits.agent_rows)).map((law) => {
          const { id, severity, message, relation, doc, span } = law;
          return { law: id, severity, message, theory: law.theory, relation, doc, place: spanText(span) };
        });
        const laws = fitting(rows, base.limits.agent_characters);
        const next = from + laws.length;
        return answerOf({ laws, total: all.length }, next < all.length ? String(next) : null);
      }),
  );
}
