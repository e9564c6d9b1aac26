import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { clingos } from "../support/clingos.ts";
import { ownChildren, tellsChildren } from "../support/own_children.ts";
import { PIGEONS, pigeonsIn } from "../support/pigeons.ts";
import { withService } from "../support/services.ts";

const native = clingos.find(({ name }) => name === "native") ?? assert.fail();
const skip = tellsChildren ? native.skip : "no /proc on this machine";

test("an engine killed while it judges leaves its delta undecided, the base as it was, and the service alive", { skip }, async () => {
  await withService(
    async ({ base, submit, call }) => {
      assert.equal((await submit(pigeonsIn(11, 11))).json.data["verdict"], "accepted");
      const before = new Set(ownChildren());
      const hard = submit({ assert: { pigeon: [[12]] } });
      let killed: number[] = [];
      while (killed.length === 0) {
        await sleep(20);
        killed = ownChildren().filter((pid) => !before.has(pid));
      }
      await sleep(200);
      for (const pid of killed) process.kill(pid, "SIGKILL");
      const { status, json } = await hard;
      assert.deepEqual([status, json.data["verdict"], json.data["commit"]], [200, "undecided", null]);
      assert.equal((json.data["undecided"] as unknown as { code: string }).code, "evaluation.clingo_failed");
      assert.equal(base.head, 2);
      assert.equal((await call("GET", "/health/ready")).status, 200);
      const next = await submit({ assert: { pigeon: [[12]], hole: [[12]] } });
      assert.deepEqual([next.json.data["verdict"], next.json.data["commit"]], ["accepted", 3]);
      const rows = await call("GET", "/v1/facts/pigeon", { headers: { accept: "text/csv" } });
      assert.equal(rows.text.trim().split("\n").length, 13);
      assert.equal((await base.checkLog()).ok, true);
    },
    { theories: [PIGEONS], clingo: () => native.open() },
  );
});
