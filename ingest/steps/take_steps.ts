import { ROOT, stepsOfName } from "../../schema/history.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import type { Row } from "../../schema/value.ts";
import { History, type Independence, type Prefix } from "./history.ts";
import { type Port, pairKey, type StepRecord, type StepStream } from "./step_stream.ts";

/** What a machine has taken so far: the facts that a further step hangs on. */
export interface IntakeState {
  readonly port: Port;
  /** The history of all that was taken; null before the first fact of the machine. */
  readonly head: string | null;
  /** The step of a thread at a number, as taken; null where it was not. */
  readonly taken: (thread: string, seq: number) => string | null;
  /** Steps that came before others of their thread, and wait for them. */
  readonly waiting: readonly StepRecord[];
  /** The cells at a history: rows of accord, key, value. */
  readonly cells: (history: string) => readonly (readonly [string, string, string])[];
}

/** What a stream of steps comes to: facts to assert, with their places, and to retract. */
export interface Intake {
  readonly assert: ReadonlyMap<string, readonly Row[]>;
  readonly places: ReadonlyMap<string, readonly (Place | null)[]>;
  readonly retract: ReadonlyMap<string, readonly Row[]>;
  readonly head: string;
  readonly taken: number;
  /** Steps that were taken before, or stand twice in the stream. */
  readonly duplicates: number;
  readonly waiting: number;
}

/**
 * Appends a stream of steps to a machine: each step once, whatever the deliveries (by thread and number), in the order of its thread,
 * and of the stream where threads depend on each other. Steps that commute give the same facts in either order: the new histories are
 * all those that end the work done so far with a step of the stream, whichever was first. A step that is not in the port, or that stands
 * under a number taken for another, is proposed all the same, for the laws to refuse it at its place. Errors: `limit.step_histories`.
 */
export function takeSteps(state: IntakeState, stream: StepStream, limits: Pick<Limits, "step_histories">): Intake {
  return new Taking(state, stream, limits.step_histories).run();
}

class Taking {
  readonly #state: IntakeState;
  readonly #stream: StepStream;
  readonly #bound: number;
  readonly #history: History;
  readonly #assert = new Map<string, { readonly row: Row; readonly place: Place | null }[]>();
  readonly #retract = new Map<string, Row[]>();
  readonly #waiting = new Map<string, StepRecord>();
  readonly #steps = new Map<string, string>();
  readonly #cells = new Map<string, readonly (readonly [string, string, string])[]>();
  #taken = 0;
  #duplicates = 0;
  #histories = 0;

  constructor(state: IntakeState, stream: StepStream, bound: number) {
    this.#state = state;
    this.#stream = stream;
    this.#bound = bound;
    const independent: Independence = (a, b) => this.#isPair(a, b);
    this.#history = new History(independent, stepsOfName(state.head ?? ROOT) ?? []);
    for (const record of state.waiting) this.#waiting.set(recordKey(record.thread, record.seq), record);
  }

