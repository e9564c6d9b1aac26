import type { LiveEvent } from "../ws/events.ts";

/** The events of a stream of server-sent events (WHATWG HTML, section 9.2), each as its data say. Comments, as beats are, pass unseen. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<LiveEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      text += decoder.decode(next.value, { stream: true });
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = block.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [line.slice("data:".length).trimStart()] : []));
        if (data.length > 0) yield JSON.parse(data.join("\n")) as LiveEvent;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
