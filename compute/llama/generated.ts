import { type LlamaContextSequence, LlamaGrammarEvaluationState, type LlamaModel, type Token } from "node-llama-cpp";
import { AssayError } from "../../schema/assay_error.ts";
import type { TextAnswer } from "../../schema/text_model.ts";
import { grammarOf } from "./grammar.ts";
import type { HeldModels } from "./held_models.ts";
import { endOf } from "./job_end.ts";
import type { ModelTask } from "./model_messages.ts";

/** Tokens of a prompt that are computed at once; between two parts a job can be cancelled. */
const PART = 256;

/**
 * Computes the prompt, then token after token, until the model ends its answer or the budget does. No token is punished for standing in the
 * answer already: facts repeat names. With one sequence nothing of the job before is reused, for sums taken in another order can choose
 * another token; with more, the beginning that two prompts share is computed once.
 */
export async function generated(
  models: HeldModels,
  sequence: LlamaContextSequence,
  task: ModelTask,
  signal: AbortSignal,
  onTokens: (tokens: number) => void,
): Promise<TextAnswer> {
  const { model } = sequence;
  const prompt = promptTokens(model, task.prompt);
  if (sequence.contextSize - prompt.length < task.tokens) {
    const detail = `the prompt has ${prompt.length} tokens, and with ${task.tokens} for the answer does not fit the context of ${sequence.contextSize}`;
    throw new AssayError("model.prompt", detail);
  }
  const grammar = task.shape === null ? null : await models.grammar(grammarOf(task.shape));
  const options = {
    temperature: task.temperature,
    seed: task.seed,
    yieldEogToken: true,
    ...(grammar === null ? {} : { grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) }),
  };
  const answer: Token[] = [];
  const rest = await computed(sequence, prompt, task, signal);
  for await (const token of sequence.evaluate(rest, options)) {
    if (signal.aborted) throw endOf(signal, task);
    if (model.isEogToken(token)) return { text: model.detokenize(answer), tokens: answer.length, isWhole: true };
    answer.push(token);
    onTokens(answer.length);
    if (answer.length >= task.tokens) break;
  }
  return { text: model.detokenize(answer), tokens: answer.length, isWhole: false };
}

function promptTokens(model: LlamaModel, text: string): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  const tokens = model.tokenize(text);
  return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens;
}

/** Computes all of a prompt but its last part, which comes back: the answer begins behind it. */
async function computed(sequence: LlamaContextSequence, prompt: Token[], task: ModelTask, signal: AbortSignal): Promise<Token[]> {
  if (task.model.sequences === 1) await sequence.clearHistory();
  else await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  let rest = prompt.slice(sequence.nextTokenIndex);
  for (; rest.length > PART; rest = rest.slice(PART)) {
    await sequence.evaluateWithoutGeneratingNewTokens(rest.slice(0, PART));
    if (signal.aborted) throw endOf(signal, task);
  }
  return rest;
}
