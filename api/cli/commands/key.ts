import { existsSync } from "node:fs";
import type { Command } from "commander";
import { AssayError } from "../../../schema/assay_error.ts";
import { signDeclassification } from "../../../verify/checks/authorization/declassification.ts";
import { type ApiKey, makeKey, readKeys, writeKeys } from "../../auth/api_keys.ts";
import { WatchedFile } from "../../auth/watched_file.ts";
import type { Door } from "../door.ts";
import { accountName } from "../fact_base_door.ts";
import { type CommonOptions, collect, instant, jsonOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { readTextFile } from "../text_file.ts";

interface KeyOptions extends CommonOptions {
  readonly keys: string;
}

interface AddOptions extends KeyOptions {
  readonly group: readonly string[];
  readonly until?: string;
}

interface DeclassifyOptions extends CommonOptions {
  readonly key: string;
  readonly attribute: string;
  readonly value: string;
  readonly proposer?: string;
}

const HELP = `
The file holds hashes, never keys: a key is shown once, when it is made. \`assay serve --api-keys FILE\` lets in who has one, as the principal
\`key:NAME\`, and reads the file again when it changed. A key of the group \`admin\` may do everything; the rest is granted by facts.

Examples:
  assay key add alice --keys keys.json --group importers
  assay key revoke alice --keys keys.json
  curl -H "Authorization: Bearer $KEY" https://127.0.0.1:8080/v1/facts/package`;

/** Keys that principals show, and the keys that declassify. */
export function keyCommand(root: Command, door: Door): void {
  const key = root.command("key").description("make, list and revoke the API keys of a service").addHelpText("after", HELP);
  const over = (name: string, description: string): Command =>
    jsonOption(key.command(name).description(description)).requiredOption("--keys <file>", "the file of keys");
  over("add", "make a key, and show it this once")
    .argument("<name>", "whose it is: the principal `key:NAME`")
    .option("--group <name>", "a group that the key itself gives (repeatable)", collect, [])
    .option("--until <time>", "not in force after this time, as in 2027-01-31T00:00:00Z", instant)
    .action(async (name: string, options: AddOptions) => door.answer(add(door, name, options), options.json === true));
  over("list", "the keys of a file").action(async (options: KeyOptions) => door.answer(list(options), options.json === true));
  over("revoke", "take every key of a name out of force")
    .argument("<name>", "whose they are")
    .action(async (name: string, options: KeyOptions) => door.answer(revoke(door, name, options), options.json === true));
  jsonOption(key.command("declassify").description("sign that facts of a relation are at most at a level; prints the delta"))
    .argument("<relation>", "the relation")
    .argument("<level>", "the level that they come down to")
    .requiredOption("--key <pem>", "the declassifier's private key, Ed25519 or ECDSA P-256")
    .option("--attribute <name>", "of those facts alone that have a value here", "*")
    .option("--value <text>", "this one", "")
    .option("--proposer <name>", "who proposes it; the account where absent")
    .action(async (relation: string, level: string, options: DeclassifyOptions) =>
      door.answer(await declassify(door, relation, level, options), options.json === true),
    );
}

function add(door: Door, name: string, { keys: path, group, until }: AddOptions): Outcome {
  const keys = existsSync(path) ? current(path) : [];
  if (keys.some((one) => one.name === name && one.revoked === null)) {
    throw new AssayError("auth.key", `\`${name}\` has a key in \`${path}\` already`, { help: "revoke it first, or take another name" });
  }
  const { text, key } = makeKey(name, group, door.clock.now(), until ?? null);
  writeKeys(path, [...keys, key]);
  return done({ name, id: key.id, key: text, groups: key.groups, until: key.until }, text);
}

function list({ keys: path }: KeyOptions): Outcome {
  const shown = current(path).map(({ hash: _, ...rest }) => rest);
  const lines = shown.map(({ id, name, groups, until, revoked }) => {
    const state = revoked !== null ? `revoked ${revoked}` : until === null ? "in force" : `until ${until}`;
    return `${id}  ${name}  ${groups.length === 0 ? "-" : groups.join(",")}  ${state}`;
  });
  return done({ keys: shown }, lines.length === 0 ? "no keys" : lines.join("\n"));
}

function revoke(door: Door, name: string, { keys: path }: KeyOptions): Outcome {
  const keys = current(path);
  const isMeant = (one: ApiKey): boolean => one.name === name && one.revoked === null;
  const revoked = keys.filter(isMeant);
  if (revoked.length === 0) throw new AssayError("auth.key", `\`${path}\` has no key in force of \`${name}\``);
  const time = door.clock.now();
  writeKeys(
    path,
    keys.map((one) => (isMeant(one) ? { ...one, revoked: time } : one)),
  );
  return done({ revoked: revoked.map(({ id }) => id) }, `revoked ${revoked.map(({ id }) => id).join(", ")}`);
}

async function declassify(door: Door, relation: string, level: string, options: DeclassifyOptions): Promise<Outcome> {
  const { key, attribute, value, proposer = accountName() } = options;
  const signed = signDeclassification({ relation, attribute, value, level }, await readTextFile(door, key), key);
  const delta = { proposer, reason: `declassify ${relation}`, assert: { declassification: [signed.declassification] } };
  return done({ delta, declassifier: signed.declassifier }, JSON.stringify(delta));
}

function current(path: string): readonly ApiKey[] {
  return new WatchedFile(path, readKeys).current();
}

function done(data: unknown, text: string): Outcome {
  return { envelope: { ok: true, data, error: null, events: [], cursor: null }, exit: 0, text: () => text };
}
