import { ModelHost } from "../../compute/llama/model_host.ts";
import { systemClock } from "../../schema/clock.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { JobRunner } from "../../verify/jobs/job_runner.ts";

/**
 * Run as a process of its own by `kill_jobs.test.ts`: runs jobs, two at a time, over the fact base at argv[2] with the model at argv[3] until it
 * is killed, and prints each job's name and state when it has ended. argv[4] tells the rounds apart.
 */
const [path = "", file = "", round = ""] = process.argv.slice(2);
const base = await FactBase.open(path, { clock: systemClock });
const runner = await JobRunner.open(base, systemClock);
const model = await new ModelHost().model({ name: "learner", path: file, sequences: 2 });
process.stdout.write("open\n");
for (let count = 0; ; count += 1) {
  const jobs = [0, 1].map((half) =>
    runner.run(model, {
      kind: "inquiry",
      task: "Extract the orders.",
      text: `Round ${round}: an invoice to Zoe.`,
      relations: ["customer", "order"],
      bounds: { rows: 3, characters: 40 },
      proposer: "extractor",
      reason: `round ${round}`,
      seed: 2 * count + half,
      temperature: 0,
      rounds: 3,
      tokens: 600,
      time_ms: 60_000,
    }),
  );
  for (const { record } of await Promise.all(jobs)) process.stdout.write(`${record.job} ${record.state}\n`);
}
