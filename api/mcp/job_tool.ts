import type { McpServer } from "@modelcontextprotocol/server";
import { attemptReasons } from "../../verify/jobs/attempt_reasons.ts";
import type { JobRecord } from "../../verify/jobs/job_record.ts";
import { jobInput } from "../http/wire/job_schemas.ts";
import { answered, answerOf } from "./agent_answer.ts";
import type { AgentDoor } from "./agent_door.ts";

/** So much of what stood against an attempt is told. */
const REASONS = 5;

/** Letting another model, or a kernel, propose facts of a text. */
export function addJobTool(server: McpServer, door: AgentDoor): void {
  const { models } = door;
  const known = models.length === 0 ? "No models are here, only kernels." : `Models: ${models.join(", ")}.`;
  server.registerTool(
    "run_job",
    {
      title: "Run a job",
      description: `A model reads a text and proposes facts of \`relations\`; the laws judge them, what they hold against an answer is told to the model, and it answers anew, until an answer is committed or the rounds are used up. A kernel computes facts from facts. Answers when the job has ended; the same job again is answered by its record. ${known}`,
      inputSchema: jobInput,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    (given) =>
      answered("run_job", async () => {
        const { record, receipt } = await door.runJob(given);
        const reasons = await door.read(() => attemptReasons(door.base, record));
        return answerOf(shown(record, receipt, reasons, door.base.limits.agent_characters));
      }),
  );
}

/** A job's record without its prompts, which the agent can make up from what it asked; answers where they fit. */
function shown(record: JobRecord, receipt: boolean, reasons: ReadonlyMap<number, readonly string[]>, most: number): object {
  const attempts = record.attempts.map(({ prompt_text: _text, prompt: _hash, ...attempt }) => ({
    ...attempt,
    reasons: reasons.get(attempt.round)?.slice(0, REASONS) ?? [],
  }));
  const whole = { ...record, receipt, attempts };
  if (JSON.stringify(whole).length <= most) return whole;
  return { ...whole, attempts: attempts.map((attempt) => ({ ...attempt, answer: null })) };
}
