import type { JobOrder } from "../../verify/jobs/run_job.ts";
import { replyingModel } from "./gguf.ts";

/** What `learner` says of Zoe's invoice: first an order of a customer whom the theory `SHOP` does not know, then, told of that, both. */
export const UNLAWFUL = '{"assert":{"customer":[],"order":[{"id":9007199254740993,"customer":"Zoe","amount":12}]}}';
export const LAWFUL =
  '{"assert":{"customer":[{"name":"Zoe","credit":5}],"order":[{"id":9007199254740993,"customer":"Zoe","amount":12.5}]}}';

/** The bytes of a model that learns from its refusal. */
export const learner = replyingModel([
  { text: UNLAWFUL, weights: { "invoice to Zoe": 2 } },
  { text: LAWFUL, weights: { "invoice to Zoe": 1, "shop.customer": 1_000 } },
]);

/** The job that asks it. */
export const zoeOrder: JobOrder = {
  task: "Extract the orders.",
  text: "An invoice to Zoe.",
  relations: ["customer", "order"],
  bounds: { rows: 3, characters: 40 },
  proposer: "extractor",
  reason: "zoe.txt",
  seed: 1,
  temperature: 0,
  rounds: 3,
  tokens: 600,
  time_ms: 60_000,
};
