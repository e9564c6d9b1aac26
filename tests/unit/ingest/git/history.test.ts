import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readHistory } from "../../../../ingest/git/history.ts";
import { limitsWith } from "../../../../schema/limits.ts";
import { folder } from "../../../e2e/assay.ts";
import { commit, git, repository, withoutGit } from "../../../support/git_repositories.ts";

const limits = limitsWith();
const idsOf = (text: string): string[] => text.split("\n").map((line) => line.split(" ")[0] ?? "");

test("a history is what git says, the oldest first", { skip: withoutGit }, async (context) => {
  const path = join(folder(context), "r");
  repository(path, 3);
  const { commits, behind, isOnBranch } = await readHistory(path, null, limits);
  assert.deepEqual(
    commits.map(({ commit: id, tree }) => `${id} ${tree}`),
    git(path, "log", "--reverse", "--format=%H %T").split("\n"),
  );
  assert.deepEqual([behind, isOnBranch], [0, true]);
});

test("it ends at the chain's last commit, and counts what follows", { skip: withoutGit }, async (context) => {
  const path = join(folder(context), "r");
  repository(path, 2);
  const tip = git(path, "rev-parse", "HEAD");
  commit(path, "more");
  const { commits, behind, isOnBranch } = await readHistory(path, tip, limits);
  assert.deepEqual([commits.length, behind, isOnBranch], [2, 1, true]);
  for (const foreign of ["0".repeat(40), "HEAD", "--all", "-h"]) {
    assert.equal((await readHistory(path, foreign, limits)).isOnBranch, false, foreign);
  }
});

test("a repository that is not trusted runs nothing, whatever its settings and its name", { skip: withoutGit }, async (context) => {
  const base = folder(context);
  const path = join(base, "-C; touch owned\n$(touch owned)");
  repository(path, 2);
  const program = join(base, "owned.sh");
  writeFileSync(program, `#!/bin/sh\ntouch ${join(base, "owned")}\n`, { mode: 0o755 });
  for (const name of [
    "core.fsmonitor",
    "core.pager",
    "pager.rev-list",
    "gpg.program",
    "core.sshCommand",
    "core.askPass",
    "diff.external",
  ]) {
    git(path, "config", name, program);
  }
  git(path, "config", "log.showSignature", "true");
  git(path, "config", "alias.rev-list", `!${program}`);
  mkdirSync(join(path, ".git", "hooks"), { recursive: true });
  for (const hook of ["post-index-change", "reference-transaction"])
    writeFileSync(join(path, ".git", "hooks", hook), "#!/bin/sh\ntouch owned\n", { mode: 0o755 });
  assert.equal((await readHistory(path, null, limits)).commits.length, 2);
  assert.equal(existsSync(join(base, "owned")), false);
  assert.equal(existsSync(join(path, "owned")), false);
});

test("replaced and grafted objects are read as they were committed", { skip: withoutGit }, async (context) => {
  const path = join(folder(context), "r");
  repository(path, 3);
  const before = (await readHistory(path, null, limits)).commits;
  const [first = "", second = "", third = ""] = idsOf(git(path, "log", "--reverse", "--format=%H"));
  git(path, "replace", second, first);
  assert.deepEqual((await readHistory(path, null, limits)).commits, before);
  mkdirSync(join(path, ".git", "info"), { recursive: true });
  writeFileSync(join(path, ".git", "info", "grafts"), `${third}\n`);
  assert.deepEqual((await readHistory(path, null, limits)).commits, before);
});

test("settings of the process that asks do not reach git", { skip: withoutGit }, async (context) => {
  const base = folder(context);
  const path = join(base, "r");
  const other = join(base, "other");
  repository(path, 2);
  repository(other, 1);
  process.env["GIT_DIR"] = join(other, ".git");
  context.after(() => delete process.env["GIT_DIR"]);
  assert.equal((await readHistory(path, null, limits)).commits.length, 2);
});

test("what cannot be read whole is an error with its code", { skip: withoutGit }, async (context) => {
  const base = folder(context);
  const path = join(base, "r");
  repository(path, 3);
  git(base, "clone", "-q", "--depth", "1", `file://${path}`, "shallow");
  mkdirSync(join(base, "none"));
  await assert.rejects(readHistory(join(base, "shallow"), null, limits), { code: "git.shallow" });
  await assert.rejects(readHistory(join(base, "none"), null, limits), { code: "git.not_a_repository" });
  await assert.rejects(readHistory(join(base, "absent"), null, limits), { code: "git.not_a_repository" });
  await assert.rejects(readHistory(path, null, { ...limits, chain_links: 2 }), { code: "limit.chain_links" });
  const before = process.env["PATH"];
  process.env["PATH"] = base;
  context.after(() => {
    process.env["PATH"] = before;
  });
  await assert.rejects(readHistory(path, null, limits), { code: "git.not_found" });
});
