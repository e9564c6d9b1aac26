import { AssayError } from "../../schema/assay_error.ts";
import type { ErrorCode } from "../../schema/errors.ts";
import type { AnswerShape, TextAnswer } from "../../schema/text_model.ts";
import type { ModelFile } from "./gguf_header.ts";

/** What computes: the best that is installed and found, or one that must be there. */
export type Device = "auto" | "cuda" | "vulkan" | "cpu";

/** How the process holds models. */
export interface HoldSettings {
  readonly device: Device;
  /** Threads that generate, each with models of its own. */
  readonly workers: number;
  /** Jobs of one thread at most. */
  readonly slots: number;
  /** Weights and contexts of one thread at most. */
  readonly worker_mb: number;
}

/** How a model is held in memory. */
export interface ModelSettings {
  readonly path: string;
  /** Tokens of prompt and answer together, for each job. */
  readonly context: number;
  /** Jobs that share one context and are computed together. With 1, a job's answer follows from model, prompt and seed alone. */
  readonly sequences: number;
  readonly threads: number;
  /** Layers that a GPU computes; null for as many as fit. */
  readonly gpu_layers: number | null;
  /** Weights and context at most. */
  readonly memory_mb: number;
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

/** A cause as it crosses. What is no `AssayError` is `model.failed`: it costs its job alone. */
export function failedBy(cause: unknown): Failed {
  if (cause instanceof AssayError) return { kind: "failed", code: cause.code, detail: cause.detail, place: cause.place };
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { kind: "failed", code: "model.failed", detail: `llama.cpp failed: ${reason}`, place: null };
}
