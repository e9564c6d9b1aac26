import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { materialise } from "../../logic/engines/duckdb/materialise.ts";
import { needsOf, rulesByRelation } from "../../logic/engines/duckdb/needs.ts";
import type { DirectiveItem, Program } from "../../logic/language/ast.ts";
import { inputOf, souffleReading } from "../../logic/language/compatibility.ts";
import { compile } from "../../logic/language/compile.ts";
import { DiagnosticSink } from "../../logic/language/diagnostic_sink.ts";
import { expandComponents } from "../../logic/language/dl/expand_components.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { type ProgramFile, readPrograms } from "../../logic/language/read_programs.ts";
import type { Diagnostic } from "../../schema/diagnostic.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row } from "../../schema/value.ts";
import type { DuckDbSession } from "../../verify/store/duckdb_session.ts";
import { inputOver } from "../support/duckdb_facts.ts";
import type { SouffleCase } from "./souffle_cases.ts";
import { NotRead, type Parameters, readFacts } from "./souffle_facts.ts";
import { difference, type Written } from "./souffle_output.ts";
import { readField, rowText } from "./souffle_values.ts";

export type Outcome = "passed" | "failed" | "unsupported";

/** What became of one case. `detail` says why it did not pass; for a negative case that passed, the code of what was refused. */
export interface Result {
  readonly outcome: Outcome;
  readonly detail: string;
  readonly text: string;
}

const limits = limitsWith({ verdict_ms: Number(process.env["SOUFFLE_CASE_MS"] ?? 120_000), rows_derived: 5_000_000 });

/** Runs one case of Soufflé's suite on the DuckDB engine. Never throws for what is wrong with a program. */
export async function runCase(session: DuckDbSession, one: SouffleCase): Promise<Result> {
  const file = { path: one.program, text: sourceOf(one) };
  const read = readPrograms([file], (from, path) => included(one, from, path), limits);
  const compiled = compile([{ theory: "t", programs: read.programs }], limits, souffleReading(64));
  const errors = [...read.diagnostics, ...compiled.diagnostics].filter(({ severity }) => severity === "error");
  const text = read.programs.map((program) => (program.file === file.path ? file.text : readFileSync(program.file, "utf8"))).join("\n");
  if (one.negative) return { text, ...refusal(one, errors, await runs(session, one, read.programs, compiled.program)) };
  const [error] = errors;
  if (compiled.program === null || error !== undefined) {
    return { outcome: "unsupported", detail: `${error?.code} ${error?.span.line}: ${error?.message}`, text };
  }
  try {
    const found = difference(one, await evaluate(session, one, read.programs, compiled.program));
    return { outcome: found === null ? "passed" : "failed", detail: found ?? "", text };
  } catch (failure) {
    const detail = failure instanceof Error ? failure.message.slice(0, 300) : String(failure);
    return { outcome: failure instanceof NotRead ? "unsupported" : "failed", detail, text };
  }
}

/** Why evaluating a program fails, for cases that are refused only then; null where it does not, or where it was not compiled. */
async function runs(
  session: DuckDbSession,
  one: SouffleCase,
  programs: readonly Program[],
  program: IrProgram | null,
): Promise<string | null> {
  if (program === null) return null;
  try {
    await evaluate(session, one, programs, program);
    return null;
  } catch (failure) {
    return failure instanceof Error ? failure.message : String(failure);
  }
}

function refusal(one: SouffleCase, errors: readonly Diagnostic[], failure: string | null): Omit<Result, "text"> {
  const [error] = errors;
  if (error === undefined) return failure === null ? { outcome: "failed", detail: "accepted" } : { outcome: "passed", detail: failure };
  const codes = [...new Set(errors.map(({ code }) => code))].join(" ");
  const unsupported = errors.every(({ code }) => code === "syntax.unsupported" || code === "check.unsupported");
  return { outcome: unsupported ? "unsupported" : "passed", detail: `${codes} ${error.message} (${one.name})` };
}

