import type { Socket } from "node:net";
import { AssayError } from "../../schema/assay_error.ts";
import { problemOf } from "./problem.ts";

const REASONS: Readonly<Record<number, string>> = { 400: "Bad Request", 408: "Request Timeout", 413: "Payload Too Large" };

/**
 * Answers a connection that sends no HTTP: malformed, cut short, too slow or too long in its headers. There is no request to answer, so
 * the answer is written to the socket, which is closed.
 */
export function refuseSocket(cause: Error & { readonly code?: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable || cause.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const isLate = cause.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const error = isLate
    ? new AssayError("http.timeout", "the request did not arrive in time", { cause })
    : new AssayError("http.body_aborted", `the request is no HTTP (\`${cause.code ?? "unknown"}\`)`, { cause });
  const { status, body } = problemOf(error, "");
  const head = `HTTP/1.1 ${status} ${REASONS[status] ?? "Bad Request"}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n`;
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
