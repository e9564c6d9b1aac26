import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import { sentData, wholeText } from "./sent_data.ts";

/** What of a chunk, or of a whole answer, is looked at. */
const CHUNK = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        message: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z.object({ completion_tokens: z.int().nonnegative().nullish() }).nullish(),
  error: z.object({ message: z.string() }).nullish(),
});

/** Where an endpoint does not say how many tokens it used. */
const BYTES_A_TOKEN = 4;

export interface Completion {
  readonly text: string;
  readonly tokens: number;
  readonly isWhole: boolean;
}

export interface CompletionBounds {
  /** Pieces of text, each a token or more, after which it is read no further. */
  readonly tokens: number;
  /** Told the bytes read so far; throws where they are too many. */
  admit(bytes: number): void;
  onTokens(tokens: number): void;
}

/**
 * Reads the answer of `/chat/completions`: a stream of chunks, or one document where the endpoint does not stream. Errors: `model.endpoint` for
 * what is no such answer, for an error told within the stream, and for a stream that ends before its end was told.
 */
export async function completionText(response: Response, bounds: CompletionBounds): Promise<Completion> {
  if (response.body === null) throw new AssayError("model.endpoint", "the endpoint answered with nothing");
  if (response.headers.get("content-type")?.startsWith("application/json") === true) {
    return document(await wholeText(response.body, bounds.admit));
  }
  let text = "";
  let pieces = 0;
  let finish: string | null = null;
  let counted: number | null = null;
  for await (const data of sentData(response.body, bounds.admit)) {
    if (data === "[DONE]") break;
    const { choices, usage } = chunkOf(data);
    counted = usage?.completion_tokens ?? counted;
    const piece = choices[0]?.delta?.content ?? "";
    finish = choices[0]?.finish_reason ?? finish;
    if (piece === "") continue;
    if (pieces === bounds.tokens) return { text, tokens: pieces, isWhole: false };
    text += piece;
    bounds.onTokens(++pieces);
  }
  if (finish === null) throw new AssayError("model.endpoint", "the endpoint's answer ended before its end");
  return { text, tokens: counted ?? pieces, isWhole: finish !== "length" };
}

function document(body: string): Completion {
  const { choices, usage } = chunkOf(body);
  const [choice] = choices;
  if (choice === undefined) throw new AssayError("model.endpoint", "the endpoint's answer holds no choice");
  const text = choice.message?.content ?? "";
  const tokens = usage?.completion_tokens ?? Math.ceil(Buffer.byteLength(text) / BYTES_A_TOKEN);
  return { text, tokens, isWhole: choice.finish_reason !== "length" };
}

function chunkOf(data: string): z.infer<typeof CHUNK> {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    throw new AssayError("model.endpoint", "the endpoint answered with what is no JSON", { cause });
  }
  const read = CHUNK.safeParse(value);
  if (!read.success) throw new AssayError("model.endpoint", "the endpoint's answer is no completion", { cause: read.error });
  if (read.data.error != null) throw new AssayError("model.endpoint", read.data.error.message);
  return read.data;
}
