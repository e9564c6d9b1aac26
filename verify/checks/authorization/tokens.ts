import type { PublicKey } from "@biscuit-auth/biscuit-wasm";
import { AssayError } from "../../../schema/assay_error.ts";
import { type BiscuitModule, biscuitModule } from "./biscuit_module.ts";
import { quoted, rootKeyOf } from "./capability.ts";

/** What bounds a token, beside what bounded it before. An absent or empty part bounds nothing. */
export interface Restriction {
  readonly relations?: readonly string[];
  readonly operations?: readonly string[];
  /** Facts only whose attribute begins with a text. */
  readonly keys?: readonly { readonly attribute: string; readonly prefix: string }[];
  /** Requests a minute, of this token and all made from the same first block. */
  readonly rate?: number | null;
  /** RFC 3339: not after. */
  readonly until?: string | null;
  /** Further checks in Biscuit's Datalog: `check if operation("assert")`. */
  readonly checks?: readonly string[];
}

export interface TokenGrant extends Restriction {
  readonly user: string;
  readonly groups: readonly string[];
}

/** The two halves of a root key, as texts: `ed25519/…` and `ed25519-private/…`. */
export interface RootKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** A token's blocks as their Datalog, the one that the root signed first. */
export interface InspectedToken {
  readonly blocks: readonly { readonly source: string; readonly revocation_id: string }[];
}

export async function makeRootKey(): Promise<RootKey> {
  const module = await biscuitModule();
  const pair = new module.KeyPair(module.SignatureAlgorithm.Ed25519);
  return { publicKey: pair.getPublicKey().toString(), privateKey: pair.getPrivateKey().toString() };
}

/** A token signed by the root's private key. Errors: `auth.token`. */
export async function mintToken(privateKey: string, grant: TokenGrant): Promise<string> {
  const module = await biscuitModule();
  const facts = [`user(${quoted(grant.user)});`, ...grant.groups.map((group) => `group(${quoted(group)});`)];
  const key = read(
    () => module.PrivateKey.fromString(privateKey),
    "the private key cannot be read: it is `ed25519-private/` and 64 hex digits",
  );
  const builder = module.Biscuit.builder();
  read(() => builder.addCode([...facts, ...checksOf(grant)].join("\n")), "a restriction cannot be read");
  return builder.build(key).toBase64();
}

/** The token with a further block: it can do less, never more. Needs the root's public key alone. Errors: `auth.token`. */
export async function attenuateToken(token: string, root: string, restriction: Restriction): Promise<string> {
  const module = await biscuitModule();
  const held = read(() => module.Biscuit.fromBase64(token, publicKeyOf(module, root)), "the token is malformed, or signed by another root");
  const checks = checksOf(restriction);
  if (checks.length === 0) throw new AssayError("auth.token", "no restriction is named, and a block without one changes nothing");
  const block = module.Biscuit.block_builder();
  read(() => block.addCode(checks.join("\n")), "a restriction cannot be read");
  return read(() => held.appendBlock(block), "the token is sealed: nobody can attenuate it").toBase64();
}

/** What a token says, under the root's public key. Errors: `auth.token`. */
export async function inspectToken(token: string, root: string): Promise<InspectedToken> {
  const module = await biscuitModule();
  const held = read(() => module.Biscuit.fromBase64(token, publicKeyOf(module, root)), "the token is malformed, or signed by another root");
  const ids = held.getRevocationIdentifiers().map(String);
  return { blocks: ids.map((revocation_id, index) => ({ source: held.getBlockSource(index).trim(), revocation_id })) };
}

function publicKeyOf(module: BiscuitModule, root: string): PublicKey {
  return read(() => rootKeyOf(module, root), "the root's public key cannot be read: it is `ed25519/` and 64 hex digits");
}

/** The checks that a restriction comes to. `check all` holds for each of several; a deed has one operation and one relation. */
function checksOf({ relations = [], operations = [], keys = [], rate = null, until = null, checks = [] }: Restriction): string[] {
  const oneOf = (name: string, texts: readonly string[]): string[] =>
    texts.length === 0 ? [] : [`check if ${name}($it), [${texts.map(quoted).join(", ")}].contains($it);`];
  return [
    ...oneOf("relation", relations),
    ...oneOf("operation", operations),
    ...keys.map(({ attribute, prefix }) => `check if value(${quoted(attribute)}, $it), $it.starts_with(${quoted(prefix)});`),
    ...(rate === null ? [] : [`check if requests($n), $n <= ${rate};`]),
    ...(until === null ? [] : [`check if time($now), $now <= ${until};`]),
    ...checks.map((check) => `${check.replace(/;\s*$/, "")};`),
  ];
}

/** What biscuit-auth throws may quote what it read, so that none of it is repeated. */
function read<T>(action: () => T, detail: string): T {
  try {
    return action();
  } catch {
    throw new AssayError("auth.token", detail);
  }
}
