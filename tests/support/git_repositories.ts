import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHAIN_START, linkHash } from "../../ingest/git/chain_hash.ts";

const IDENTITY = {
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.org",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.org",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

/** Why tests that need git are skipped, or false. */
export const withoutGit = spawnSync("git", ["--version"]).status === 0 ? false : "git is not on this machine";

/** Runs git in a test's own repository and returns what it prints. */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", env: { ...process.env, ...IDENTITY }, stdio: "pipe" }).trim();
}

let day = 0;

/** A commit that changes one file; each is a day after the one before, so that their order is fixed. */
export function commit(folder: string, content: string): string {
  day += 1;
  writeFileSync(join(folder, "file.txt"), content);
  git(folder, "add", "file.txt");
  const date = `2026-01-01T00:00:00+0000`.replace("01-01", `01-${String(day % 28).padStart(2, "0")}`);
  execFileSync("git", ["-C", folder, "commit", "-q", "-m", content, "--date", date], {
    env: { ...process.env, ...IDENTITY, GIT_COMMITTER_DATE: date },
    stdio: "pipe",
  });
  return git(folder, "rev-parse", "HEAD");
}

/** A repository of so many commits in `folder`, which is made. */
export function repository(folder: string, commits: number): void {
  mkdirSync(folder, { recursive: true });
  git(folder, "init", "-q", "-b", "main");
  day = 0;
  for (let index = 1; index <= commits; index += 1) commit(folder, `content ${index}`);
}

export interface Stage {
  readonly commit: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly chain_hash: string;
}

export interface Chain {
  readonly type: string;
  readonly chainHash: string;
  readonly totalCommits: number;
  readonly stages: readonly Stage[];
}

/** The chain that attests the history of a repository, as its own tool would write it. */
export function chainOf(folder: string): Chain {
  let previous = CHAIN_START;
  const lines = git(folder, "log", "--reverse", "--format=%H %T %P").split("\n");
  const stages = lines.map((line): Stage => {
    const [id = "", tree = "", ...parents] = line.split(" ").filter((word) => word !== "");
    previous = linkHash(id, previous, tree);
    return { commit: id, tree, parents, chain_hash: previous };
  });
  return { type: "repo-attestation", chainHash: previous, totalCommits: stages.length, stages };
}

/** Writes a chain where repositories keep theirs. */
export function writeChain(folder: string, chain: Chain): string {
  mkdirSync(join(folder, ".attestation"), { recursive: true });
  const path = join(folder, ".attestation", "chain.json");
  writeFileSync(path, JSON.stringify(chain, null, 2));
  return path;
}
