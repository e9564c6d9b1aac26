import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect } from "../../api/notebook/client.ts";
import { assay, assayJson } from "./assay.ts";
import { type Serving, serving, temporary } from "./serving.ts";
import { write, writeShop } from "./shop.ts";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "api/notebook/README.md"), "utf8");
const blocks = [...page.matchAll(/^```(\w+) ?(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, name, text = ""]) => ({ language, name, text }));
const home = temporary();
let service: Serving | null = null;

before(async () => {
  const db = join(home.path, "x.duckdb");
  assert.equal((await assay(["init", "--db", db, "--theory", writeShop(home.path)])).code, 0);
  write(home.path, {
    "one.json": JSON.stringify({
      proposer: "t",
      assert: {
        customer: [
          ["c1", "DE"],
          ["c2", "FR"],
        ],
      },
    }),
  });
  assert.equal((await assayJson(["propose", "--db", db, join(home.path, "one.json")])).code, 0);
  service = await serving(db);
});

after(async () => {
  await service?.stop();
  home.remove();
});

/** A block as its reader would run it, but for the service's address. */
function textOf(language: string, name: string): string {
  const found = blocks.filter((block) => block.language === language && block.name === name);
  assert.equal(found.length, 1, `${language} ${name}`);
  return found[0]?.text.replaceAll("http://127.0.0.1:8080", service?.url ?? "") ?? "";
}

test("the page's TypeScript is refused, reads a table and subscribes", () => {
  const own = JSON.stringify(join(root, "api/notebook/client.ts"));
  write(home.path, { "page.ts": textOf("ts", "").replace('"assay/client"', own) });
  const ran = spawnSync(process.execPath, [join(home.path, "page.ts")], { encoding: "utf8" });
  const [violation = "", ...rest] = ran.stdout.trimEnd().split("\n");
  assert.match(violation, /^shop\./, ran.stderr);
  assert.deepEqual(rest, ["2", "snapshot 2"]);
});

/** The Python that has a module, where any on this machine does: the one on the PATH, or Debian's, which has Debian's packages. */
function pythonWith(module: string): string | null {
  const candidates = [process.env["PYTHON"], "python3", "/usr/bin/python3"].filter((path) => path !== undefined);
  return candidates.find((path) => spawnSync(path, ["-c", `import ${module}`]).status === 0) ?? null;
}

for (const [module, asList] of [
  ["pandas", "rows.values.tolist()"],
  ["pyarrow", "[list(row.values()) for row in rows.to_pylist()]"],
  ["polars", "[list(row) for row in rows.rows()]"],
] as const) {
  const python = pythonWith(module);
  const skip = python === null && `no Python here has ${module}: its lines are not run`;
  test(`${module} reads a relation by the page's two lines`, { skip }, async () => {
    const lines = textOf("python", module);
    assert.equal(lines.trimEnd().split("\n").length, 2);
    const ran = spawnSync(python ?? "", ["-c", `${lines}import json\nprint(json.dumps(${asList}))`], { encoding: "utf8" });
    assert.equal(ran.status, 0, ran.stderr);
    const table = await connect(service?.url ?? "").facts("customer");
    const expected = Array.from(table, (row) => Object.values(row?.toJSON() ?? {}));
    assert.equal(expected.length, 2);
    assert.deepEqual(JSON.parse(ran.stdout), expected);
  });
}
