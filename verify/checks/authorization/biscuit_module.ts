import { readFile } from "node:fs/promises";
import type * as Biscuits from "@biscuit-auth/biscuit-wasm";
import { systemClock } from "../../../schema/clock.ts";

export type BiscuitModule = typeof Biscuits;

type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What is used of WebAssembly, whose types come with the browser's library only. */
declare const WebAssembly: {
  readonly Module: { new (bytes: Uint8Array): object; imports(module: object): readonly { readonly module: string }[] };
  readonly Instance: new (module: object, imports: Imports) => { readonly exports: Readonly<Record<string, unknown>> };
};

const MICROS = 1_000;
const GLUE = "./biscuit_bg.js";
/** Imports through which the module prints: what it met of a token is nobody's business. */
const PRINTS = /^__wbg_(log|debug|info|warn|error)_/;

let loaded: Promise<BiscuitModule> | null = null;

/**
 * The WebAssembly of biscuit-auth, instantiated once a process. Its package asks for Node's import of `.wasm`, which is experimental and
 * greets on stdout; here its glue is given the instance by hand, and nothing to print with.
 */
export function biscuitModule(): Promise<BiscuitModule> {
  loaded ??= instantiate();
  return loaded;
}

async function instantiate(): Promise<BiscuitModule> {
  const entry = import.meta.resolve("@biscuit-auth/biscuit-wasm");
  const glue = (await import(new URL("biscuit_bg.js", entry).href)) as BiscuitModule & Record<string, CallableFunction>;
  const module = new WebAssembly.Module(await readFile(new URL("biscuit_bg.wasm", entry)));
  const quiet = Object.fromEntries(Object.entries(glue).map(([name, value]) => [name, PRINTS.test(name) ? () => undefined : value]));
  const names = new Set(WebAssembly.Module.imports(module).map((one) => one.module));
  const snippets = { performance_now: () => systemClock.micros() / MICROS };
  const imports = Object.fromEntries([...names].map((name) => [name, name === GLUE ? quiet : snippets]));
  const instance = new WebAssembly.Instance(module, imports);
  glue["__wbg_set_wasm"]?.(instance.exports);
  (instance.exports["__wbindgen_start"] as CallableFunction)();
  return glue;
}
