import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { Command } from "commander";
import { AssayError } from "../../../schema/assay_error.ts";
import { readDelta } from "../../../schema/delta_wire.ts";
import type { Limits } from "../../../schema/limits.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { databaseOption, type JudgingOptions, jsonOption, judgingOptions } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { verdictOutcome } from "../verdict_outcome.ts";

interface ProposeOptions extends JudgingOptions {
  readonly db: string;
}

const HELP = `
The delta is JSON: {"proposer": "…", "reason": "…", "assert": {"relation": [[…], …]}, "retract": {…}}, and may name a base commit
("base") and an idempotency key ("key"). Delivered twice it is committed once.`;

export function proposeCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("propose").description("propose a delta; accepted, it is committed when the answer comes"));
  command.argument("<delta>", "a JSON file, or - for stdin").addHelpText("after", HELP);
  jsonOption(judgingOptions(command)).action(async (path: string, options: ProposeOptions) => {
    await door.answer(await propose(door, path, options), options.json === true);
  });
}

async function propose(door: Door, path: string, options: ProposeOptions): Promise<Outcome> {
  const started = door.clock.micros();
  return withFactBase(door, options.db, options, async (base) => {
    const source = path === "-" ? "stdin" : path;
    const delta = readDelta(await readDocument(path === "-" ? door.host.stdin : createReadStream(path), path, base.limits), {
      source,
      limits: base.limits,
    });
    const verdict = await base.propose(delta);
    return verdictOutcome(verdict, { show: options.show, micros: door.clock.micros() - started });
  });
}

async function readDocument(stream: Readable, path: string, limits: Limits): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > limits.json_bytes)
        throw new AssayError("limit.json_bytes", `the delta has more than ${limits.json_bytes} bytes`, { place: path });
    }
  } catch (cause) {
    if (cause instanceof AssayError || !(cause instanceof Error) || !("code" in cause)) throw cause;
    const code = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "ingest.not_found" : "ingest.unreadable";
    throw new AssayError(code, `\`${path}\` cannot be read: ${String(cause.code)}`, { place: path, cause });
  }
  return Buffer.concat(chunks);
}
