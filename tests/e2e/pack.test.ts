import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import type { Envelope } from "../../schema/envelope.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { assayProcess, folder, launcher } from "./assay.ts";
import { write } from "./shop.ts";

const root = join(import.meta.dirname, "..", "..");

/** The environment of a user's shell, in which `node` is the one that runs this test. */
function shellEnvironment(): NodeJS.ProcessEnv {
  const outer = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|NODE_TEST)/.test(name));
  return { ...Object.fromEntries(outer), PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}` };
}

function npm(cwd: string, ...args: string[]): string {
  const ran = spawnSync("npm", args, { cwd, encoding: "utf8", env: shellEnvironment() });
  assert.equal(ran.status, 0, `npm ${args.join(" ")}\n${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

const lockfile = (integrity: string | null): string =>
  JSON.stringify({
    name: "small",
    version: "1.0.0",
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "small", version: "1.0.0", license: "MIT", dependencies: { a: "^1.0.0" } },
      "node_modules/a": {
        version: "1.2.3",
        resolved: "https://registry.npmjs.org/a/-/a-1.2.3.tgz",
        ...(integrity === null ? {} : { integrity }),
        license: "MIT",
      },
    },
  });

test("the packed tarball, installed elsewhere, verifies a lockfile", (context) => {
  const cwd = folder(context);
  npm(root, "pack", "--pack-destination", cwd);
  const tarball = readdirSync(cwd).find((name) => name.endsWith(".tgz"));
  assert.ok(tarball !== undefined);
  const project = join(cwd, "project");
  const hash = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;
  const manifest = JSON.stringify({ name: "small", version: "1.0.0", license: "MIT", dependencies: { a: "^1.0.0" } });
  write(project, {
    "package.json": '{"name": "project", "version": "1.0.0", "private": true}',
    "lawful/package.json": manifest,
    "lawful/package-lock.json": lockfile(hash),
    "unlawful/package.json": manifest,
    "unlawful/package-lock.json": lockfile(null),
  });
  // Install scripts only bring another Node, and this test's own is on the PATH.
  npm(project, "install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", join(cwd, tarball));
  assert.ok(!existsSync(join(project, "node_modules/assay/api/cli/main.ts")), "sources are not packed");
  const verify = (path: string) => {
    const ran = spawnSync("npx", ["assay", "verify", path, "--json"], { cwd: project, encoding: "utf8", env: shellEnvironment() });
    return { code: ran.status, envelope: JSON.parse(ran.stdout) as Envelope<Verdict> };
  };
  const lawful = verify("lawful");
  assert.deepEqual([lawful.code, lawful.envelope.data?.verdict], [0, "accepted"], JSON.stringify(lawful.envelope));
  const unlawful = verify("unlawful/package-lock.json");
  assert.equal(unlawful.code, 1);
  assert.deepEqual(
    unlawful.envelope.data?.violations.map(({ law, witness }) => [law, witness["path"]]),
    [["npm.integrity", "node_modules/a"]],
  );
  write(project, { "use.mts": USER, "tsconfig.json": STRICT });
  const ran = spawnSync(process.execPath, [join(project, "use.mts")], { cwd: project, encoding: "utf8", env: shellEnvironment() });
  assert.equal(ran.stdout, "accepted 1 http.502 <table>\n", ran.stderr);
  const typed = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", "."], { cwd: project, encoding: "utf8", env: shellEnvironment() });
  assert.deepEqual([typed.status, typed.stdout], [0, ""]);
});

const STRICT = JSON.stringify({
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    lib: ["es2024", "dom"],
  },
  files: ["use.mts"],
});

/** What someone writes who has the package: the client over an answer of their own, typed. */
const USER = `import { tableFromArrays } from "apache-arrow";
import { connect } from "assay/client";
import { showTable } from "assay/show-table";

const verdict = { verdict: "accepted", commit: 1 };
const client = connect("http://facts.example", { fetch: async () => Response.json({ data: verdict }) });
const given = await client.submit({ proposer: "me", assert: { a: [[1n]] } });
const failed = await connect("http://facts.example", { fetch: async () => new Response("", { status: 502 }) })
  .query("?- a(x).")
  .then(() => "", (cause: { code: string }) => cause.code);
console.log(given.verdict, given.commit, failed, showTable(tableFromArrays({ a: [1] })).html.slice(0, 7));
`;

/** A Node on the PATH that is too old to run Assay, beside the pinned one. */
function oldNode(): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((path) => !path.includes("node_modules"));
  const found = folders.map((path) => join(path, "node")).filter((path) => existsSync(path));
  const isOld = (path: string): boolean => {
    const major = Number(/^v(\d+)/.exec(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout)?.[1] ?? 0);
    return major >= 18 && major < 24;
  };
  return found.find(isOld) ?? null;
}

const old = oldNode();

test("under an older Node the launcher hands over to the pinned one", {
  skip: old === null && "needs a Node from 18 to 23 on the PATH",
}, () => {
  const ran = spawnSync(old as string, [launcher, "verfy"], { encoding: "utf8" });
  assert.deepEqual([ran.status, ran.stderr], [3, assayProcess(["verfy"]).stderr]);
});
