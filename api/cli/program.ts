import { Command } from "commander";
import { attestCommand } from "./commands/attest.ts";
import { explainCommand } from "./commands/explain.ts";
import { exportCommand } from "./commands/export.ts";
import { extractCommand } from "./commands/extract.ts";
import { gateCommand } from "./commands/gate.ts";
import { glueCommand } from "./commands/glue.ts";
import { importCommand } from "./commands/import.ts";
import { initCommand } from "./commands/init.ts";
import { jobCommand } from "./commands/job.ts";
import { keyCommand } from "./commands/key.ts";
import { loadCommand } from "./commands/load.ts";
import { logCommand } from "./commands/log.ts";
import { mcpCommand } from "./commands/mcp.ts";
import { proposeCommand } from "./commands/propose.ts";
import { proveCommand } from "./commands/prove.ts";
import { queryCommand } from "./commands/query.ts";
import { repairCommand } from "./commands/repair.ts";
import { resCommand } from "./commands/res.ts";
import { serveCommand } from "./commands/serve.ts";
import { settleCommand } from "./commands/settle.ts";
import { stepCommand } from "./commands/step.ts";
import { testCommand } from "./commands/test.ts";
import { tokenCommand } from "./commands/token.ts";
import { traceCommand } from "./commands/trace.ts";
import { uuidCommand } from "./commands/uuid.ts";
import { verifyCommand } from "./commands/verify.ts";
import { whatIfCommand } from "./commands/whatif.ts";
import type { Door } from "./door.ts";
import { packageVersion } from "./version.ts";

const EPILOGUE = `
Exit codes: 0 accepted · 1 refused · 2 undecided or nothing checked · 3 usage or input · 4 internal.
\`assay help COMMAND\` tells a command's arguments.`;

/** The command line as commander knows it. Errors are thrown, help and version go to stdout. */
export function program(door: Door): Command {
  const root = new Command("assay")
    .description("A fact base that refuses to be wrong: every write is a delta that logic programs must accept before it commits.")
    .version(packageVersion(), "--version", "print the version")
    .helpOption("--help", "print this help")
    .addHelpText("after", EPILOGUE)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => door.host.stdout.write(text), writeErr: () => undefined });
  for (const register of [
    verifyCommand,
    gateCommand,
    attestCommand,
    extractCommand,
    initCommand,
    jobCommand,
    keyCommand,
    loadCommand,
    proposeCommand,
    proveCommand,
    glueCommand,
    importCommand,
    queryCommand,
    explainCommand,
    exportCommand,
    logCommand,
    mcpCommand,
    repairCommand,
    resCommand,
    serveCommand,
    settleCommand,
    stepCommand,
    testCommand,
    tokenCommand,
    traceCommand,
    uuidCommand,
    whatIfCommand,
  ]) {
    register(root, door);
  }
  return root;
}
