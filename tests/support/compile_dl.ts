import assert from "node:assert/strict";
import { type Compiled, compile } from "../../logic/language/compile.ts";
import { parseDl } from "../../logic/language/dl/parse.ts";
import type { IrLiteral, IrProgram, IrRule, IrTerm } from "../../logic/language/ir.ts";
import type { Diagnostic } from "../../schema/diagnostic.ts";
import { type Limits, limitsWith } from "../../schema/limits.ts";

/** Compiles one .dl text as the theory `t`; the text must parse. */
export function compileDl(text: string, limits: Limits = limitsWith()): Compiled {
  return compileFiles({ "test.dl": text }, limits);
}

/** Compiles several .dl texts as the files of the theory `t`; they must parse. */
export function compileFiles(files: Readonly<Record<string, string>>, limits: Limits = limitsWith()): Compiled {
  const parsed = Object.entries(files).map(([file, text]) => parseDl(file, text));
  for (const { diagnostics } of parsed)
    assert.deepEqual(
      diagnostics.filter((one) => one.severity === "error"),
      [],
    );
  return compile([{ theory: "t", programs: parsed.map((one) => one.program) }], limits);
}

/** Compiles a text that must have no error. */
export function programOf(text: string): IrProgram {
  const { program, diagnostics } = compileDl(text);
  assert.deepEqual(
    diagnostics.filter((one) => one.severity === "error"),
    [],
  );
  assert.ok(program !== null);
  return program;
}

/** The diagnostics as `severity code line:column text`, in order: what a test may hold on to. */
export function outline(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ severity, code, span, text }) => `${severity} ${code} ${span.line}:${span.column} ${text}`);
}

/** `code text` of the errors and warnings of a text. */
export function faults(text: string, limits: Limits = limitsWith()): string[] {
  return compileDl(text, limits).diagnostics.map(({ code, text: offending }) => `${code} ${offending}`);
}

/** A rule in one line, with the first letter of each term's type behind it: `h(x:n) :- b(x:n, _), x:n < 3n.` */
export function ruleText(rule: IrRule): string {
  return rule.body.length === 0 ? `${headText(rule)}.` : `${headText(rule)} :- ${rule.body.map(literalText).join(", ")}.`;
}

export function headText(rule: IrRule): string {
  return `${rule.head.relation}(${rule.head.args.map(termText).join(", ")})`;
}

export function rulesText(program: IrProgram): string[] {
  return program.rules.map(ruleText);
}

export function literalText(literal: IrLiteral): string {
  switch (literal.kind) {
    case "atom": {
      const args = literal.args.map((arg) => (arg === null ? "_" : termText(arg)));
      return `${literal.negated ? "!" : ""}${literal.relation}(${args.join(", ")})`;
    }
    case "compare":
      return `${termText(literal.left)} ${literal.op} ${termText(literal.right)}`;
    case "test":
      return `${literal.negated ? "!" : ""}${literal.test}(${termText(literal.left)}, ${termText(literal.right)})`;
    case "range": {
      const step = literal.step === null ? "" : `, ${termText(literal.step)}`;
      return `${termText(literal.result)} in ${termText(literal.from)}..${termText(literal.to)}${step}`;
    }
    case "aggregate": {
      const elements = literal.elements.map(
        (element) => `${element.keys.map(termText).join(", ")} : ${element.body.map(literalText).join(", ")}`,
      );
      return `${termText(literal.result)} = ${literal.op}[${literal.outer.join(" ")}] { ${elements.join("; ")} }`;
    }
  }
}

function termText(term: IrTerm): string {
  switch (term.kind) {
    case "variable":
      return `${term.name}:${term.type[0]}`;
    case "constant":
      return term.type === "symbol" ? JSON.stringify(term.value) : `${term.value}${term.type[0]}`;
    case "operation":
      return `${term.op}(${term.args.map(termText).join(", ")}):${term.type[0]}`;
  }
}
