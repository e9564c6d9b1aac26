import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** An OTLP/HTTP collector on a free port of this machine, and all that it was sent. */
export async function traceCollector(): Promise<{ readonly url: string; readonly sent: readonly string[]; close(): void }> {
  const sent: string[] = [];
  const server = createServer(async (request, response) => {
    sent.push(JSON.stringify(request.headers), await text(request));
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/v1/traces`, sent, close: () => void server.close() };
}
