import { readFileSync, writeFileSync } from "node:fs";
import type { Kernel, Output } from "./kernel.ts";

interface Cell {
  readonly cell_type: "markdown" | "code";
  readonly source: string;
  outputs?: (Output & { metadata?: object; execution_count?: number })[];
  execution_count?: number | null;
}

/** A notebook of nbformat 4.5 whose sources are single texts. */
export interface Notebook {
  readonly cells: readonly Cell[];
}

export function readNotebook(path: string): Notebook {
  return JSON.parse(readFileSync(path, "utf8")) as Notebook;
}

export function codeCells({ cells }: Notebook): readonly Cell[] {
  return cells.filter(({ cell_type }) => cell_type === "code");
}

/** Runs the code cells one after the other; throws at the first that ends in an error. */
export async function runNotebook(kernel: Kernel, notebook: Notebook): Promise<Output[][]> {
  const outputs: Output[][] = [];
  for (const { source } of codeCells(notebook)) {
    const own = await kernel.run(source);
    const failed = own.find(({ output_type }) => output_type === "error");
    if (failed?.output_type === "error")
      throw new Error(`${failed.ename}: ${failed.evalue}\n${failed.traceback.join("\n")}\nin\n${source}`);
    outputs.push(own);
  }
  return outputs;
}

/** Keeps the outputs of a run in the notebook's file. */
export function keepOutputs(path: string, notebook: Notebook, outputs: readonly (readonly Output[])[]): void {
  for (const [at, cell] of codeCells(notebook).entries()) {
    cell.execution_count = at + 1;
    cell.outputs = (outputs[at] ?? []).map((output) => {
      if (output.output_type === "execute_result") return { ...output, metadata: {}, execution_count: at + 1 };
      return output.output_type === "display_data" ? { ...output, metadata: {} } : output;
    });
  }
  writeFileSync(path, `${JSON.stringify(notebook, null, 1)}\n`);
}

/** What kinds of output there are: `stdout`, or the media of a result. */
export function outputKinds(outputs: readonly Output[]): string[] {
  return outputs.map((output) => {
    if (output.output_type === "stream") return output.name;
    return output.output_type === "error" ? "error" : Object.keys(output.data).toSorted().join(" ");
  });
}

/** The one result of a cell in a medium, or what it printed. */
export function outputText(outputs: readonly Output[], media: string): string {
  const found = outputs.flatMap((output) => {
    if (output.output_type === "stream") return media === output.name ? [output.text] : [];
    return output.output_type === "error" || !(media in output.data) ? [] : [String(output.data[media])];
  });
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} outputs of ${media}`);
  return found[0];
}
