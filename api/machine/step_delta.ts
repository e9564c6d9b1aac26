import { pairKey, type StepRecord, type StepStream } from "../../ingest/steps/step_stream.ts";
import { type Intake, type IntakeState, takeSteps } from "../../ingest/steps/take_steps.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { ProposedDelta, ProposedRow } from "../../schema/delta.ts";
import { quoteText, type SqlValue } from "../../schema/sql_session.ts";
import type { Row, Value } from "../../schema/value.ts";
import type { FactBase } from "../../verify/fact_base.ts";

export interface StepDelta {
  readonly intake: Intake;
  /** Null where the stream brings nothing new. It is conditional on the commit that the machine was read at. */
  readonly delta: ProposedDelta | null;
}

type Read = (sql: string) => Promise<readonly (readonly SqlValue[])[]>;
type Cell = readonly [string, string, string];

/**
 * Makes a delta of a stream of steps, over what the machine in a fact base has taken so far.
 * Errors: `machine.no_machine` where the theory is not loaded, those of `takeSteps`, and `limit.query_rows`.
 */
export async function stepDelta(base: FactBase, stream: StepStream, proposer: string, reason: string): Promise<StepDelta> {
  if (!base.program.relations.has("waiting_cell")) {
    throw new AssayError("machine.no_machine", "the fact base has no theory `machine`");
  }
  const asOf = base.head;
  const read: Read = async (sql) => (await base.query({ sql }, { asOf })).rows;
  const state = await readState(read, stream);
  // Which histories lend their cells is only known once the steps are taken: so they are taken twice, the second time with the cells.
  const asked = new Set<string>();
  const limits = base.limits;
  const noting = (history: string): [] => {
    asked.add(history);
    return [];
  };
  takeSteps({ ...state, cells: noting }, stream, limits);
  const cells = await readCells(read, [...asked]);
  const intake = takeSteps({ ...state, cells: (history) => cells.get(history) ?? [] }, stream, limits);
  if (intake.assert.size === 0 && intake.retract.size === 0) return { intake, delta: null };
  const delta = {
    proposer,
    reason,
    base: asOf,
    key: null,
    assert: proposed(intake.assert),
    retract: proposed(intake.retract),
    places: intake.places,
  };
  return { intake, delta };
}

async function readState(read: Read, stream: StepStream): Promise<IntakeState> {
  const steps = await read("SELECT s FROM step");
  const pairs = await read("SELECT a, b FROM ind");
  const [head] = await read("SELECT t FROM head");
  const taken = await readTaken(read, stream);
  return {
    port: {
      steps: new Set(steps.map(([s]) => String(s))),
      independent: new Set(pairs.map(([a, b]) => pairKey(String(a), String(b)))),
    },
    head: head === undefined ? null : String(head[0]),
    taken: (thread, seq) => taken.get(JSON.stringify([thread, seq])) ?? null,
    waiting: await readWaiting(read),
    cells: () => [],
  };
}

/** The steps that threads of the stream have taken, from the one before the first that the stream names. */
async function readTaken(read: Read, stream: StepStream): Promise<Map<string, string>> {
  const steps = new Map<string, string>();
  for (const [thread, records] of Map.groupBy(stream.records, (record) => record.thread)) {
    const least = records.reduce((found, { seq }) => Math.min(found, seq), Number.MAX_SAFE_INTEGER);
    const rows = await read(`SELECT seq, s FROM taken WHERE thread = ${quoteText(thread)} AND seq >= ${least - 1}`);
    for (const [seq, step] of rows) steps.set(JSON.stringify([thread, Number(seq)]), String(step));
  }
  return steps;
}

async function readWaiting(read: Read): Promise<StepRecord[]> {
  const writes = (await read("SELECT thread, seq, f, key, v FROM waiting_cell")).map((row) => row.map(String));
  const rows = await read("SELECT thread, seq, s FROM waiting ORDER BY thread, seq");
  return rows.map(([thread, seq, step]) => {
    const own = writes.filter(([t, n]) => t === thread && n === String(seq));
    const accords = Map.groupBy(own, ([, , accord = ""]) => accord);
    const cells = new Map(
      [...accords].map(([accord, list]) => [accord, new Map(list.map(([, , , key = "", value = ""]) => [key, value]))]),
    );
    return { thread: String(thread), seq: Number(seq), step: String(step), cells, place: "an earlier stream" };
  });
}

async function readCells(read: Read, histories: readonly string[]): Promise<Map<string, Cell[]>> {
  if (histories.length === 0) return new Map();
  const rows = await read(`SELECT t, f, key, v FROM cell WHERE t IN (${histories.map(quoteText).join(", ")}) ORDER BY ALL`);
  const found = new Map<string, Cell[]>();
  for (const [t, f, key, v] of rows) {
    const cell: Cell = [String(f), String(key), String(v)];
    found.set(String(t), [...(found.get(String(t)) ?? []), cell]);
  }
  return found;
}

function proposed(facts: ReadonlyMap<string, readonly Row[]>): Map<string, readonly ProposedRow[]> {
  return new Map([...facts].map(([relation, rows]) => [relation, rows.map((row): readonly Value[] => row)]));
}
