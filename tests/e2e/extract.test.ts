import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { ExtractedFile, ExtractedPiece } from "../../api/jobs/extraction.ts";
import type { TextModel } from "../../schema/text_model.ts";
import { withEndpoint } from "../support/completions_server.ts";
import { replyingModel } from "../support/gguf.ts";
import { withModels } from "../support/model_files.ts";
import { assay, assayJson, folder } from "./assay.ts";
import { type Block, replay } from "./transcripts.ts";

const golden = join(import.meta.dirname, "..", "golden", "extract");
const letters = ["ann", "bob", "cleo", "dora", "emil"].map((name) => `letters/${name}.txt`);

interface Extracted {
  readonly files: readonly ExtractedFile[];
  readonly counts: Readonly<Record<string, number>>;
  readonly head: number;
  readonly facts?: Readonly<Record<string, readonly unknown[]>>;
}

/** A folder with the golden letters, their theory and the model that knows them. */
async function letterBox(context: TestContext): Promise<string> {
  const cwd = folder(context);
  for (const entry of readdirSync(golden)) symlinkSync(join(golden, entry), join(cwd, entry));
  const made: Block = { kind: "console", name: "extract", text: "$ node make_model.ts learner.gguf\n" };
  await replay(made, cwd);
  return cwd;
}

const pieces = (files: readonly ExtractedFile[]): ExtractedPiece[] => files.flatMap((file) => file.pieces);
const states = (files: readonly ExtractedFile[]) =>
  pieces(files).map(({ state, attempts }) => [state, ...attempts.map(({ verdict }) => verdict)]);

const FACTS = {
  customer: [
    ["Ann", "DE"],
    ["Bob", "FR"],
    ['Émile "le Grand"', "FR"],
  ],
  order: [
    [17, "Ann", 3000],
    [18, "Bob", 1250],
    ["9007199254740993", 'Émile "le Grand"', 100],
  ],
};

test("letters become lawful facts, what was refused and mended is told, and what stays unlawful stays out", async (context) => {
  const cwd = await letterBox(context);
  const ran = await assayJson<Extracted>(["extract", "--theory", "shop", "--model", "learner.gguf", ...letters], { cwd });
  const { files, facts, counts } = ran.envelope.data as Extracted;
  assert.deepEqual(states(files), [
    ["accepted", "accepted"],
    ["repaired", "refused", "accepted"],
    ["refused", "refused", "refused", "refused"],
    ["nothing", "unchanged"],
    ["accepted", "accepted"],
  ]);
  assert.deepEqual(facts, FACTS);
  assert.deepEqual([ran.code, counts["facts"], counts["refused"]], [1, 6, 1]);
  const [, bob, cleo] = pieces(files);
  assert.deepEqual(
    [bob, cleo].map((piece) => piece?.attempts[0]?.reasons.map(({ law, place }) => [law, place])),
    [[["shop.customer", "letters/bob.txt:1"]], [["shop.total", "letters/cleo.txt:1"]]],
  );
});

test("in a fact base the refused attempts are on record, a second run asks nobody again, and the log holds", async (context) => {
  const cwd = await letterBox(context);
  const db = ["--db", "letters.duckdb"];
  await assay(["init", ...db, "--theory", "shop", "--theory", "jobs"], { cwd });
  const extract = [
    "extract",
    ...db,
    "--theory",
    "shop",
    "--model",
    "learner.gguf",
    "--repairs",
    "0",
    "--quarantine",
    "left_out.ndjson",
    ...letters,
  ];
  const first = await assayJson<Extracted>(extract, { cwd });
  assert.deepEqual([first.code, first.envelope.data?.counts["receipts"]], [0, 0]);
  const query = async (text: string) =>
    (await assayJson<{ rows: readonly unknown[][] }>(["query", ...db, text], { cwd })).envelope.data?.rows ?? [];
  assert.deepEqual(await query("?- order(i, c, t)."), FACTS.order);
  assert.deepEqual(await query("?- customer(n, c)."), FACTS.customer);
  const refused = await query('?- attempt_verdict(job, round, "refused").');
  assert.equal(refused.length, 4);
  const left = readFileSync(join(cwd, "left_out.ndjson"), "utf8").trimEnd().split("\n");
  const [cleo] = left.map((line) => JSON.parse(line) as { file: string; state: string; text: string; attempts: { answer: string }[] });
  assert.deepEqual([left.length, cleo?.file, cleo?.state, cleo?.attempts.length], [1, "letters/cleo.txt", "refused", 3]);
  assert.equal(cleo?.text, readFileSync(join(golden, "letters", "cleo.txt"), "utf8"));

  const second = await assayJson<Extracted>(extract, { cwd });
  const named = (ran: typeof first) => pieces(ran.envelope.data?.files ?? []).map(({ job, facts, commit }) => [job, facts, commit]);
  const isCleo = (at: number): boolean => at === 2;
  assert.deepEqual(
    pieces(second.envelope.data?.files ?? []).map(({ receipt }) => receipt),
    letters.map((_, at) => !isCleo(at)),
  );
  assert.deepEqual(
    named(second).filter((_, at) => !isCleo(at)),
    named(first).filter((_, at) => !isCleo(at)),
  );
  assert.deepEqual(states(second.envelope.data?.files ?? []), states(first.envelope.data?.files ?? []));
  assert.deepEqual(await query("?- order(i, c, t)."), FACTS.order);
  assert.equal((await assay(["log", ...db, "--check"], { cwd })).code, 0);
});

