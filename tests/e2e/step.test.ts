import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { assay, assayJson, folder } from "./assay.ts";
import { write } from "./shop.ts";

const PORT = '{"port": {"steps": ["flights", "hotel", "budget"], "independent": [["flights", "hotel"]]}}';
const line = (thread: string, seq: number, step: string, cells: Record<string, string> = {}): string =>
  JSON.stringify({ thread, seq, step, cells: { plan: cells } });

interface Stepped {
  readonly verdict: string | null;
  readonly commit: number | null;
  readonly head: string;
  readonly steps: number;
  readonly duplicates: number;
  readonly waiting: number;
  readonly violations?: readonly { readonly law: string; readonly facts: readonly { readonly place: string | null }[] }[];
}

async function machine(context: TestContext): Promise<string> {
  const cwd = folder(context);
  assert.equal((await assay(["init", "--db", "m.duckdb", "--theory", "machine"], { cwd })).code, 0);
  return cwd;
}

async function step(cwd: string, ...lines: string[]): Promise<{ code: number | null; data: Stepped | null; error: string | undefined }> {
  const { code, envelope } = await assayJson<Stepped>(["step", "--db", "m.duckdb", "-"], { cwd, input: lines.join("\n") });
  return { code, data: envelope.data, error: envelope.error?.code };
}

/** Every base fact of the machine, as one text. */
async function state(cwd: string): Promise<string> {
  const texts: string[] = [];
  for (const relation of ["step", "ind", "hist", "depth", "lay", "ext", "cell", "head", "taken", "waiting"]) {
    const { stdout } = await assay(["query", "--db", "m.duckdb", "--sql", `SELECT * FROM ${relation} ORDER BY ALL`, "--format", "csv"], {
      cwd,
    });
    texts.push(relation, stdout);
  }
  return texts.join("\n");
}

test("steps are appended once, in Foata form, whatever the deliveries", async (context) => {
  const cwd = await machine(context);
  const first = await step(cwd, PORT, line("bob", 1, "hotel", { hotel: "Ritz" }), line("alice", 2, "budget"));
  assert.deepEqual([first.code, first.data?.head, first.data?.steps, first.data?.waiting], [0, "(hotel)", 1, 1]);
  const second = await step(cwd, line("bob", 1, "hotel", { hotel: "Ritz" }), line("alice", 1, "flights", { flight: "LH441" }));
  assert.deepEqual([second.data?.head, second.data?.steps, second.data?.duplicates], ["(flights hotel)(budget)", 2, 1]);
  const again = await step(cwd, line("alice", 1, "flights"), line("alice", 2, "budget"), line("bob", 1, "hotel"));
  assert.deepEqual([again.code, again.data?.verdict, again.data?.commit, again.data?.duplicates], [0, null, null, 3]);

  const replayed = await machine(context);
  await step(
    replayed,
    PORT,
    line("alice", 1, "flights", { flight: "LH441" }),
    line("bob", 1, "hotel", { hotel: "Ritz" }),
    line("alice", 2, "budget"),
  );
  assert.equal(await state(replayed), await state(cwd));
});

test("what the port or the laws do not allow is refused, at its line", async (context) => {
  const cwd = await machine(context);
  await step(cwd, PORT, line("alice", 1, "flights", { hotel: "Ritz" }));
  const laws = async (...lines: string[]): Promise<readonly (readonly [string, string | null])[]> => {
    const { code, data } = await step(cwd, ...lines);
    assert.equal(code, 1);
    return (data?.violations ?? []).map(({ law, facts }) => [law, facts.find(({ place }) => place !== null)?.place ?? null] as const);
  };
  assert.deepEqual(await laws(line("bob", 1, "dinner")), [["machine.unknown_step", "stdin:1"]]);
  const clash = await laws(line("bob", 1, "hotel", { hotel: "Savoy" }));
  assert.deepEqual([...new Set(clash.map(([law]) => law))].toSorted(), ["machine.cell_fun", "machine.reducer_overwrite"]);
  assert.deepEqual([...new Set((await laws(line("alice", 1, "hotel"))).map(([law]) => law))].toSorted(), [
    "machine.head_taken",
    "machine.taken_fun",
  ]);
  assert.equal((await step(cwd, "{")).error, "ingest.step_record");
});

test("a fact base without a machine takes no steps", async (context) => {
  const cwd = folder(context);
  await assay(["init", "--db", "m.duckdb"], { cwd });
  assert.deepEqual(await step(cwd, PORT), { code: 3, data: null, error: "machine.no_machine" });
});

test("a stream in a file is judged without a fact base", async (context) => {
  const cwd = folder(context);
  write(cwd, {
    "trip.steps.ndjson": [PORT, line("alice", 1, "flights"), line("bob", 1, "hotel"), line("alice", 2, "budget")].join("\n"),
    "lost.steps.ndjson": [PORT, line("alice", 1, "dinner")].join("\n"),
  });
  const { code, envelope } = await assayJson<{ verdict: string; checked: { facts: number } }>(
    ["verify", "--theory", "machine", "trip.steps.ndjson"],
    {
      cwd,
    },
  );
  assert.deepEqual([code, envelope.data?.verdict], [0, "accepted"]);
  assert.equal((await assay(["verify", "--theory", "machine", "lost.steps.ndjson"], { cwd })).code, 1);
});
