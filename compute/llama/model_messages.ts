import type { ErrorCode } from "../../schema/errors.ts";
import type { AnswerShape, TextAnswer } from "../../schema/text_model.ts";
import type { ModelFile } from "./gguf_header.ts";

/** How a model is held in memory. */
export interface ModelSettings {
  readonly path: string;
  /** Tokens of prompt and answer together, for each job. */
  readonly context: number;
  /** Jobs that share one context and are computed together. With 1, a job's answer follows from model, prompt and seed alone. */
  readonly sequences: number;
  readonly threads: number;
}

/** One job, as it crosses into the child process and there into a worker. */
export interface ModelTask {
  readonly model: ModelSettings;
  readonly file: ModelFile;
  readonly prompt: string;
  readonly shape: AnswerShape | null;
  readonly seed: number;
  readonly temperature: number;
  readonly tokens: number;
  readonly time_ms: number;
}

/** An error as it crosses a thread or a process, for its class does not. */
export interface Failed {
  readonly kind: "failed";
  readonly code: ErrorCode;
  readonly detail: string;
  readonly place: string | null;
}

export type TaskResult = { readonly kind: "done"; readonly answer: TextAnswer } | Failed;

export type ToChild =
  | { readonly kind: "describe"; readonly id: number; readonly path: string; readonly memory_mb: number }
  | { readonly kind: "run"; readonly id: number; readonly task: ModelTask }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "stop" };

export type FromChild =
  | { readonly kind: "described"; readonly id: number; readonly file: ModelFile }
  | { readonly kind: "tokens"; readonly id: number; readonly tokens: number }
  | (TaskResult & { readonly id: number });
