import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { findTheory, type Theory } from "../../../logic/theory.ts";
import { MANIFEST } from "../../../logic/theory_files.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { StrictClock } from "../../../schema/clock.ts";
import { FactBase } from "../../../verify/fact_base.ts";
import type { FactBaseOptions } from "../../../verify/fact_base_options.ts";
import { signingKey } from "../../../verify/signing/keys.ts";
import { fileExists } from "../../../verify/store/database.ts";
import type { ServiceOptions } from "../../http/context.ts";
import { type AuthOptions, authOptions, gatekeeperOf, tlsFilesOf } from "../auth_options.ts";
import type { Door } from "../door.ts";
import { accountName } from "../fact_base_door.ts";
import { type ModelOptions, modelOptions, modelShelf } from "../model_options.ts";
import {
  collect,
  count,
  factBaseOptions,
  type JudgingOptions,
  jsonOption,
  judgingOptions,
  type TheoryOptions,
  theoryOption,
} from "../options.ts";
import { exitOf } from "../outcome.ts";
import { readTextFile } from "../text_file.ts";
import { verdictOutcome } from "../verdict_outcome.ts";
import { packageVersion } from "../version.ts";

interface ServeOptions extends JudgingOptions, TheoryOptions, AuthOptions, ModelOptions {
  readonly json?: boolean;
  readonly db?: string;
  readonly theories?: string;
  readonly host: string;
  readonly port: number;
  readonly requireBase?: boolean;
  readonly key?: string;
  readonly model: readonly string[];
  readonly publicUrl?: string;
  readonly corsOrigin: readonly string[];
  readonly logLevel: NonNullable<ServiceOptions["logLevel"]>;
  readonly traceTo?: string;
}

/** How long a service rehearses deltas before it opens. */
const WARM_UP_MS = 500;

const HELP = `
Serves one fact base over HTTP until it is told to stop (SIGINT, SIGTERM); it then finishes what it acknowledged. A file that is not there is
made, and theories named are put in force first. Without --api-keys, --jwks, --token-root or --client-ca anyone who reaches the port may do
everything: keep it to this machine. With any of them a request must say who sends it, and the policy says what they may do: \`authz\`, by
the facts of the theory \`access\`. Files of keys and certificates are read again when they change.

Examples:
  assay serve --db x.duckdb --theory npm --port 8080
  assay serve --db x.duckdb --theory npm --theory access --api-keys keys.json --token-root root.pub
  curl http://127.0.0.1:8080/v1/deltas -H 'content-type: application/json' -d '{"proposer": "me", "assert": {…}}'

The operations are at /docs, as OpenAPI at /openapi.json; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT says where traces go.`;

export function serveCommand(root: Command, door: Door): void {
  const command = root.command("serve").description("serve a fact base over HTTP, with live subscriptions");
  command
    .option("--db <file>", "the fact base; in memory, and gone with the process, where absent")
    .option("--theories <dir>", "a folder of theories, all of them put in force");
  theoryOption(command, "a theory to put in force (repeatable)")
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option("--port <number>", "the port; 0 for one that is free", count, 8080)
    .option("--require-base", "refuse writes that do not say which commit they were made for")
    .option("--key <pem>", "sign tree heads and the agent card with this private key")
    .option("--model <name=file>", "a model that jobs may ask, a GGUF file or URL#MODEL of an endpoint (repeatable)", collect, [])
    .option("--public-url <url>", "where others reach the service, for its agent card")
    .option("--cors-origin <origin>", "let pages of this origin in, as in https://example.org (repeatable)", originOption, [])
    .option("--trace-to <url>", "send traces to this OTLP/HTTP endpoint")
    .addOption(
      new Option("--log-level <level>", "what is logged to stderr").choices(["silent", "error", "warn", "info", "debug"]).default("info"),
    )
    .addHelpText("after", HELP);
  jsonOption(judgingOptions(authOptions(modelOptions(command)))).action(async (options: ServeOptions) => serve(door, options));
}

async function serve(door: Door, options: ServeOptions): Promise<void> {
  const clock = new StrictClock(door.clock);
  const baseOptions = factBaseOptions(clock, options);
  const theories: Theory[] = [];
  for (const name of [...options.theory, ...(await foldersOf(options.theories))]) theories.push(await findTheory(name));
  const base = await openBase(options.db ?? null, baseOptions);
  try {
    clock.keepAfter(await base.still((still) => still.lastTime()));
    if (theories.length > 0) {
      const started = clock.micros();
      const verdict = await base.loadTheory(theories, { author: accountName(), reason: "serve" });
      if (exitOf(verdict) !== 0) {
        await door.answer(
          verdictOutcome(verdict, { show: options.show, micros: clock.micros() - started, program: base.program }),
          options.json === true,
        );
        return;
      }
    }
    await run(door, base, clock, baseOptions, options);
  } finally {
    await base.close();
  }
}

async function run(door: Door, base: FactBase, clock: StrictClock, baseOptions: FactBaseOptions, options: ServeOptions): Promise<void> {
  // Fastify takes its time to load, which no other command should pay.
  const { startService } = await import("../../http/service.ts");
  const { host, port, logLevel, requireBase = false, key } = options;
  const traceTo = options.traceTo ?? process.env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
  await base.warmUp(WARM_UP_MS);
  const gatekeeper = await gatekeeperOf(base, clock, options);
  const tls = tlsFilesOf(options);
  const models = modelShelf(options.model, clock, options);
  const service = await startService(base, {
    clock,
    base: baseOptions,
    version: packageVersion(),
    host,
    port,
    logLevel,
    logTo: door.host.stderr,
    requiresBase: requireBase,
    corsOrigins: options.corsOrigin,
    models,
    ...(key === undefined ? {} : { signingKey: signingKey(await readTextFile(door, key), key) }),
    ...(traceTo === undefined ? {} : { traceTo }),
    ...(gatekeeper === null ? {} : { gatekeeper }),
    ...(tls === null ? {} : { tls }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
  });
  const theories = base.theories.map(({ name }) => name);
  const data = { url: service.url, db: options.db ?? null, head: base.head, theories };
  const envelope = { ok: true, data, error: null, events: [], cursor: null };
  const inForce = theories.length === 0 ? "no theory in force" : theories.join(", ");
  await door.answer(
    { envelope, exit: 0, text: () => `listening on ${service.url} · commit ${base.head} · ${inForce}` },
    options.json === true,
  );
  const told = new AbortController();
  await Promise.race(["SIGINT", "SIGTERM"].map((signal) => once(process, signal, { signal: told.signal }).catch(() => undefined)));
  told.abort();
  await service.close();
  await models.close();
  gatekeeper?.close();
}

async function openBase(path: string | null, options: FactBaseOptions): Promise<FactBase> {
  return path === null || !(await fileExists(path)) ? FactBase.create(path, options) : FactBase.open(path, options);
}

/** Collects origins, as browsers write them. What is none is refused: `*` would let every page write where nobody is asked for credentials. */
function originOption(value: string, all: readonly string[]): readonly string[] {
  const isOrigin = /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value;
  if (!isOrigin) throw new InvalidArgumentError("An origin is a scheme and a host, and a port where it is not the usual one.");
  return [...all, value];
}

/** The theories of a folder: its folders that hold one. Errors: `theory.not_found`. */
async function foldersOf(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && (await fileExists(join(path, MANIFEST)))) found.push(path);
  }
  if (found.length === 0)
    throw new AssayError("theory.not_found", `\`${folder}\` holds no folder with a \`${MANIFEST}\``, { place: folder });
  return found.toSorted();
}
