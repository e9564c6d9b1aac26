#!/usr/bin/env node
// Plain JavaScript, so that any Node from 18 on can read it: it finds a Node that runs Assay and hands over.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED_MAJOR = 24;
const TOO_OLD = "usage.node";
const here = dirname(fileURLToPath(import.meta.url));

if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) await start();
else handOver();

/** From source where the source is (Node strips the types), from what `npm pack` emitted elsewhere. */
async function start() {
  module.enableCompileCache();
  const source = join(here, "main.ts");
  const { main } = await import(existsSync(source) ? "./main.ts" : "../../dist/api/cli/main.js");
  await main(process.argv.slice(2));
}

/** Runs the same command line under the Node that the npm package `node` brought, with the same streams and exit code. */
function handOver() {
  const binary = pinnedNode();
  if (binary === null) {
    process.stderr.write(
      `error ${TOO_OLD}: assay needs Node ${NEEDED_MAJOR} or newer and runs under ${process.version}\n` +
        "  help: run it with a newer Node, or approve the install script of the npm package `node` (npm install-scripts approve node)\n",
    );
    process.exitCode = 3;
    return;
  }
  const child = spawn(binary, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (status, signal) => {
    process.exitCode = signal === null ? (status ?? 4) : 128 + (constants.signals[signal] ?? 0);
  });
}

function pinnedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node/package.json");
    const binary = join(dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}
