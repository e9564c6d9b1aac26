import { AssayError } from "../schema/assay_error.ts";
import { quoteText, type SqlSession } from "../schema/sql_session.ts";

/** Table functions that read nothing but their arguments. */
const TABLE_FUNCTIONS = new Set(["range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"]);

/** Scalar functions that tell of the process or change something. */
const REFUSED_FUNCTIONS =
  /^(getenv|getvariable|current_setting|set_config|nextval|currval|stats|version|current_(database|schema|schemas|query|user)|session_user|user|pg_.*|txid_current|write_log|query|query_table|has_.*_privilege|in_search_path|sleep_ms)$/;

/** A syntax tree as DuckDB gives it. */
interface Node {
  readonly [member: string]: unknown;
}

/**
 * Refuses an SQL text of one SELECT that reads anything but `relations`, by their plain names, and what it makes itself: no file, no
 * network, no other schema or catalog, no table function but a few that only count, no setting. What is read is DuckDB's own
 * syntax tree of the text, which is not bound before it is found harmless. Errors: `query.sql_confined`, `query.sql_statement` for what is
 * no SELECT, `query.sql_error` for what does not parse.
 */
export async function confineSql(session: SqlSession, sql: string, relations: ReadonlySet<string>): Promise<void> {
  const [row] = await session.rows(`SELECT json_serialize_sql(${quoteText(sql)})::VARCHAR`);
  const tree = JSON.parse(String(row?.[0])) as Node;
  if (tree["error"] !== false) {
    if (tree["error_type"] !== "parser") throw new AssayError("query.sql_statement", "the text is no SELECT statement");
    throw new AssayError("query.sql_error", `\`${String(tree["error_message"] ?? "no statement").split("\n")[0]}\``);
  }
  const nodes = [...nodesOf(tree)];
  const named = new Set(nodes.flatMap(commonTables));
  const known = (name: string): boolean => named.has(name.toLowerCase()) || relations.has(name.toLowerCase());
  for (const node of nodes) {
    const refused = refusalOf(node, known);
    if (refused !== null) throw new AssayError("query.sql_confined", refused);
  }
}

/** Every object in the tree, without recursion: a query may nest as deep as it likes. */
function* nodesOf(tree: Node): Generator<Node> {
  const open: unknown[] = [tree];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value)) yield value as Node;
    for (const member of Object.values(value)) open.push(member);
  }
}

/** The names that a WITH clause gives. */
function commonTables(node: Node): string[] {
  const map = (node["cte_map"] as Node | undefined)?.["map"];
  return Array.isArray(map) ? map.map((entry: Node) => String(entry["key"]).toLowerCase()) : [];
}

function refusalOf(node: Node, known: (name: string) => boolean): string | null {
  const type = String(node["type"] ?? "");
  if (type === "BASE_TABLE") {
    const name = String(node["table_name"] ?? "");
    const schema = String(node["schema_name"] ?? "");
    const isPlain = String(node["catalog_name"] ?? "") === "" && (schema === "" || schema.toLowerCase() === "main");
    return isPlain && known(name) ? null : `\`${schema === "" ? name : `${schema}.${name}`}\` is no relation of a loaded theory`;
  }
  if (type === "SHOW_REF" || type === "COLUMN_DATA") return "DESCRIBE, SHOW and SUMMARIZE tell of more than relations";
  const name = node["function_name"];
  if (type === "TABLE_FUNCTION") {
    const called = String((node["function"] as Node | undefined)?.["function_name"] ?? "").toLowerCase();
    return TABLE_FUNCTIONS.has(called) ? null : `\`${called}\` is no table function that may be called here`;
  }
  if (typeof name !== "string") return null;
  if (node["schema"] || node["catalog"]) return `\`${node["schema"]}.${name}\` is called by a schema`;
  return REFUSED_FUNCTIONS.test(name.toLowerCase()) ? `\`${name}\` may not be called here` : null;
}
