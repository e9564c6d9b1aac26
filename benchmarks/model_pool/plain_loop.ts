import { getLlama, LlamaGrammar, LlamaGrammarEvaluationState, LlamaLogLevel, type Token } from "node-llama-cpp";
import { grammarOf } from "../../compute/llama/grammar.ts";
import type { TextRequest } from "../../schema/text_model.ts";

/** Jobs for the loop: texts and seeds, and what is alike for all. */
export type PlainJobs = readonly Pick<TextRequest, "prompt" | "shape" | "seed" | "temperature" | "tokens">[];

/**
 * llama.cpp's own loop through node-llama-cpp, without a pool: a process that gets jobs, computes one after the other on one thread, and sends
 * their texts back. Whoever starts it gives it the priority of the
 * process that holds models.
 */
const [path = "", context = ""] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error, progressLogs: false });
const model = await llama.loadModel({ modelPath: path, useMmap: false });
const held = await model.createContext({ contextSize: Number(context), sequences: 1, threads: 1 });
const sequence = held.getSequence();
const grammars = new Map<string, LlamaGrammar>();

function grammarFor(text: string): LlamaGrammar {
  const grammar = grammars.get(text) ?? new LlamaGrammar(llama, { grammar: text });
  grammars.set(text, grammar);
  return grammar;
}

async function textOf({ prompt, shape, seed, temperature, tokens }: PlainJobs[number]): Promise<string> {
  await sequence.clearHistory();
  const { bos } = model.tokens;
  const input = [...(bos === null ? [] : [bos]), ...model.tokenize(prompt)];
  const state =
    shape === null ? {} : { grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar: grammarFor(grammarOf(shape)) }) };
  const answer: Token[] = [];
  for await (const token of sequence.evaluate(input, { temperature, seed, yieldEogToken: true, ...state })) {
    if (model.isEogToken(token)) break;
    if (answer.push(token) >= tokens) break;
  }
  return model.detokenize(answer);
}

process.on("message", async (jobs: PlainJobs) => {
  const texts: string[] = [];
  for (const job of jobs) texts.push(await textOf(job));
  process.send?.(texts);
});
process.send?.("ready");
