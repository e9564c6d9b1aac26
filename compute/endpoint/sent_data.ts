/**
 * The data of server-sent events (WHATWG HTML, section 9.2), one text a `data` line: endpoints send one line an event. `admit` is told the
 * bytes so far and throws where they are too many. What does not end in a line end is not given.
 */
export async function* sentData(body: AsyncIterable<Uint8Array>, admit: (bytes: number) => void): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let rest = "";
  for await (const chunk of body) {
    bytes += chunk.length;
    admit(bytes);
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data:")) yield line.slice("data:".length).trim();
  }
}

/** The whole of a body as text. */
export async function wholeText(body: AsyncIterable<Uint8Array>, admit: (bytes: number) => void): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    admit(bytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
