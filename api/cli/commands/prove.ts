import type { Command } from "commander";
import { AssayError } from "../../../schema/assay_error.ts";
import type { SqlSession } from "../../../schema/sql_session.ts";
import { checkProof, type Proof, type ProofCheck } from "../../../verify/ledger/proof.ts";
import { proveCommit, proveConsistency, proveDelta, proveHead, type Signer } from "../../../verify/ledger/prove.ts";
import { readProof } from "../../../verify/ledger/read_proof.ts";
import { checkingKey, signingKey } from "../../../verify/signing/keys.ts";
import { printable } from "../../report/fact_text.ts";
import type { Style } from "../../report/style.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type CommonOptions, count, databaseOption, jsonOption, limitOption } from "../options.ts";
import type { ExitCode, Outcome } from "../outcome.ts";
import { readTextFile } from "../text_file.ts";
import { usageError } from "../usage.ts";

interface ProveOptions extends CommonOptions {
  readonly db: string;
  readonly limit: readonly string[];
  readonly key?: string;
}

interface VerifyOptions extends CommonOptions {
  readonly key?: string;
  readonly root?: string;
}

const HELP = `
Every verdict that a fact base keeps, accepted or refused, is a leaf of a Merkle tree (RFC 6962). A proof is JSON that anyone can check
offline: \`assay prove verify FILE --key pub.pem\`. Its tree head is signed with --key, a PEM of an Ed25519 or ECDSA P-256 key.

Examples:
  assay prove commit 41 --db x.duckdb --key key.pem > commit-41.json
  assay prove consistency 100 250 --db x.duckdb --key key.pem > grown.json
  assay prove verify commit-41.json --key pub.pem

Exit codes of verify: 0 it holds · 1 it does not · 2 it leads to its tree head, and neither --key nor --root says that this is trusted.`;

export function proveCommand(root: Command, door: Door): void {
  const prove = root
    .command("prove")
    .description("prove that a verdict is in the ledger, or that the ledger only grew")
    .addHelpText("after", HELP);
  const proving = (name: string, description: string): Command =>
    jsonOption(limitOption(databaseOption(prove.command(name).description(description)))).option(
      "--key <pem>",
      "sign the tree head with this private key",
    );
  proving("head", "the ledger's tree head").action(async (options: ProveOptions) => {
    await printProof(door, options, proveHead);
  });
  proving("commit", "that a commit is in the ledger")
    .argument("<number>", "the commit", count)
    .action(async (seq: number, options: ProveOptions) => {
      await printProof(door, options, (session, signer) => proveCommit(session, seq, signer));
    });
  proving("delta", "that the last verdict on a delta, also a refusal, is in the ledger")
    .argument("<id>", "the delta's id, sha256:…")
    .action(async (id: string, options: ProveOptions) => {
      await printProof(door, options, (session, signer) => proveDelta(session, id, signer));
    });
  proving("consistency", "that the ledger of so many leaves begins the later one")
    .argument("<first>", "leaves of the earlier tree head", count)
    .argument("<second>", "leaves of the later one", count)
    .action(async (first: number, second: number, options: ProveOptions) => {
      await printProof(door, options, (session, signer) => proveConsistency(session, first, second, signer));
    });
  jsonOption(prove.command("verify").description("check a proof offline"))
    .argument("<file>", "a proof, or - for stdin")
    .option("--key <pem>", "the public key that tree heads are signed by")
    .option("--root <hash>", "a root that is trusted already, sha256:…")
    .action(async (file: string, options: VerifyOptions) => {
      await door.answer(await verifyProof(door, file, options), options.json === true);
    });
}

async function printProof(
  door: Door,
  options: ProveOptions,
  prove: (session: SqlSession, signer: Signer) => Promise<Proof>,
): Promise<void> {
  const key = options.key === undefined ? null : signingKey(await readTextFile(door, options.key), options.key);
  const proof = await withFactBase(door, options.db, options, (base) =>
    base.look(({ session, clock }) => prove(session, { key, time: clock.now() })),
  );
  const envelope = { ok: true, data: proof, error: null, events: [], cursor: null };
  await door.answer({ envelope, exit: 0, text: () => JSON.stringify(proof, null, 2) }, options.json === true);
}

const exits: Readonly<Record<ProofCheck["answer"], ExitCode>> = { holds: 0, broken: 1, untrusted: 2 };
const colours = { holds: "green", broken: "red", untrusted: "yellow" } as const;

async function verifyProof(door: Door, file: string, options: VerifyOptions): Promise<Outcome> {
  if (options.root !== undefined && !/^sha256:[0-9a-f]{64}$/.test(options.root))
    throw usageError(`\`${options.root}\` is no root \`sha256:…\``);
  const key = options.key === undefined ? null : checkingKey(await readTextFile(door, options.key), options.key);
  const text = await readTextFile(door, file);
  const proof = readProof(unwrapped(text), file === "-" ? "stdin" : file);
  const check = checkProof(proof, { key, root: options.root ?? null });
  const data = { ...check, proof };
  const envelope = { ok: true, data, error: null, events: [], cursor: null };
  return { envelope, exit: exits[check.answer], text: (style) => checkText(proof, check, style) };
}

/** A proof as it is printed with `--json` stands in an envelope. */
function unwrapped(text: string): string {
  try {
    const { ok, data } = JSON.parse(text) as { ok?: unknown; data?: unknown };
    return ok === true && typeof data === "object" ? JSON.stringify(data) : text;
  } catch (cause) {
    throw new AssayError("ledger.proof", "the proof is no JSON", { cause });
  }
}

function checkText(proof: Proof, { answer, detail }: ProofCheck, style: Style): string {
  const { size, root, time, signature } = proof.head;
  const by = signature === null ? "unsigned" : `signed by ${printable(signature.keyid.slice(0, 16))}`;
  const lines = [
    `${style([colours[answer], "bold"], answer)}  ${detail}`,
    style("dim", `tree head: ${size} leaves, ${root}, ${time}, ${by}`),
  ];
  if (proof.kind === "inclusion") lines.push(`leaf ${proof.index}: ${printable(proof.leaf)}`);
  if (proof.kind === "consistency") lines.push(`begins with ${proof.first.size} leaves, ${proof.first.root}`);
  return lines.join("\n");
}