  run(): Intake {
    if (this.#state.head === null) this.#plant();
    this.#declare();
    for (const record of this.#stream.records) this.#receive(record);
    this.#settleWaiting();
    const head = this.#history.text(this.#history.whole);
    if (head !== this.#state.head) {
      if (this.#state.head !== null) this.#retract.set("head", [[this.#state.head]]);
      this.#add("head", [head], null);
    }
    return {
      assert: new Map([...this.#assert].map(([relation, facts]) => [relation, facts.map(({ row }) => row)])),
      places: new Map([...this.#assert].map(([relation, facts]) => [relation, facts.map(({ place }) => place)])),
      retract: this.#retract,
      head,
      taken: this.#taken,
      duplicates: this.#duplicates,
      waiting: this.#waiting.size,
    };
  }

  #plant(): void {
    this.#add("hist", [ROOT], null);
    this.#add("depth", [ROOT, 0n], null);
  }

  /** What the stream's port adds to the machine's. */
  #declare(): void {
    const { steps, independent } = this.#stream.port;
    for (const step of steps) if (!this.#state.port.steps.has(step)) this.#add("step", [step], null);
    for (const key of independent) if (!this.#state.port.independent.has(key)) this.#add("ind", JSON.parse(key) as [string, string], null);
  }

  #receive(record: StepRecord): void {
    const { thread, seq, step, place } = record;
    const known = this.#stepAt(thread, seq) ?? this.#waiting.get(recordKey(thread, seq))?.step ?? null;
    if (known !== null) {
      this.#duplicates += 1;
      if (known !== step) this.#add("taken", [thread, BigInt(seq), step], place);
      return;
    }
    this.#waiting.set(recordKey(thread, seq), record);
    for (let next: StepRecord | undefined = record, at = seq; next !== undefined; next = this.#waiting.get(recordKey(thread, ++at))) {
      if (at > 1 && this.#stepAt(thread, at - 1) === null) break;
      this.#take(next);
    }
  }

  #take(record: StepRecord): void {
    const { thread, seq, step, place } = record;
    this.#waiting.delete(recordKey(thread, seq));
    this.#steps.set(recordKey(thread, seq), step);
    this.#add("taken", [thread, BigInt(seq), step], place);
    this.#taken += 1;
    if (this.#state.port.steps.has(step) || this.#stream.port.steps.has(step)) this.#append(record);
  }

  /** The histories that end with this step, with their layers, edges and cells. */
  #append(record: StepRecord): void {
    const at = this.#history.append(record.step);
    const bit = 1n << BigInt(at);
    const own = [...record.cells].flatMap(([accord, keys]) => [...keys].map(([key, value]) => [accord, key, value] as const));
    for (const before of this.#history.before(at, this.#bound - this.#histories)) {
      this.#histories += 1;
      this.#addHistory(before | bit, own, this.#history.text(before), record.place);
    }
  }

  #addHistory(prefix: Prefix, own: readonly (readonly [string, string, string])[], before: string, place: Place): void {
    const name = this.#history.text(prefix);
    const letters = this.#history.letters(prefix);
    this.#add("hist", [name], place);
    this.#add("depth", [name, BigInt(letters.length)], place);
    for (const { layer, step } of letters) this.#add("lay", [name, BigInt(layer), step], place);
    for (const last of this.#history.lastPlaces(prefix)) {
      this.#add("ext", [this.#history.text(prefix & ~(1n << BigInt(last))), this.#history.step(last), name], place);
    }
    const kept = this.#cells.get(before) ?? this.#state.cells(before);
    const cells = [...new Map([...kept, ...own].map((cell) => [JSON.stringify(cell), cell])).values()];
    this.#cells.set(name, cells);
    for (const [accord, key, value] of cells) this.#add("cell", [accord, name, key, value], place);
  }

  /** Notes which steps wait now and did not, and the other way round. */
  #settleWaiting(): void {
    const before = new Set(this.#state.waiting.map(({ thread, seq }) => recordKey(thread, seq)));
    for (const [key, record] of this.#waiting)
      if (!before.has(key)) for (const [relation, row] of waitingRows(record)) this.#add(relation, row, record.place);
    for (const record of this.#state.waiting) {
      if (this.#waiting.has(recordKey(record.thread, record.seq))) continue;
      for (const [relation, row] of waitingRows(record)) this.#retract.set(relation, [...(this.#retract.get(relation) ?? []), row]);
    }
  }

  #stepAt(thread: string, seq: number): string | null {
    return this.#steps.get(recordKey(thread, seq)) ?? this.#state.taken(thread, seq);
  }

  #isPair(a: string, b: string): boolean {
    const key = pairKey(a, b);
    return this.#state.port.independent.has(key) || this.#stream.port.independent.has(key);
  }

  #add(relation: string, row: Row, place: Place | null): void {
    const facts = this.#assert.get(relation);
    if (facts === undefined) this.#assert.set(relation, [{ row, place }]);
    else facts.push({ row, place });
  }
}

/** A waiting step with what it will write, as facts. */
function waitingRows({ thread, seq, step, cells }: StepRecord): (readonly [string, Row])[] {
  const number = BigInt(seq);
  const writes = [...cells].flatMap(([accord, keys]) =>
    [...keys].map(([key, value]) => ["waiting_cell", [thread, number, accord, key, value]] as const),
  );
  return [["waiting", [thread, number, step]], ...writes];
}

function recordKey(thread: string, seq: number): string {
  return JSON.stringify([thread, seq]);
}
