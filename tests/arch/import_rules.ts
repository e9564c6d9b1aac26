import { posix } from "node:path";
import type { Token } from "./tokens.ts";
import type { SourceFile } from "./tree.ts";

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** True for `import type` and `export type … from`. */
  readonly typeOnly: boolean;
  readonly isReexport: boolean;
}

/** Which rooms each room may import, itself aside. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  logic: ["schema"],
  verify: ["schema", "logic"],
  ingest: ["schema"],
  compute: ["schema"],
  api: ["schema", "logic", "verify", "ingest", "compute"],
  benchmarks: ["schema", "logic", "verify", "ingest", "compute", "api"],
  tests: ["schema", "logic", "verify", "ingest", "compute", "api", "benchmarks"],
};

/** Native and heavy packages and the one folder that owns each. */
const owners: Readonly<Record<string, readonly string[]>> = {
  "@duckdb/node-api": ["verify/store"],
  "@duckdb/node-bindings": ["verify/store"],
  "nodejs-polars": ["compute"],
  "node-llama-cpp": ["compute/llama"],
  "clingo-wasm": ["logic/engines"],
  "@biscuit-auth/biscuit-wasm": ["verify/checks/authorization"],
  jose: ["api/auth", "api/mcp"],
  fastify: ["api"],
  "@fastify/cors": ["api/http"],
  "@fastify/rate-limit": ["api/http"],
  "@fastify/websocket": ["api"],
  "@opentelemetry/api": ["api/http"],
  "@opentelemetry/exporter-trace-otlp-http": ["api/http"],
  "@opentelemetry/sdk-trace": ["api/http"],
  "prom-client": ["api/http"],
  "@modelcontextprotocol/server": ["api/mcp"],
  commander: ["api/cli"],
  semver: ["ingest/npm"],
  "apache-arrow": ["ingest", "compute", "api"],
};

/** Every static and dynamic import and every re-export of a file, in order. */
export function importsOf(file: SourceFile): Import[] {
  const code = file.tokens.filter((token) => token.kind !== "comment");
  return code.flatMap((token, index) => {
    if (token.kind !== "word" || code[index - 1]?.text === ".") return [];
    if (token.text === "import") return importAt(code, index);
    return token.text === "export" ? reexportAt(code, index) : [];
  });
}

function importAt(code: readonly Token[], index: number): Import[] {
  const next = code[index + 1];
  if (next === undefined || next.text === ".") return [];
  const specifier = next.text === "(" ? code[index + 2] : code.slice(index + 1).find((token) => token.kind === "string");
  if (specifier?.kind !== "string") return [];
  const typeOnly = next.text === "type" && code[index + 2]?.text !== "from";
  return [{ specifier: specifier.text, line: specifier.line, typeOnly, isReexport: false }];
}

function reexportAt(code: readonly Token[], index: number): Import[] {
  const typeOnly = code[index + 1]?.text === "type";
  let at = index + (typeOnly ? 2 : 1);
  if (code[at]?.text !== "*" && code[at]?.text !== "{") return [];
  while (at < code.length && code[at]?.text !== "from" && code[at]?.text !== ";" && code[at]?.text !== "}") at += 1;
  if (code[at]?.text === "}") at += 1;
  const specifier = code[at]?.text === "from" ? code[at + 1] : undefined;
  return specifier?.kind === "string" ? [{ specifier: specifier.text, line: specifier.line, typeOnly, isReexport: true }] : [];
}

/** The path in the tree that a relative import names. */
export function target(file: SourceFile, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(file.path), specifier));
}

export function roomOf(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

/** Says what is wrong with the imports of one file; `packages` are the names that package.json declares. */
export function importFindings(file: SourceFile, packages: ReadonlySet<string>): string[] {
  const room = roomOf(file.path);
  const findings = importsOf(file).flatMap((found) => {
    const problem = found.specifier.startsWith(".") ? relativeProblem(file, room, found) : packageProblem(file, found, packages);
    return problem === null ? [] : [`${file.path}:${found.line}: ${problem}`];
  });
  return isBarrel(file) ? [...findings, `${file.path}: a barrel file`] : findings;
}

function relativeProblem(file: SourceFile, room: string, found: Import): string | null {
  const to = target(file, found.specifier);
  if (!/\.(ts|mjs|json)$/.test(to)) return `\`${found.specifier}\` lacks its extension`;
  if (to.startsWith("..")) return `\`${found.specifier}\` leaves the repository`;
  const other = roomOf(to);
  if (other === room || mayImport[room]?.includes(other) === true) return null;
  return `${room} may not import ${other} (\`${found.specifier}\`)`;
}

function packageProblem(file: SourceFile, found: Import, packages: ReadonlySet<string>): string | null {
  if (found.specifier.startsWith("node:")) return null;
  const name = found.specifier
    .split("/")
    .slice(0, found.specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (!packages.has(name)) return `package.json does not declare \`${name}\``;
  const owner = owners[name];
  const isFree = owner === undefined || file.path.startsWith("tests/") || file.path.startsWith("benchmarks/");
  return isFree || owner.some((folder) => file.path.startsWith(`${folder}/`)) ? null : `only ${owner.join(", ")} may import \`${name}\``;
}

function isBarrel(file: SourceFile): boolean {
  if (/(^|\/)index\.(ts|mjs|js)$/.test(file.path)) return true;
  const imports = importsOf(file);
  const statements = file.tokens.filter((token) => token.text === "export" || token.text === "import").length;
  return imports.length > 0 && imports.every((found) => found.isReexport) && statements === imports.length;
}

/**
 * Cycles among files of more than one folder that import each other when run (type imports vanish), each as the chain of its paths.
 * Within a folder two files may recurse into each other, as terms and formulas do.
 */
export function importCycles(files: readonly SourceFile[]): string[][] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      importsOf(file).flatMap((found) => (found.typeOnly || !found.specifier.startsWith(".") ? [] : [target(file, found.specifier)])),
    ]),
  );
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, chain: string[]): void => {
    const start = chain.indexOf(path);
    const circle = [...chain.slice(start), path];
    if (start >= 0 && new Set(circle.map(posix.dirname)).size > 1) cycles.push(circle);
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...chain, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
}
