import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { AnswerShape, TextModel } from "../../schema/text_model.ts";
import { request } from "./model_files.ts";

/** What a client asked, as it stood in its request. */
export interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly raw: string;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly content: string }[];
    readonly seed: number;
    readonly temperature: number;
    readonly max_tokens: number;
    readonly response_format?: { readonly json_schema: { readonly schema: Schema } };
  };
}

/** Answers one request in the model's place, as a server in trouble does. */
export type Trouble = (response: ServerResponse, asked: Asked) => void;

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly maxItems?: number;
}

/**
 * Runs `test` against a server of `/v1/chat/completions` over a real model: what it says streams out in pieces of eight characters. Each of
 * `troubles` answers one request, in order, before the model does.
 */
export async function withEndpoint(
  model: TextModel,
  test: (url: string, asked: readonly Asked[]) => Promise<void>,
  troubles: readonly Trouble[] = [],
): Promise<void> {
  const asked: Asked[] = [];
  const server = createServer((incoming, response) => {
    serve(incoming).catch((error: Error) => response.destroy(error));
    async function serve({ headers, url }: IncomingMessage): Promise<void> {
      const raw = await text(incoming);
      const one: Asked = { headers, path: url ?? "", raw, body: JSON.parse(raw) };
      asked.push(one);
      const trouble = troubles[asked.length - 1];
      if (trouble === undefined) await answer(model, one, response);
      else trouble(response, one);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** One chunk of a stream as the protocol has it. */
export function chunk(content: string, finish: string | null = null): string {
  return `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
}

async function answer(model: TextModel, { body }: Asked, response: ServerResponse): Promise<void> {
  const { messages, seed, temperature, max_tokens, response_format } = body;
  const shape = response_format === undefined ? null : shapeOf(response_format.json_schema.schema);
  const prompt = messages.map(({ content }) => content).join("\n");
  const said = await model.complete(request({ prompt, shape, seed, temperature, tokens: max_tokens }));
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const piece of said.text.match(/.{1,8}/gsu) ?? []) response.write(chunk(piece));
  response.write(chunk("", said.isWhole ? "stop" : "length"));
  response.write(`data: ${JSON.stringify({ choices: [], usage: { completion_tokens: said.tokens } })}\n\n`);
  response.end("data: [DONE]\n\n");
}

function shapeOf(schema: Schema): AnswerShape {
  if (schema.enum !== undefined) return { enum: schema.enum };
  const { type, properties = {}, items = {}, maxItems = 1 } = schema;
  if (type === "object") {
    const members = Object.entries(properties).map(([name, member]): [string, AnswerShape] => [name, shapeOf(member)]);
    return { type, properties: Object.fromEntries(members), required: Object.keys(properties) };
  }
  if (type === "array") return { type, items: shapeOf(items), maxItems };
  if (type === "integer" || type === "number") return { type };
  return { type: "string", maxLength: 200 };
}
