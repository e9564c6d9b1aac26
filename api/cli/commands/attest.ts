import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { AssayError } from "../../../schema/assay_error.ts";
import { type AttestationCheck, checkAttestation, readBundle } from "../../../verify/attest/check_attestation.ts";
import { checkingKey } from "../../../verify/signing/keys.ts";
import { countText } from "../../report/count_text.ts";
import { printable } from "../../report/fact_text.ts";
import type { Style } from "../../report/style.ts";
import type { Door } from "../door.ts";
import { type CommonOptions, jsonOption } from "../options.ts";
import type { ExitCode, Outcome } from "../outcome.ts";
import { readTextFile } from "../text_file.ts";

interface VerifyOptions extends CommonOptions {
  readonly key: string;
  readonly subject: readonly string[];
}

const HELP = `
An attestation is the signed verdict that \`assay gate --attest key.pem\` writes: an in-toto bundle of a SLSA verification summary and the
verdict in full. --subject also holds a file against it: one of its documents must have these bytes.

Exit codes of verify: those of the signed verdict, 0 accepted · 1 refused · 2 undecided; 1 also where the attestation does not hold.`;

export function attestCommand(root: Command, door: Door): void {
  const attest = root.command("attest").description("check a signed verdict").addHelpText("after", HELP);
  jsonOption(attest.command("verify").description("check a signed verdict offline"))
    .argument("<file>", "an attestation, or - for stdin")
    .requiredOption("--key <pem>", "the public key that signed it")
    .option(
      "--subject <file>",
      "a document that it must be about (repeatable)",
      (file: string, files: readonly string[]) => [...files, file],
      [],
    )
    .action(async (file: string, options: VerifyOptions) => {
      await door.answer(await verify(door, file, options), options.json === true);
    });
}

const exits: Readonly<Record<NonNullable<AttestationCheck["verdict"]>, ExitCode>> = { accepted: 0, refused: 1, undecided: 2 };

async function verify(door: Door, file: string, options: VerifyOptions): Promise<Outcome> {
  const key = checkingKey(await readTextFile(door, options.key), options.key);
  const place = file === "-" ? "stdin" : file;
  const signed = checkAttestation(readBundle(await readTextFile(door, file), place), key);
  const check = signed.ok ? await withSubjects(signed, options.subject) : signed;
  const envelope = { ok: true, data: check, error: null, events: [], cursor: null };
  return { envelope, exit: check.verdict === null ? 1 : exits[check.verdict], text: (style) => checkText(check, style) };
}

async function withSubjects(check: AttestationCheck, files: readonly string[]): Promise<AttestationCheck> {
  const known = new Set(check.subjects.map(({ sha256 }) => sha256));
  for (const file of files) {
    if (!known.has(await sha256Of(file))) return { ...check, ok: false, fault: `it is not about \`${file}\` as it is`, verdict: null };
  }
  return check;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    throw new AssayError("ingest.unreadable", `\`${path}\` cannot be read: ${String(cause.code)}`, { place: path, cause });
  }
  return hash.digest("hex");
}

function checkText({ ok, fault, verdict, subjects, time }: AttestationCheck, style: Style): string {
  if (!ok || verdict === null) return `${style(["red", "bold"], "broken")}  ${fault}`;
  const colour = verdict === "accepted" ? "green" : verdict === "refused" ? "red" : "yellow";
  const about = subjects.slice(0, 5).map(({ name, sha256 }) => style("dim", `  ${printable(name)} sha256:${sha256}`));
  const more = subjects.length > 5 ? [style("dim", `  and ${countText(subjects.length - 5, "more document")}`)] : [];
  return [`${style([colour, "bold"], verdict)}  signed, given ${printable(time ?? "")}`, ...about, ...more].join("\n");
}
