import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { readDelta } from "../../schema/delta_wire.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { replayTheory } from "../../verify/what_if/replay_theory.ts";
import { theoryOfFiles } from "../http/routes/theories.ts";
import { deltaInput } from "../http/wire/schemas.ts";
import { answered, answerOf, fitting } from "./agent_answer.ts";
import type { AgentDoor } from "./agent_door.ts";
import { violationsUri } from "./resources.ts";

const proposal = z.strictObject({
  ...deltaInput.shape,
  proposer: z.string().min(1).max(200).optional().describe("who proposes; you, where absent"),
  reason: z.string().min(1).max(10_000).describe("why, for whoever reads the log"),
});

type Proposal = z.output<typeof proposal>;

const TRIED_MOST = 20;
/** The verdict, the refused and the passing share one answer's characters. */
const TRIED_PARTS = 3;

/** Proposing, and trying: nothing else writes. */
export function addWritingTools(server: McpServer, door: AgentDoor): void {
  server.registerTool(
    "propose_delta",
    {
      title: "Propose a delta",
      description:
        "Facts to assert and to retract, by relation, rows as arrays in attribute order or objects by attribute; integers past 2^53 - 1 as texts. Committed only where the laws accept it; refused, it lists violations.",
      inputSchema: proposal,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    (given) =>
      answered("propose_delta", async () => {
        const verdict = await door.submit(deltaOf(door, given), false);
        return answerOf(shown(door, verdict, door.base.limits.agent_characters));
      }),
  );
  server.registerTool(
    "what_if",
    {
      title: "What if",
      description: `The verdicts on up to ${TRIED_MOST} deltas proposed one over the other, up to the first that is not accepted; or those on a changed theory, over the facts present and over the log, commit by commit. Nothing is written.`,
      inputSchema: z.strictObject({
        deltas: z
          .array(proposal.partial({ reason: true }))
          .min(1)
          .max(TRIED_MOST)
          .optional(),
        theory: z
          .strictObject({ files: z.record(z.string(), z.string()).describe("`theory.toml` and the programs, by their paths") })
          .optional()
          .describe("in place of `deltas`"),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ deltas, theory }) =>
      answered("what_if", async () => {
        if ((deltas === undefined) === (theory === undefined))
          throw new AssayError("http.malformed", "either `deltas` or `theory` is wanted");
        return theory === undefined ? triedDeltas(door, deltas ?? []) : triedTheory(door, theory.files);
      }),
  );
}

async function triedDeltas(door: AgentDoor, deltas: readonly (Omit<Proposal, "reason"> & { reason?: string | undefined })[]) {
  const verdicts = await rehearsed(
    door,
    deltas.map((given) => deltaOf(door, { ...given, reason: given.reason ?? "what if" })),
  );
  const each = Math.floor(door.base.limits.agent_characters / verdicts.length);
  return answerOf({ verdicts: verdicts.map((verdict) => shown(door, verdict, each)) });
}

/** Of what the log would have met, the first commits and refusals that fit, each without its verdict's details. */
async function triedTheory(door: AgentDoor, files: Readonly<Record<string, string>>) {
  const theory = theoryOfFiles(files, null);
  await door.authorize({ kind: "load", theory: theory.name });
  const { verdict, commits, refused, passing, rejudged, left } = await door.read(() => replayTheory(door.base, [theory], door.replay));
  const { agent_rows, agent_characters } = door.base.limits;
  const each = Math.floor(agent_characters / TRIED_PARTS);
  const broken = refused.map(({ commit, delta, verdict: given }) => {
    const laws = given.laws.filter((law) => law.violations > 0).map(({ law, violations }) => ({ law, violations }));
    return { commit, delta, laws, total: given.total };
  });
  return answerOf({
    verdict: shown(door, verdict, each),
    commits,
    refused: fitting(broken.slice(0, agent_rows), each),
    refused_total: refused.length,
    passing: fitting(passing.slice(0, agent_rows), each),
    passing_total: passing.length,
    rejudged,
    left,
  });
}

async function rehearsed(door: AgentDoor, deltas: readonly ProposedDelta[]): Promise<Verdict[]> {
  const [only, ...others] = deltas;
  if (only !== undefined && others.length === 0) return [await door.submit(only, true)];
  for (const delta of deltas) await door.authorize({ kind: "propose", delta, isDry: true });
  return door.read(() => door.base.rehearse(deltas));
}

/** Errors: those of `readDelta`, `http.malformed` for a number that was rounded on its way here. */
function deltaOf({ base, proposer }: AgentDoor, given: Proposal): ProposedDelta {
  for (const side of [given.assert, given.retract]) {
    for (const [name, rows] of Object.entries(side ?? {})) {
      const relation = base.program.relations.get(name);
      for (const row of rows) for (const [at, value] of Object.entries(row)) refuseRounded(value, at, relation);
    }
  }
  return readDelta(JSON.stringify({ proposer, ...given }), { source: null, limits: base.limits });
}

/** JSON was read into doubles before it came here: an integer past 2^53 - 1 may not be the one that was written. */
function refuseRounded(value: unknown, at: string, relation: Relation | undefined): void {
  if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) return;
  const attribute = relation?.attributes.find(({ name }, index) => at === name || at === String(index));
  if (attribute?.type !== "float") throw new AssayError("http.malformed", `\`${value}\` is past 2^53 - 1: write it as a text`);
}

/** A verdict with as many violations as fit, where the rest can be read, and only the laws that found something. */
function shown({ base }: AgentDoor, verdict: Verdict, most: number): object {
  const { violations, total, laws, cursor: _page, ...rest } = verdict;
  const page = fitting(violations.slice(0, base.limits.agent_rows), most);
  const isKept = verdict.verdict === "refused" && verdict.delta !== null;
  const more = isKept && page.length < total ? violationsUri(verdict.delta ?? "", page.length) : null;
  return { ...rest, laws: laws.filter((law) => law.violations + law.waived > 0), violations: page, total, more };
}