/** The program's text, run through Soufflé's own preprocessor where it holds more than constants and includes. */
function sourceOf(one: SouffleCase): string {
  const text = readFileSync(one.program, "utf8");
  if (!one.preprocess || !/^\s*#/mu.test(text)) return text;
  const run = spawnSync("mcpp", ["-W0", "-P", "-DRAM_DOMAIN_SIZE=64", one.program], { encoding: "utf8" });
  return run.status === 0 ? run.stdout : text;
}

function included(one: SouffleCase, from: string, path: string): ProgramFile | null {
  const found = [dirname(from), ...one.includes].map((folder) => resolve(folder, path)).find((file) => existsSync(file));
  return found === undefined ? null : { path: found, text: readFileSync(found, "utf8") };
}

async function evaluate(session: DuckDbSession, one: SouffleCase, programs: readonly Program[], program: IrProgram): Promise<Written> {
  const [items = []] = expandComponents([programs.flatMap((one) => one.items)], limits, new DiagnosticSink());
  const directives = items.filter((item) => item.kind === "directive");
  const asked = directives.filter(({ directive }) => directive === "output" || directive === "printsize");
  const names = [...new Set(asked.flatMap((directive) => directive.relations.map(({ name }) => name)))];
  const { reached } = needsOf(program, rulesByRelation(program), names);
  const facts = new Map<string, Row[]>();
  for (const directive of directives) {
    if (directive.directive !== "input") continue;
    for (const { name } of directive.relations) {
      const relation = relationOf(program, name);
      if (!reached.has(name)) continue;
      const rows = readFacts(name, relation.attributes, parametersOf(directive), one.facts, readField(program));
      const fed = relation.role === "base" ? name : inputOf(name);
      facts.set(fed, [...(facts.get(fed) ?? []), ...rows]);
    }
  }
  const unique = [...facts].map(([name, rows]) => [name, [...new Map(rows.map((row) => [row.join("\0"), row])).values()]] as const);
  const input = await inputOver(session, program, Object.fromEntries(unique), limits);
  const made = await materialise(input, names);
  try {
    if (made.undecided !== null) throw new Error(`undecided: ${made.undecided.detail}`);
    const rows = new Map<string, Row[]>();
    for (const name of names) {
      const source = relationOf(program, name).role === "base" ? `"${name}"` : made.table(name);
      rows.set(name, (await session.rows(`SELECT * FROM ${source}`)) as Row[]);
    }
    return written(program, one, asked, rows);
  } finally {
    await made.close();
  }
}

function written(program: IrProgram, one: SouffleCase, asked: readonly DirectiveItem[], rows: ReadonlyMap<string, Row[]>): Written {
  const files = new Map<string, string>();
  let stdout = "";
  for (const directive of asked) {
    const parameters = parametersOf(directive);
    for (const { name } of directive.relations) {
      const relation = relationOf(program, name);
      const found = rows.get(name) ?? [];
      const io = one.toStdout ? "stdout" : (parameters.get("IO") ?? "file");
      if (directive.directive === "printsize") stdout += `${name}\t${found.length}\n`;
      else if (io === "stdout") {
        const headed = one.toStdout ? new Map([...parameters, ["headers", "true"]]) : parameters;
        stdout += stdoutText(program, relation, found, headed);
      } else if (io === "file") {
        files.set(
          (parameters.get("filename") ?? `${name}.csv`).replace(/\.gz\.output$/u, ""),
          csvText(program, relation, found, parameters),
        );
      } else throw new NotRead(`output to \`IO=${io}\``);
    }
  }
  return { files, stdout };
}

function csvText(program: IrProgram, relation: Relation, rows: readonly Row[], parameters: Parameters): string {
  const delimiter = parameters.get("delimiter") ?? (parameters.get("rfc4180") === "true" ? "," : "\t");
  const header = parameters.get("headers") === "true" ? [relation.attributes.map(({ name }) => name).join(delimiter)] : [];
  const lines = rows.map((row) => rowText(program, relation, row, delimiter, parameters.get("rfc4180") === "true"));
  return [...header, ...lines].map((line) => `${line}\n`).join("");
}

function stdoutText(program: IrProgram, relation: Relation, rows: readonly Row[], parameters: Parameters): string {
  const header = parameters.get("headers") === "true" ? `${relation.attributes.map(({ name }) => name).join("\t")}\n` : "";
  const lines = csvText(program, relation, rows, new Map([...parameters, ["headers", "false"]]));
  return `---------------\n${relation.name}\n${header}===============\n${lines}===============\n`;
}

function parametersOf(directive: DirectiveItem): Parameters {
  return new Map(directive.parameters.map(({ name, value }) => [name, value]));
}

function relationOf(program: IrProgram, name: string): Relation {
  const relation = program.relations.get(name);
  if (relation === undefined) throw new Error(`there is no relation ${name}`);
  return relation;
}