test("a long file is a job a piece; a piece that no context holds fails alone; what is no text is told", async (context) => {
  const cwd = await letterBox(context);
  const text = (name: string): string => readFileSync(join(golden, "letters", name), "utf8");
  writeFileSync(join(cwd, "both.txt"), `${text("ann.txt")}\n${text("emil.txt")}`);
  writeFileSync(join(cwd, "long.txt"), `I am Ann ${"x".repeat(6_000)}`);
  writeFileSync(join(cwd, "latin.txt"), Buffer.from([0x5a, 0xeb]));
  writeFileSync(join(cwd, "empty.txt"), " \n");
  mkdirSync(join(cwd, "left"));
  const model = ["--theory", "shop", "--model", "learner.gguf"];
  const cut = await assayJson<Extracted>(["extract", ...model, "--piece", "140", "both.txt", "empty.txt"], { cwd });
  assert.deepEqual(
    pieces(cut.envelope.data?.files ?? []).map(({ lines, state }) => [lines, state]),
    [
      [[1, 7], "accepted"],
      [[9, 11], "accepted"],
    ],
  );
  assert.equal(cut.code, 0);
  const mixed = ["extract", ...model, "--piece", "9000", "--quarantine", "left", "long.txt", "latin.txt", letters[0] as string];
  const ran = await assayJson<Extracted>(mixed, { cwd });
  const { files } = ran.envelope.data as Extracted;
  assert.deepEqual(
    files.map(({ error, pieces: all }) => error?.code ?? all.map((piece) => piece.error?.code ?? piece.state)),
    [["model.prompt"], "ingest.not_utf8", ["accepted"]],
  );
  assert.equal(ran.code, 2);
  assert.deepEqual(readdirSync(join(cwd, "left")).toSorted(), ["latin.txt.json", "long.txt.1-1.json"]);
  assert.equal((await assay(["extract", ...model, "latin.txt", letters[0] as string], { cwd })).code, 1);
  assert.equal((await assay(["extract", ...model, letters[3] as string], { cwd })).code, 2);
});

test("what cannot be asked for is told before any model is asked", async (context) => {
  const cwd = await letterBox(context);
  await assay(["init", "--db", "bare.duckdb", "--theory", "shop"], { cwd });
  const code = async (...args: string[]) => {
    const ran = await assayJson(["extract", ...args], { cwd });
    return [ran.envelope.error?.code, ran.code];
  };
  const model = ["--model", "learner.gguf"];
  assert.deepEqual(await code(...model, "--theory", "shop", "letters/none.txt"), ["ingest.not_found", 3]);
  assert.deepEqual(await code(...model, "--theory", "shop", "letters"), ["ingest.directory", 3]);
  assert.deepEqual(await code(...model, letters[0] as string), ["usage.arguments", 3]);
  assert.deepEqual(await code(...model, "--relations", "order", letters[0] as string), ["usage.arguments", 3]);
  assert.deepEqual(await code(...model, "--theory", "shop", "--relations", "orphan", letters[0] as string), ["job.relation", 3]);
  assert.deepEqual(await code(...model, "--theory", "shop", "--piece", "3", letters[0] as string), ["usage.arguments", 3]);
  assert.deepEqual(await code(...model, "--theory", "shop", "--db", "none.duckdb", letters[0] as string), ["store.not_found", 3]);
  assert.deepEqual(await code(...model, "--theory", "shop", "--db", "bare.duckdb", letters[0] as string), ["job.unrecorded", 3]);
  assert.deepEqual(await code("--model", "letters/ann.txt", "--theory", "shop", letters[0] as string), ["model.unreadable", 3]);
  assert.deepEqual(await code("--theory", "shop", letters[0] as string), ["usage.arguments", 3]);
});

