import { cutPieces, type TextPiece } from "../../ingest/text/cut_pieces.ts";
import { readText } from "../../ingest/text/read_text.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { JobRecord } from "../../verify/jobs/job_record.ts";
import { type AskedJob, beginJob, type JobDesk } from "./begin_job.ts";
import { attemptsOf } from "./extracted_attempts.ts";
import type { ExtractedFile, ExtractedPiece, PieceState } from "./extraction.ts";

export interface ExtractOptions {
  /** Every job is this one, over another text. */
  readonly job: Omit<AskedJob, "text" | "reason">;
  /** Characters of one piece at most. */
  readonly piece: number;
  /** Reasons listed of one attempt. */
  readonly reasons: number;
  readonly signal: AbortSignal;
  onProgress(text: string): void;
}

/** Errors that the next piece would meet as well. */
const LASTING: ReadonlySet<string> = new Set(["model.endpoint_key", "model.unreadable", "model.not_found", "limit.model_mb"]);

/**
 * Reads files as texts, cuts them into pieces and lets a job extract the facts of each piece, one after the other, each over what those
 * before it left. A file that is no text, a job that fails and facts that stay unlawful are told and cost the others nothing; an error of the
 * model itself fails the pieces that are left. Errors: those of `beginJob`.
 */
export async function extractFiles(desk: JobDesk, files: readonly string[], options: ExtractOptions): Promise<ExtractedFile[]> {
  const extraction = new Extraction(desk, options);
  const found: ExtractedFile[] = [];
  for (const file of files) found.push(await extraction.file(file));
  return found;
}

class Extraction {
  readonly #desk: JobDesk;
  readonly #options: ExtractOptions;
  /** What ended all that follows. */
  #lasting: AssayError | null = null;

  constructor(desk: JobDesk, options: ExtractOptions) {
    this.#desk = desk;
    this.#options = options;
  }

  async file(file: string): Promise<ExtractedFile> {
    let text: string;
    try {
      text = await readText(file, this.#desk.base.limits.text_bytes);
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      return { file, error: error.report(), pieces: [] };
    }
    const pieces = cutPieces(text, this.#options.piece);
    const found: ExtractedPiece[] = [];
    for (const [index, piece] of pieces.entries()) found.push(await this.#piece(file, piece, `${file} ${index + 1}/${pieces.length}`));
    return { file, error: null, pieces: found };
  }

  async #piece(file: string, { text, from, to }: TextPiece, told: string): Promise<ExtractedPiece> {
    const { job, signal, reasons, onProgress } = this.#options;
    const { base } = this.#desk;
    const piece = { lines: [from, to] as const, text, job: null, receipt: false, attempts: [], facts: 0, commit: null };
    if (signal.aborted) return { ...piece, state: "cancelled", error: reportOf(signal.reason) };
    if (this.#lasting !== null) return { ...piece, state: "failed", error: this.#lasting.report() };
    onProgress(told);
    const asked = { ...job, text, reason: `extracted from ${file}:${from}` };
    const begun = await beginJob(this.#desk, asked, {
      signal,
      propose: (delta) => base.propose(placed(delta, `${file}:${from}`)),
      onTokens: (round, tokens) => onProgress(`${told} · round ${round} · ${tokens} tokens`),
    });
    const { record, outcome } = await begun.done;
    if (outcome?.error instanceof AssayError && LASTING.has(outcome.error.code)) this.#lasting = outcome.error;
    const committed = record.delta === null ? null : await base.verdict(record.delta);
    return {
      ...piece,
      job: begun.job,
      receipt: begun.receipt,
      state: stateOf(record),
      attempts: await attemptsOf(base, record, outcome, reasons),
      facts: committed?.checked.delta_facts ?? 0,
      commit: record.commit,
      error: record.error === null ? null : reportOf(outcome?.error ?? new AssayError("model.cancelled", record.error.detail)),
    };
  }
}

/** A job that found nothing after its facts were refused gave them up: they stay unlawful. One that no verdict ended has failed. */
function stateOf({ state, attempts }: JobRecord): PieceState {
  switch (state) {
    case "accepted":
      return attempts.length > 1 ? "repaired" : "accepted";
    case "unchanged":
      return attempts.length > 1 ? "refused" : "nothing";
    case "refused":
      return attempts.at(-1)?.verdict === "undecided" ? "failed" : "refused";
    case "failed":
    case "cancelled":
      return state;
    case "running":
      throw new Error("a job that has ended is still on record as running");
  }
}

/** The delta with the place of the text that its facts come from. */
function placed(delta: ProposedDelta, place: string): ProposedDelta {
  return { ...delta, places: new Map([...delta.assert].map(([relation, rows]) => [relation, rows.map(() => place)])) };
}

function reportOf(error: unknown): ReturnType<AssayError["report"]> {
  return (error instanceof AssayError ? error : new AssayError("model.cancelled", String(error))).report();
}
