import { type Command, Option } from "commander";
import type { Clock } from "../../schema/clock.ts";
import { type ModelHolding, ModelShelf } from "../jobs/model_shelf.ts";
import { count } from "./options.ts";

/** How model files are held. */
export interface ModelOptions {
  readonly context?: number;
  readonly sequences?: number;
  readonly threads?: number;
  readonly device?: NonNullable<ModelHolding["device"]>;
  readonly gpuLayers?: number;
}

const devices = ["auto", "cuda", "vulkan", "cpu"] as const satisfies readonly NonNullable<ModelHolding["device"]>[];

/** The options of every command that asks model files. */
export function modelOptions(command: Command): Command {
  return command
    .option("--context <tokens>", "tokens of a prompt and its answer; 4096, and never more than the model was made for", count)
    .option("--sequences <count>", "jobs that a model computes together; with 1, the same seed gives the same answer", count)
    .option("--threads <count>", "threads that share a model's work", count)
    .addOption(new Option("--device <name>", "where models are computed").choices(devices))
    .option("--gpu-layers <count>", "layers that go to the device; as many as fit where absent", count);
}

/** The models of a command, which closes them. Errors: `usage.arguments`. */
export function modelShelf(texts: readonly string[], clock: Clock, options: ModelOptions): ModelShelf {
  const { context, sequences, threads, device, gpuLayers } = options;
  const holding: ModelHolding = {
    ...(context === undefined ? {} : { context }),
    ...(sequences === undefined ? {} : { sequences }),
    ...(threads === undefined ? {} : { threads }),
    ...(device === undefined ? {} : { device }),
    ...(gpuLayers === undefined ? {} : { gpu_layers: gpuLayers }),
  };
  return new ModelShelf(texts, clock, process.env, holding);
}
