import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "../../verify/violation.ts";
import { streamStyle } from "../report/style.ts";

/**
 * The product on real input: this repository's own lockfile against its own node_modules, through the commands that a user
 * types. Fails where an answer is not the one the story promises.
 */
enableCompileCache();
const { main } = await import("./main.ts");

const style = streamStyle(process.stdout);
const folder = mkdtempSync(join(tmpdir(), "assay-demo-"));
const db = join(folder, "demo.duckdb");
const TAMPERED = "node_modules/zod";
const FORGED_VERSION = "99.0.0";

try {
  await tell();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function tell(): Promise<void> {
  say("1. Is what is installed here what the lockfile says? No database: files in, verdict out.");
  await run(0, "verify", "--theory", "npm", "package-lock.json");
  say("2. Keep the facts in a fact base, where the theory judges every write from now on.");
  await run(0, "init", "--db", db, "--theory", "npm");
  await run(0, "import", "--db", db, "package-lock.json");
  say(`3. A delta slips in another ${TAMPERED}, without its content hash. The gate refuses it, and shows what it contradicts.`);
  await run(1, "propose", "--db", db, tamperedDelta());
  say("4. Why? The proof of one violation, down to the facts and the lines that they came from.");
  await run(0, "explain", "--db", db, fingerprint("npm.integrity", { path: TAMPERED, name: "zod", version: FORGED_VERSION }));
  say("5. A question in Datalog over base and derived facts: who needs zod?");
  await run(0, "query", "--db", db, `?- edge(dependent, "${TAMPERED}", kind).`);
  say("6. The refusal left no commit. `assay log --check` would compute every hash of the log again.");
  await run(0, "log", "--db", db);
}

function say(text: string): void {
  process.stdout.write(`\n${style("bold", text)}\n`);
}

/** Runs a command as the command line would, in this process. */
async function run(expected: number, ...args: string[]): Promise<void> {
  const shown = args.map((word) => (/^[\w./=:-]+$/.test(word) ? word : `'${word}'`)).join(" ");
  process.stdout.write(`\n${style("cyan", `$ assay ${shown}`)}\n`);
  await main(args);
  const code = process.exitCode;
  if (code !== expected) throw new Error(`\`assay ${shown}\` ended with ${code}, not ${expected}`);
  process.exitCode = 0;
}

/** A file with a delta that replaces the locked zod by a forged version and takes its content hash away. */
function tamperedDelta(): string {
  const lockfile = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, { version: string; integrity: string } | undefined>;
  };
  const locked = lockfile.packages[TAMPERED];
  if (locked === undefined) throw new Error(`package-lock.json has no ${TAMPERED}`);
  const [algorithm, digest] = locked.integrity.split(/-(.*)/s);
  const delta = {
    proposer: "mallory",
    reason: "a harmless upgrade",
    retract: { package: [[TAMPERED, "zod", locked.version]], integrity: [[TAMPERED, algorithm, digest]] },
    assert: { package: [[TAMPERED, "zod", FORGED_VERSION]] },
  };
  const path = join(folder, "upgrade.json");
  writeFileSync(path, `${JSON.stringify(delta, null, 2)}\n`);
  return path;
}
