import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import type { ModelTask } from "./model_messages.ts";

/** Why a job was ended before it was done. */
export function endOf(signal: AbortSignal, { time_ms }: ModelTask): AssayError {
  if (signal.reason !== "deadline") return new AssayError("model.cancelled", "the job was cancelled");
  return new AssayError("limit.model_ms", `the job took more than ${time_ms} ${limits.model_ms.unit}`);
}

/** What `work` comes to, unless the job ends first: then the work goes on without it. */
export async function whileNot<T>(signal: AbortSignal, work: Promise<T>, task: ModelTask): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(endOf(signal, task));
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}
