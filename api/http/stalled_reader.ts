import type { ServerResponse } from "node:http";

/** So much of an answer lies in the kernel's buffers, whatever its reader does. */
const SMALL_BYTES = 65_536;

/**
 * Cuts the connection of a reader that takes nothing of an answer for `stall_ms` while some of it waits, and calls `onCut`. A stream that has
 * nothing to send is no fault of its reader's. Small answers are not watched.
 */
export function cutStalledReader(answer: ServerResponse, payload: unknown, stall_ms: number, onCut: () => void): void {
  if (payload === null || payload === undefined) return;
  if ((typeof payload === "string" || Buffer.isBuffer(payload)) && payload.length < SMALL_BYTES) return;
  answer.setTimeout(stall_ms, () => {
    if (answer.writableLength === 0) return;
    onCut();
    answer.destroy();
  });
}
