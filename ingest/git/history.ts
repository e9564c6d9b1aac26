import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import { type Ran, runGit } from "./run_git.ts";

/** A commit and the tree it names, as hex object ids. */
export interface TreeCommit {
  readonly commit: string;
  readonly tree: string;
}

/** What a repository says about the history that a chain is about. */
export interface RepositoryHistory {
  /** The commits up to the chain's last one, the oldest first, in the order of `git log --reverse`. */
  readonly commits: readonly TreeCommit[];
  /** Commits of the branch after those. */
  readonly behind: number;
  /** False where the chain's last commit is not in the history of the branch; `commits` are then those of the branch. */
  readonly isOnBranch: boolean;
}

type GitLimits = Pick<Limits, "git_ms" | "chain_links">;

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64})$/;
const OBJECT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Reads a repository's history up to `tip`, the chain's last commit, or that of the branch where it is null or not in it.
 * Errors: `git.not_a_repository`, `git.shallow`, `git.failed`, `limit.chain_links`, those of `runGit`.
 */
export async function readHistory(folder: string, tip: string | null, limits: GitLimits): Promise<RepositoryHistory> {
  const shallow = await output(folder, ["rev-parse", "--is-shallow-repository"], limits);
  if (shallow.code !== 0) {
    throw new AssayError("git.not_a_repository", `\`${folder}\` holds no git repository: ${shallow.stderr}`, { place: folder });
  }
  if (shallow.text === "true")
    throw new AssayError("git.shallow", `\`${folder}\` holds no more than the end of its history`, { place: folder });
  const isKnown = tip !== null && OBJECT.test(tip);
  const isOnBranch = isKnown && (await runGit(folder, ["merge-base", "--is-ancestor", tip, "HEAD"], limits, () => undefined)).code === 0;
  const end = isOnBranch ? tip : "HEAD";
  const commits = await commitsUpTo(folder, end, limits);
  if (!isOnBranch) return { commits, behind: 0, isOnBranch: tip === null };
  const counted = await output(folder, ["rev-list", "--count", `${end}..HEAD`, "--"], limits);
  return { commits, behind: Number(succeeded(folder, counted).text), isOnBranch };
}

async function commitsUpTo(folder: string, end: string, limits: GitLimits): Promise<TreeCommit[]> {
  const commits: TreeCommit[] = [];
  let rest = "";
  const take = (line: string): void => {
    const [, commit, tree] = COMMIT.exec(line) ?? [];
    if (commit === undefined || tree === undefined)
      throw new AssayError("git.failed", "git lists something that is no commit", { place: folder });
    if (commits.length === limits.chain_links) {
      throw new AssayError("limit.chain_links", `the repository has more than ${limits.chain_links} commits`, { place: folder });
    }
    commits.push({ commit, tree });
  };
  const args = ["rev-list", "--reverse", "--no-commit-header", "--format=%H %T", end, "--"];
  const ran = await runGit(folder, args, limits, (chunk) => {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
  succeeded(folder, ran);
  return commits;
}

async function output(folder: string, args: readonly string[], limits: GitLimits): Promise<Ran & { text: string }> {
  const chunks: Buffer[] = [];
  const ran = await runGit(folder, args, limits, (chunk) => chunks.push(chunk));
  return { ...ran, text: Buffer.concat(chunks).toString("utf8").trim() };
}

function succeeded<T extends Ran>(folder: string, ran: T): T {
  if (ran.code !== 0) throw new AssayError("git.failed", `git cannot read \`${folder}\`: ${ran.stderr}`, { place: folder });
  return ran;
}
