import { pairKey, type StepRecord, type StepStream } from "../../ingest/steps/step_stream.ts";
import { type Intake, type IntakeState, takeSteps } from "../../ingest/steps/take_steps.ts";
import type { Row } from "../../schema/value.ts";

/** A machine's facts in memory: what `assay step` reads from a fact base and writes through the gate, without one. */
export class MemoryMachine {
  readonly #facts = new Map<string, Map<string, Row>>();

  take(stream: StepStream): Intake {
    const intake = takeSteps(this.#state(), stream, { step_histories: 10_000 });
    for (const [relation, rows] of intake.retract) for (const row of rows) this.#of(relation).delete(key(row));
    for (const [relation, rows] of intake.assert) for (const row of rows) this.#of(relation).set(key(row), row);
    return intake;
  }

  facts(): Map<string, Row[]> {
    return new Map([...this.#facts].map(([relation, rows]) => [relation, [...rows.values()]]));
  }

  /** The state as one text: the same exactly where the facts are. */
  root(): string {
    const lines = [...this.#facts].flatMap(([relation, rows]) => [...rows.keys()].map((row) => `${relation} ${row}`));
    return lines.toSorted().join("\n");
  }

  #state(): IntakeState {
    const rows = (relation: string): Row[] => [...this.#of(relation).values()];
    const [head] = rows("head");
    const waiting = rows("waiting").map(([thread = "", seq = 0n, step = ""]): StepRecord => {
      const own = rows("waiting_cell").filter(([t, n]) => t === thread && n === seq);
      const accords = Map.groupBy(own, ([, , accord]) => String(accord));
      const cells = new Map([...accords].map(([accord, list]) => [accord, new Map(list.map((row) => [String(row[3]), String(row[4])]))]));
      return { thread: String(thread), seq: Number(seq), step: String(step), cells, place: "memory" };
    });
    return {
      port: {
        steps: new Set(rows("step").map(([s]) => String(s))),
        independent: new Set(rows("ind").map(([a, b]) => pairKey(String(a), String(b)))),
      },
      head: head === undefined ? null : String(head[0]),
      taken: (thread, seq) => {
        const found = rows("taken").find((row) => row[0] === thread && row[1] === BigInt(seq));
        return found === undefined ? null : String(found[2]);
      },
      waiting,
      cells: (history) =>
        rows("cell")
          .filter(([, t]) => t === history)
          .map(([f, , name, value]) => [String(f), String(name), String(value)] as const),
    };
  }

  #of(relation: string): Map<string, Row> {
    const found = this.#facts.get(relation) ?? new Map<string, Row>();
    this.#facts.set(relation, found);
    return found;
  }
}

function key(row: Row): string {
  return JSON.stringify(row, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}
