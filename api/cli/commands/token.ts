import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { AssayError } from "../../../schema/assay_error.ts";
import { attenuateToken, inspectToken, makeRootKey, mintToken, type Restriction } from "../../../verify/checks/authorization/tokens.ts";
import type { Door } from "../door.ts";
import { type CommonOptions, collect, count, instant, jsonOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { readTextFile } from "../text_file.ts";
import { usageError } from "../usage.ts";

interface RestrictionOptions extends CommonOptions {
  readonly relation: readonly string[];
  readonly operation: readonly string[];
  readonly only: readonly string[];
  readonly rate?: number;
  readonly until?: string;
  readonly check: readonly string[];
}

interface MintOptions extends RestrictionOptions {
  readonly key: string;
  readonly user: string;
  readonly group: readonly string[];
}

interface HolderOptions extends RestrictionOptions {
  readonly root: string;
}

const OWNER_ONLY = 0o600;

const HELP = `
A capability token (Biscuit) says who its bearer acts for, and bounds what they may do: relations, operations, facts, requests a minute, time.
Its holder can bound it further, offline, and nobody can loosen it. What its user may do in the first place is for the policy to say.
Tokens and keys are read from files, or from - for stdin, so that they show in no list of processes.

Examples:
  assay token key root
  assay token mint --key root.key --user ci --group importers --until 2027-01-01T00:00:00Z > ci.token
  assay token attenuate ci.token --root root.pub --relation package --operation assert --only path=node_modules/ --rate 60 > small.token
  assay token inspect small.token --root root.pub
  assay serve --token-root root.pub --db x.duckdb`;

export function tokenCommand(root: Command, door: Door): void {
  const token = root.command("token").description("mint, attenuate and inspect capability tokens").addHelpText("after", HELP);
  jsonOption(token.command("key").description("make a root key: FILE.key signs tokens, FILE.pub checks them"))
    .argument("<file>", "where the two go")
    .action(async (file: string, options: CommonOptions) => door.answer(await makeKeys(file), options.json === true));
  restricted(token.command("mint").description("sign a token with the root's private key"))
    .requiredOption("--key <file>", "the root's private key")
    .requiredOption("--user <name>", "whose it is: the principal `token:NAME`")
    .option("--group <name>", "a group that the token itself gives (repeatable)", collect, [])
    .action(async (options: MintOptions) => {
      const { user, group: groups, key } = options;
      const made = await mintToken((await readTextFile(door, key)).trim(), { user, groups, ...restrictionOf(options) });
      await door.answer(done({ token: made }, made), options.json === true);
    });
  restricted(token.command("attenuate").description("bound a token further; needs no private key"))
    .argument("<token>", "a file with the token, - for stdin")
    .requiredOption("--root <file>", "the root's public key")
    .action(async (file: string, options: HolderOptions) => {
      const [text, root] = [await readTextFile(door, file), await readTextFile(door, options.root)];
      const made = await attenuateToken(text.trim(), root.trim(), restrictionOf(options));
      await door.answer(done({ token: made }, made), options.json === true);
    });
  jsonOption(token.command("inspect").description("show what a token says, block by block"))
    .argument("<token>", "a file with the token, - for stdin")
    .requiredOption("--root <file>", "the root's public key")
    .action(async (file: string, options: HolderOptions) => {
      const read = await inspectToken((await readTextFile(door, file)).trim(), (await readTextFile(door, options.root)).trim());
      const text = read.blocks.map(({ source, revocation_id }, index) => `block ${index}, revoked by ${revocation_id}\n${source}`);
      await door.answer(done(read, text.join("\n\n")), options.json === true);
    });
}

function restricted(command: Command): Command {
  return jsonOption(command)
    .option("--relation <name>", "these relations alone (repeatable)", collect, [])
    .option("--operation <name>", "assert, retract, import, read, watch, load or operate alone (repeatable)", collect, [])
    .option("--only <attribute=prefix>", "facts alone whose attribute begins with this (repeatable)", collect, [])
    .option("--rate <count>", "so many requests a minute", count)
    .option("--until <time>", "not after this time, as in 2027-01-31T00:00:00Z", instant)
    .option("--check <datalog>", 'a check of Biscuit\'s Datalog, as in `check if operation("read")` (repeatable)', collect, []);
}

function restrictionOf({ relation, operation, only, rate, until, check }: RestrictionOptions): Restriction {
  const keys = only.map((text) => {
    const [, attribute, prefix] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (attribute === undefined || prefix === undefined) throw usageError(`\`--only ${text}\` is not of the form \`attribute=prefix\``);
    return { attribute, prefix };
  });
  return { relations: relation, operations: operation, keys, rate: rate ?? null, until: until ?? null, checks: check };
}

async function makeKeys(file: string): Promise<Outcome> {
  const { publicKey, privateKey } = await makeRootKey();
  const paths = { private_key: `${file}.key`, public_key: `${file}.pub` };
  try {
    await writeFile(paths.private_key, `${privateKey}\n`, { mode: OWNER_ONLY, flag: "wx" });
    await writeFile(paths.public_key, `${publicKey}\n`, { flag: "wx" });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new AssayError("auth.token", `\`${file}.key\` or \`${file}.pub\` cannot be written anew (\`${code}\`)`, { place: file });
  }
  return done(paths, `${paths.private_key} signs tokens, keep it; ${paths.public_key} checks them`);
}

function done(data: unknown, text: string): Outcome {
  return { envelope: { ok: true, data, error: null, events: [], cursor: null }, exit: 0, text: () => text };
}
