import { canonicalJson, sha256 } from "../../schema/canonical.ts";
import type { AnswerShape, TextModel } from "../../schema/text_model.ts";
import type { JobOrder } from "./run_job.ts";

/**
 * The hash of all that decides what a job comes to, but for the facts that its answers are judged by: the model, the first prompt, the shape
 * of its answers with the values they may take, how it is asked, and what it may cost in rounds and tokens.
 */
export function jobInput(model: Pick<TextModel, "hash">, order: JobOrder, prompt: string, shape: AnswerShape): string {
  const { seed, temperature, rounds, tokens } = order;
  return sha256(canonicalJson([model.hash, prompt, shapeText(shape), seed, temperature, rounds, tokens]));
}

/** Members in their order, which is part of the shape; an integer is no text. */
function shapeText(shape: AnswerShape): string {
  return JSON.stringify(shape, (_, value: unknown) => (typeof value === "bigint" ? [String(value)] : value));
}
