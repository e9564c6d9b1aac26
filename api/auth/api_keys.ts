import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";

const PREFIX = "assay_";
const SECRET_BYTES = 32;
const ID_BYTES = 8;
const OWNER_ONLY = 0o600;

const keyForm = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  name: z.string().min(1).max(200),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  groups: z.array(z.string().min(1).max(200)),
  created: z.string(),
  until: z.string().nullable(),
  revoked: z.string().nullable(),
});
const fileForm = z.strictObject({ keys: z.array(keyForm) });

/** An API key as its file keeps it: never the key, which nobody can tell from its hash. */
export type ApiKey = z.output<typeof keyForm>;

/** Reads the file of keys. Errors: those of JSON and the form, with nothing of the text in them. */
export function readKeys(text: string): readonly ApiKey[] {
  const { keys } = fileForm.parse(JSON.parse(text));
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new Error("two keys share an id");
  return keys;
}

/** Writes the file of keys whole, for its owner alone: whoever reads it meanwhile sees the old one or the new one. */
export function writeKeys(path: string, keys: readonly ApiKey[]): void {
  const beside = `${path}.${randomBytes(ID_BYTES).toString("hex")}.new`;
  writeFileSync(beside, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: OWNER_ONLY, flag: "wx" });
  renameSync(beside, path);
}

/** Makes a key: its text, which is shown once, and what the file keeps. 256 random bits need no slow hash. */
export function makeKey(name: string, groups: readonly string[], created: string, until: string | null): { text: string; key: ApiKey } {
  const id = randomBytes(ID_BYTES).toString("hex");
  const text = `${PREFIX}${id}_${randomBytes(SECRET_BYTES).toString("base64url")}`;
  return { text, key: { id, name, hash: hashOf(text), groups: [...groups], created, until, revoked: null } };
}

export function isApiKey(credential: string): boolean {
  return credential.startsWith(PREFIX);
}

/** The key that a text is. Hashes are compared in constant time, also for an id that nobody has. Errors: `auth.unknown`. */
export function findKey(keys: readonly ApiKey[], text: string, now: string): ApiKey {
  const id = text.slice(PREFIX.length, PREFIX.length + ID_BYTES * 2);
  const key = keys.find((one) => one.id === id);
  const isSame = timingSafeEqual(Buffer.from(hashOf(text)), Buffer.from(key?.hash ?? NOBODYS));
  if (key === undefined || !isSame) throw new AssayError("auth.unknown", "there is no such API key");
  if (key.revoked !== null) throw new AssayError("auth.unknown", `the API key of \`${key.name}\` was revoked`);
  if (key.until !== null && Date.parse(key.until) < Date.parse(now)) {
    throw new AssayError("auth.unknown", `the API key of \`${key.name}\` was in force until ${key.until}`);
  }
  return key;
}

const NOBODYS = `sha256:${"0".repeat(64)}`;

function hashOf(text: string): string {
  return `sha256:${createHash("sha256").update(text, "utf8").digest("hex")}`;
}
