import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import manifest from "clingo-wasm/package.json" with { type: "json" };
import type { ClingoOutput } from "./read_output.ts";

/** What crosses into a worker. */
export interface WasmTask {
  readonly program: Uint8Array;
  readonly options: string;
  readonly memory_mb: number;
}

interface ClingoModule {
  ccall(name: string, returns: string, types: readonly string[], args: readonly unknown[]): number;
}

interface Instance {
  readonly module: ClingoModule;
  /** clingo never frees a symbol, so an instance is replaced after this much program text. */
  bytes_left: number;
}

const INSTANCE_BYTES = 32 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;
const PAGE_BYTES = 65_536;
/** clasp's status for running out of memory, an internal error, and a program that cannot be read. */
const ERRORS: readonly number[] = [33, 65, 128];

/** The part of WebAssembly that is used here; the types of Node leave it out. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };

let instance: Instance | null = null;
let memoryBytes = Number.POSITIVE_INFINITY;
let input: Uint8Array = new Uint8Array();
let position = 0;
let out: string[] = [];
let errors: string[] = [];

boundMemory();

/** Runs clingo once in this worker's instance. The instance is replaced after any error. */
export default async function run(task: WasmTask): Promise<ClingoOutput> {
  memoryBytes = task.memory_mb * MEGABYTE;
  input = task.program;
  position = 0;
  out = [];
  errors = [];
  instance ??= { module: await load(), bytes_left: INSTANCE_BYTES };
  instance.bytes_left -= task.program.length;
  let status: number;
  try {
    status = instance.module.ccall("run", "number", ["string", "string"], ["", `${task.options} /dev/stdin`]);
  } catch (cause) {
    instance = null;
    throw cause;
  }
  if (ERRORS.includes(status) || instance.bytes_left <= 0) instance = null;
  input = new Uint8Array();
  return { stdout: out.join("\n"), stderr: errors.join("\n"), status };
}

/**
 * Loads the package's module itself, not its entry: the entry is one worker for all, has no way in for more than about 1 MB of
 * program, and does not let its output be caught.
 */
async function load(): Promise<ClingoModule> {
  const folder = join(dirname(createRequire(import.meta.url).resolve("clingo-wasm/package.json")), dirname(manifest.main));
  const { default: make } = (await import(pathToFileURL(join(folder, "clingo.js")).href)) as {
    readonly default: (parameters: object) => Promise<ClingoModule>;
  };
  return make({
    print: (line: string) => out.push(line),
    printErr: (line: string) => errors.push(line),
    stdin: () => (position < input.length ? input[position++] : null),
  });
}

/** The memory of WebAssembly is not counted by a worker's resource limits: growing past the bound fails, which clingo takes for the end of memory. */
function boundMemory(): void {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE_BYTES > memoryBytes) throw new RangeError("the memory bound of clingo is reached");
    return grow.call(this, pages);
  };
}