test("through an endpoint the same facts come of the same letters, and its key shows nowhere", async (context) => {
  const cwd = await letterBox(context);
  const key = "sk-0123456789-never-shown";
  process.env["ASSAY_MODEL_KEY"] = key;
  context.after(() => delete process.env["ASSAY_MODEL_KEY"]);
  await assay(["init", "--db", "x.duckdb", "--theory", "shop", "--theory", "jobs"], { cwd });
  await withModels(async (host) => {
    const model = await host.model({ name: "learner", path: join(cwd, "learner.gguf") });
    await withEndpoint(model, async (url, asked) => {
      const spec = ["--theory", "shop", "--model", `${url}#learner`, "--db", "x.duckdb", "--repairs", "0"];
      const ran = await assayJson<Extracted>(["extract", ...spec, ...letters], { cwd });
      assert.deepEqual(ran.envelope.data?.counts["facts"], 6);
      assert.ok(asked.every(({ headers }) => headers.authorization === `Bearer ${key}`) && asked.length > 5);
      const wrong = await assay(["extract", "--theory", "shop", "--model", `${url}/nowhere#learner`, letters[0] as string], { cwd });
      const kept = readdirSync(cwd).filter((name) => name.startsWith("x.duckdb"));
      const bytes = kept.map((name) => readFileSync(join(cwd, name), "latin1")).join("");
      assert.ok(bytes.length > 0 && !`${ran.stdout}${ran.stderr}${wrong.stdout}${wrong.stderr}${bytes}`.includes(key));
    });
    const gone: TextModel = { name: "gone", hash: "", complete: () => Promise.reject(new Error("nobody is to be asked")) };
    const refusing = letters.map(() => (response: ServerResponse) => void response.writeHead(401).end("{}"));
    await withEndpoint(
      gone,
      async (url, asked) => {
        const ran = await assayJson<Extracted>(["extract", "--theory", "shop", "--model", `${url}#m`, ...letters], { cwd });
        assert.deepEqual([ran.code, ran.envelope.data?.counts["failed"], asked.length], [2, letters.length, 1]);
      },
      refusing,
    );
  });
});

test("interrupted, the job under way ends as cancelled, on record, and nothing of it is written", async (context) => {
  const cwd = await letterBox(context);
  await assay(["init", "--db", "x.duckdb", "--theory", "shop", "--theory", "jobs"], { cwd });
  const none: TextModel = { name: "none", hash: "", complete: () => Promise.reject(new Error("nobody is to be asked")) };
  const held = (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    process.emit("SIGINT");
  };
  await withEndpoint(
    none,
    async (url) => {
      const spec = ["--theory", "shop", "--model", `${url}#m`, "--db", "x.duckdb"];
      const ran = await assayJson<Extracted>(["extract", ...spec, ...letters], { cwd });
      assert.deepEqual([ran.code, ran.envelope.data?.counts["cancelled"]], [2, letters.length]);
    },
    [held],
  );
  const ends = await assayJson<{ rows: unknown[][] }>(["query", "--db", "x.duckdb", "?- job_end(j, state)."], { cwd });
  assert.deepEqual(
    ends.envelope.data?.rows.map((row) => row[1]),
    ["cancelled"],
  );
});

test("values that must be there are taken from the facts, and a view shows others", async (context) => {
  const cwd = await letterBox(context);
  const wish = '{"assert":{"order":[{"id":1,"customer":"Zoe","total":5}]}}';
  writeFileSync(join(cwd, "wish.gguf"), replyingModel([{ text: wish, weights: { "order for": 1 } }]));
  writeFileSync(join(cwd, "wish.txt"), "One order for Zoe, 5 cents.");
  await assay(["init", "--db", "x.duckdb", "--theory", "shop", "--theory", "jobs"], { cwd });
  const extract = [
    "extract",
    "--db",
    "x.duckdb",
    "--theory",
    "shop",
    "--model",
    "wish.gguf",
    "--repairs",
    "0",
    "--relations",
    "order",
    "wish.txt",
  ];
  const before = await assayJson<Extracted>(extract, { cwd });
  assert.deepEqual(pieces(before.envelope.data?.files ?? [])[0]?.attempts[0]?.reasons[0]?.law, "shop.customer");
  const zoe = { proposer: "me", assert: { customer: [["Zoe", "SE"]] } };
  await assay(["propose", "--db", "x.duckdb", "-"], { cwd, input: JSON.stringify(zoe) });
  const after = await assayJson<Extracted>(extract, { cwd });
  assert.deepEqual(states(after.envelope.data?.files ?? []), [["accepted", "accepted"]]);
  const viewed = await assayJson<Extracted>([...extract, "--view", "?- customer(name, country)."], { cwd });
  const [job] = pieces(viewed.envelope.data?.files ?? []).map((piece) => piece.job);
  assert.notEqual(job, pieces(after.envelope.data?.files ?? [])[0]?.job);
  const asked = await assayJson<{ rows: string[][] }>(["query", "--db", "x.duckdb", `?- attempt_text("${job}", 1, prompt, _).`], { cwd });
  assert.ok(asked.envelope.data?.rows[0]?.[0]?.includes('"SE"'));
});
