import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import { verdictJson } from "../../../schema/verdict_wire.ts";
import type { Principal } from "../../../verify/checks/authorization/principal.ts";
import { changesOf, computed } from "../../machine/computed_changes.ts";
import { readFibers } from "../../machine/read_fibers.ts";
import { type MachineReader, machineReader } from "../../machine/read_machine.ts";
import { type SettledChange, type Standing, settledChanges, standings } from "../../machine/settle_delta.ts";
import { settledRows } from "../../machine/settled_rows.ts";
import { type Answer, answerData, answerJson, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { JSON_MEDIA } from "../delta_body.ts";
import { readJsonBody } from "../json_body.ts";
import { asOf, history, machineAsOf } from "../machine_question.ts";
import { type Route, route } from "../route.ts";
import { isCount, noCursor, opaque, transparent } from "../rows/cursor.ts";
import { commitNumber } from "../wire/parameters.ts";
import { verdict } from "../wire/schemas.ts";

const HISTORIES = 10_000;
const ROWS = 1_000;

const text = z.string();
const settleInput = z
  .strictObject({
    at: z.array(history).min(1).max(HISTORIES).optional().meta({ description: "the histories of fibers; all where absent" }),
    as_of: asOf,
    since: commitNumber.optional().meta({ description: "tell what settled, and what is settled no more, since this commit" }),
    propose: z.enum(computed).optional().meta({ description: "propose what was computed, to be judged as any delta" }),
    proposer: z.string().min(1).max(200).optional().meta({ description: "who proposes" }),
    limit: z.int().min(1).optional().meta({ description: "elements of a page" }),
    cursor: z.string().max(1_000).optional().meta({ description: "of the page before" }),
  })
  .meta({ id: "SettleQuestion", description: "`since`, `propose` and paging exclude each other; `propose` goes with `proposer`" });

type SettleInput = z.output<typeof settleInput>;

const standing = z
  .object({ at: text, element: text, class: z.enum(["fixed", "saturated", "transferred", "free"]), settled: text, gap: z.int() })
  .meta({ id: "SettledElement" });
const settleAnswer = z.union([
  z.object({ as_of: commitNumber, elements: z.array(standing), more: z.boolean() }),
  z.object({ as_of: commitNumber, changes: z.array(z.object({ at: text, element: text, change: z.enum(["settled", "unsettled"]) })) }),
  z.object({ as_of: commitNumber, verdict: verdict.nullable().meta({ description: "null where the facts are as computed" }) }),
]);

/** What is settled in the fibers of a machine, as `assay settle` tells it. */
export function settleRoutes(context: Context): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/settle",
      id: "settle",
      tag: "compute",
      summary: "what is settled in the fibers of a machine, what settled since a commit, or propose what was computed",
      body: { media: { [JSON_MEDIA]: settleInput } },
      answers: { 200: { description: "elements, changes or a verdict", data: settleAnswer } },
      errors: ["machine.no_machine", "machine.poset", "limit.compute_ms", "limit.query_rows", "query.commit", "query.cursor", "http.busy"],
      async handle({ body, principal }) {
        const input = readJsonBody(body, settleInput);
        checkTogether(input);
        const page = pageOf(input);
        const read = await machineAsOf(context, principal, page.asOf);
        const histories = input.at ?? null;
        const standingNow = (from: MachineReader): Promise<Standing[]> => context.queries.pass(() => standingsOf(from, histories));
        const found = await standingNow(read);
        if (input.since !== undefined)
          return changed(read, settledChanges(await standingNow(machineReader(context.base, input.since)), found));
        if (input.propose !== undefined) return proposed(context, principal, input, read, found);
        const end = page.offset + Math.min(input.limit ?? ROWS, context.base.limits.page_rows);
        const elements = found.slice(page.offset, end).map(({ isNamed: _isNamed, ...one }) => one);
        const cursor = end < found.length ? opaque([read.asOf, end, input.at ?? null]) : null;
        return answerData({ as_of: read.asOf, elements, more: cursor !== null }, { cursor, headers: { etag: etagOf(read.asOf) } });
      },
    }),
  ];
}

function checkTogether({ since, propose, proposer, limit, cursor }: SettleInput): void {
  const asked = [since, propose, limit ?? cursor].filter((one) => one !== undefined).length;
  if (asked > 1) throw new AssayError("http.malformed", "body: `since`, `propose` and paging exclude each other");
  if ((propose === undefined) !== (proposer === undefined))
    throw new AssayError("http.malformed", "body: `propose` and `proposer` go together");
}

/** Errors: `query.cursor`. */
function pageOf({ at, as_of, cursor }: SettleInput): { readonly asOf: number | undefined; readonly offset: number } {
  if (cursor === undefined) return { asOf: as_of, offset: 0 };
  const [commit, offset, of] = transparent(cursor);
  if (!isCount(commit) || !isCount(offset) || JSON.stringify(of) !== JSON.stringify(at ?? null)) throw noCursor(cursor);
  return { asOf: commit, offset };
}

async function standingsOf(read: MachineReader, histories: readonly string[] | null): Promise<Standing[]> {
  const fibers = await readFibers(read, histories);
  return standings(fibers, await settledRows(fibers));
}

function changed({ asOf: at }: MachineReader, changes: readonly SettledChange[]): Answer {
  return answerData({ as_of: at, changes }, { headers: { etag: etagOf(at) } });
}

async function proposed(
  { queries, submissions }: Context,
  principal: Principal,
  { propose = "hstar", proposer = "", at }: SettleInput,
  read: MachineReader,
  found: readonly Standing[],
): Promise<Answer> {
  const { changes, events } = await queries.pass(() => changesOf(propose, read, found, at ?? null));
  if (changes.assert.size + changes.retract.size === 0) return answerData({ as_of: read.asOf, verdict: null }, { events });
  const delta = { proposer, reason: `computed ${propose}`, base: read.asOf, key: null, places: new Map(), ...changes };
  const given = await submissions.submit(principal, delta, { isDry: false, repairs: 0 });
  const headers = { etag: etagOf(given.commit ?? given.base) };
  return answerJson(`{"as_of":${read.asOf},"verdict":${verdictJson(given)}}`, { events, headers });
}
