/**
 * The shape of an answer: a subset of JSON Schema, so that it can be sent as one, and small enough that a grammar can say all of it. Members
 * stand in the order given. An integer has at most 20 digits.
 */
export type AnswerShape =
  | { readonly type: "object"; readonly properties: { readonly [member: string]: AnswerShape }; readonly required: readonly string[] }
  | { readonly type: "array"; readonly items: AnswerShape; readonly minItems?: number; readonly maxItems: number }
  | { readonly type: "string"; readonly maxLength: number }
  | { readonly type: "integer" }
  | { readonly type: "number" }
  | { readonly enum: readonly (string | bigint)[] };

export interface TextRequest {
  readonly prompt: string;
  /** Null leaves the answer free. */
  readonly shape: AnswerShape | null;
  readonly seed: number;
  /** 0 takes the likeliest token at every step. */
  readonly temperature: number;
  /** Tokens of the answer at most. */
  readonly tokens: number;
  readonly time_ms: number;
  /** Whose work it is: principals take turns. */
  readonly principal?: string;
  /** Higher goes first; 0 where absent. */
  readonly priority?: number;
  readonly signal?: AbortSignal;
  /** Told the number of tokens so far, now and then. */
  onTokens?(tokens: number): void;
}

export interface TextAnswer {
  readonly text: string;
  readonly tokens: number;
  /** How long the model worked on it, without the time that the request waited; absent where nobody knows. */
  readonly millis?: number;
  /** False where the budget of tokens ended it. */
  readonly isWhole: boolean;
}

/**
 * What turns a prompt into text: a model file on this machine, an endpoint, a function. Nothing it says is believed: whoever asks reads the
 * answer anew. Errors of `complete`: `model.*` and `limit.model_*`; the signal's reason where the signal ended it.
 */
export interface TextModel {
  readonly name: string;
  /** `sha256:…` of the model file, or of what else decides its answers. */
  readonly hash: string;
  complete(request: TextRequest): Promise<TextAnswer>;
}
