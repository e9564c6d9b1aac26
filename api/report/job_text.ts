import type { AttemptRecord, JobRecord, JobState, JobSummary } from "../../verify/jobs/job_record.ts";
import { countText, durationText } from "./count_text.ts";
import { printable } from "./fact_text.ts";
import type { Style } from "./style.ts";
import type { Table } from "./table.ts";

/** What stood against an attempt, by its round. */
export type Reasons = ReadonlyMap<number, readonly string[]>;

const MARKS: Readonly<Record<JobState, readonly ["green" | "red" | "yellow", string]>> = {
  accepted: ["green", "✓"],
  unchanged: ["green", "✓"],
  refused: ["red", "✗"],
  failed: ["red", "✗"],
  cancelled: ["yellow", "…"],
  running: ["yellow", "…"],
};
const SHOWN = 5;

/** A job and its rounds for a terminal, what stood against each below it. */
export function jobText(record: JobRecord, reasons: Reasons, receipt: boolean, style: Style): string {
  const rounds = record.attempts.flatMap((attempt) => attemptLines(attempt, reasons.get(attempt.round) ?? [], style));
  return [...rounds, ...endLines(record, receipt, style)].join("\n");
}

/** The record whole: what was asked and answered in each round too. */
export function jobDetails(record: JobRecord, reasons: Reasons, style: Style): string {
  const { job, kind, principal, model, relations, asked, left_open } = record;
  const head = [
    `${style("bold", job)}  ${kind} job of ${printable(principal)}, by ${printable(model.name)}`,
    style("dim", `writes ${relations.map(printable).join(", ")}  asked ${asked}  model ${model.hash}`),
    ...(left_open.length === 0 ? [] : [`leaves ${left_open.join(" and ")} open`]),
  ];
  const rounds = record.attempts.flatMap((attempt) => [
    "",
    ...attemptLines(attempt, reasons.get(attempt.round) ?? [], style),
    ...(attempt.prompt_text === null ? [style("dim", `  prompt ${attempt.prompt}`)] : block("prompt", attempt.prompt_text, style)),
    ...(attempt.answer === null ? [] : block("answer", attempt.answer, style)),
  ]);
  return [...head, ...rounds, "", ...endLines(record, false, style)].join("\n");
}

/** Jobs, one a line. */
export function jobsTable(jobs: readonly JobSummary[]): Table {
  return {
    columns: [
      { name: "job", type: "symbol" },
      { name: "state", type: "symbol" },
      { name: "kind", type: "symbol" },
      { name: "model", type: "symbol" },
      { name: "principal", type: "symbol" },
      { name: "rounds", type: "number" },
      { name: "commit", type: "number" },
    ],
    rows: jobs.map(({ job, state, kind, model, principal, attempts, commit }) => [
      job,
      state,
      kind,
      model.name,
      principal,
      BigInt(attempts),
      commit === null ? null : BigInt(commit),
    ]),
  };
}

function attemptLines({ round, verdict, error }: AttemptRecord, reasons: readonly string[], style: Style): string[] {
  const told = error === null ? reasons : [`${error.detail} (\`${error.code}\`)`];
  const more = told.length > SHOWN ? [`    and ${countText(told.length - SHOWN, "more", "more")}`] : [];
  return [
    `round ${round}  ${verdict ?? "not judged"}`,
    ...told.slice(0, SHOWN).map((reason) => style("dim", `    ${printable(reason)}`)),
    ...more,
  ];
}

function endLines({ job, state, attempts, commit, error }: JobRecord, receipt: boolean, style: Style): string[] {
  const [colour, mark] = MARKS[state];
  const sum = (of: (attempt: AttemptRecord) => number): number => attempts.reduce((all, attempt) => all + of(attempt), 0);
  const parts = [
    job,
    countText(attempts.length, "round"),
    countText(
      sum(({ tokens }) => tokens),
      "token",
    ),
    durationText(sum(({ millis }) => millis) * 1_000),
    ...(commit === null ? [] : [`commit ${commit}`]),
    ...(receipt ? ["on record already"] : []),
  ];
  const end = `${style(colour, `${mark} ${state}`)}  ${parts.join(" · ")}`;
  return error === null ? [end] : [`${printable(error.detail)} (\`${error.code}\`)`, end];
}

function block(name: string, text: string, style: Style): string[] {
  return [
    style("dim", `  ${name}`),
    ...text
      .trimEnd()
      .split("\n")
      .map((line) => `  │ ${printable(line)}`),
  ];
}
