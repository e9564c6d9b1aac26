import { Command } from "commander";
import type { Door } from "./door.ts";
import { packageVersion } from "./version.ts";

const EPILOGUE = `
Exit codes: 0 accepted · 1 refused · 2 undecided or nothing checked · 3 usage or input · 4 internal.
\`assay help COMMAND\` tells a command's arguments.`;

type Register = (root: Command, door: Door) => void;

/** In the order in which help lists them. Most of the time that a short command takes is loading what it runs, so others are not loaded. */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  verify: async () => (await import("./commands/verify.ts")).verifyCommand,
  gate: async () => (await import("./commands/gate.ts")).gateCommand,
  attest: async () => (await import("./commands/attest.ts")).attestCommand,
  extract: async () => (await import("./commands/extract.ts")).extractCommand,
  init: async () => (await import("./commands/init.ts")).initCommand,
  job: async () => (await import("./commands/job.ts")).jobCommand,
  key: async () => (await import("./commands/key.ts")).keyCommand,
  load: async () => (await import("./commands/load.ts")).loadCommand,
  propose: async () => (await import("./commands/propose.ts")).proposeCommand,
  prove: async () => (await import("./commands/prove.ts")).proveCommand,
  glue: async () => (await import("./commands/glue.ts")).glueCommand,
  import: async () => (await import("./commands/import.ts")).importCommand,
  query: async () => (await import("./commands/query.ts")).queryCommand,
  explain: async () => (await import("./commands/explain.ts")).explainCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  log: async () => (await import("./commands/log.ts")).logCommand,
  mcp: async () => (await import("./commands/mcp.ts")).mcpCommand,
  repair: async () => (await import("./commands/repair.ts")).repairCommand,
  res: async () => (await import("./commands/res.ts")).resCommand,
  serve: async () => (await import("./commands/serve.ts")).serveCommand,
  settle: async () => (await import("./commands/settle.ts")).settleCommand,
  step: async () => (await import("./commands/step.ts")).stepCommand,
  test: async () => (await import("./commands/test.ts")).testCommand,
  token: async () => (await import("./commands/token.ts")).tokenCommand,
  trace: async () => (await import("./commands/trace.ts")).traceCommand,
  uuid: async () => (await import("./commands/uuid.ts")).uuidCommand,
  whatif: async () => (await import("./commands/whatif.ts")).whatIfCommand,
};

/**
 * The command line as commander knows it: with the command that `asked` names alone, with all of them where it names none. Errors are thrown,
 * help and version go to stdout.
 */
export async function program(door: Door, asked: string | undefined): Promise<Command> {
  const root = new Command("assay")
    .description("A fact base that refuses to be wrong: every write is a delta that logic programs must accept before it commits.")
    .version(packageVersion(), "--version", "print the version")
    .helpOption("--help", "print this help")
    .addHelpText("after", EPILOGUE)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => door.host.stdout.write(text), writeErr: () => undefined });
  const names = asked !== undefined && Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands);
  for (const register of await Promise.all(names.map((name) => commands[name]?.()))) register?.(root, door);
  return root;
}
