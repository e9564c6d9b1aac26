import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";

/** One step as a thread reports it: the `seq`-th of its thread, counted from 1. */
export interface StepRecord {
  readonly thread: string;
  readonly seq: number;
  readonly step: string;
  /** What the step writes, by accord and key. */
  readonly cells: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly place: Place;
}

/** The steps that a machine takes and which of them are independent, each pair both ways round. */
export interface Port {
  readonly steps: ReadonlySet<string>;
  readonly independent: ReadonlySet<string>;
}

export interface StepStream {
  readonly port: Port;
  readonly records: readonly StepRecord[];
}

const text = z.string().refine((value) => !value.includes("\0"), "a text must not hold NUL");
const portLine = z.strictObject({
  port: z.strictObject({ steps: z.array(text), independent: z.array(z.tuple([text, text])).default([]) }),
});
const stepLine = z.strictObject({
  thread: text.min(1),
  seq: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  step: text.min(1),
  cells: z.record(text, z.record(text, text)).default({}),
});

/** How an independent pair stands in a port. */
export function pairKey(a: string, b: string): string {
  return JSON.stringify([a, b]);
}

/**
 * Reads a stream of steps, one JSON object a line: `{"thread", "seq", "step", "cells"?}`, and at any place
 * `{"port": {"steps": […], "independent": [[a, b], …]}}`, which adds to the machine's port. `source` names it in places.
 * Errors: `ingest.step_record` with the line, `limit.json_line_bytes`, `limit.delta_rows` for too many records.
 */
export function readStepStream(stream: string, source: string, limits: Limits): StepStream {
  const steps = new Set<string>();
  const independent = new Set<string>();
  const records: StepRecord[] = [];
  for (const [index, line] of stream.split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = `${source}:${index + 1}`;
    if (line.length > limits.json_line_bytes) {
      throw new AssayError("limit.json_line_bytes", `the line has more than ${limits.json_line_bytes} bytes`, { place });
    }
    const value = parsed(line, place);
    if (typeof value === "object" && value !== null && "port" in value) addPort(fits(portLine, value, place).port, { steps, independent });
    else records.push(recordOf(fits(stepLine, value, place), place));
    if (records.length > limits.delta_rows) throw new AssayError("limit.delta_rows", `the stream has more than ${limits.delta_rows} steps`);
  }
  return { port: { steps, independent }, records };
}

function addPort(given: z.infer<typeof portLine>["port"], port: { readonly steps: Set<string>; readonly independent: Set<string> }): void {
  for (const step of given.steps) port.steps.add(step);
  for (const [a, b] of given.independent) port.independent.add(pairKey(a, b)).add(pairKey(b, a));
}

function recordOf({ thread, seq, step, cells }: z.infer<typeof stepLine>, place: Place): StepRecord {
  return {
    thread,
    seq,
    step,
    place,
    cells: new Map(Object.entries(cells).map(([accord, keys]) => [accord, new Map(Object.entries(keys))])),
  };
}

function parsed(line: string, place: Place): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new AssayError("ingest.step_record", "the line is not JSON", { place, cause });
  }
}

function fits<T>(shape: z.ZodType<T>, value: unknown, place: Place): T {
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const member = issue === undefined || issue.path.length === 0 ? "the line" : `\`${issue.path.join(".")}\``;
  throw new AssayError("ingest.step_record", `${member} does not fit: ${(issue?.message ?? "").toLowerCase()}`, { place });
}
