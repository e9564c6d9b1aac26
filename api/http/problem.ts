import { AssayError, type AssayErrorOptions, type ErrorReport } from "../../schema/assay_error.ts";
import { type ErrorCode, registry } from "../../schema/errors.ts";
import { SqlError } from "../../schema/sql_session.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { verdictJson } from "../../schema/verdict_wire.ts";

/** Which of the gates a request passes in turn refused it. */
export type GateName = "shape" | "authorization" | "logic";

/** An error with what it brings beside its report: a verdict as `data`, headers. */
export class Refusal extends AssayError {
  readonly data: string | null;
  readonly gate: GateName;

  constructor(code: ErrorCode, detail: string, verdict: Verdict | null, gate: GateName = "logic", options: AssayErrorOptions = {}) {
    super(code, detail, options);
    this.data = verdict === null ? null : verdictJson(verdict);
    this.gate = gate;
  }
}

/** An error after whose time, and not before, the same request may well succeed. */
export class Later extends AssayError {
  readonly retryAfter_s: number;

  constructor(code: ErrorCode, detail: string, retryAfter_s: number) {
    super(code, detail);
    this.retryAfter_s = retryAfter_s;
  }
}

/** A problem document (RFC 9457) that is an envelope too, and its status. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly body: string;
  readonly retryAfter_s: number | null;
}

/** Codes after which the same request may well succeed, and when. */
const RETRY_AFTER_S: ReadonlyMap<string, number> = new Map([
  ["http.busy", 1],
  ["http.rate", 1],
  ["http.closing", 5],
  ["http.job_running", 1],
  ["limit.live_clients", 5],
  ["limit.live_watches", 5],
]);

/** The codes that fastify and Node have for what is wrong with a request, as ours. */
const FOREIGN: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ["FST_ERR_CTP_BODY_TOO_LARGE", "limit.body_bytes"],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", "http.media_type"],
  ["FST_ERR_CTP_INVALID_CONTENT_LENGTH", "http.body_aborted"],
  ["FST_ERR_BAD_URL", "http.not_found"],
  ["FST_ERR_MAX_PARAM_LENGTH", "http.not_found"],
  ["FST_ERR_ASYNC_CONSTRAINT", "http.malformed"],
  ["ECONNRESET", "http.body_aborted"],
  ["ECONNABORTED", "http.body_aborted"],
  ["ERR_STREAM_PREMATURE_CLOSE", "http.body_aborted"],
]);

/** What was thrown, as an error of ours; null where it is a broken invariant. */
export function asAssayError(thrown: unknown): AssayError | null {
  if (thrown instanceof AssayError) return thrown;
  if (thrown instanceof SqlError && /Out of Memory/i.test(thrown.kind))
    return new AssayError("limit.memory_mb", "a query needs more memory", { cause: thrown });
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const known = FOREIGN.get(code);
  if (known !== undefined) return new AssayError(known, lowerCase((thrown as Error).message), { cause: thrown });
  const status = thrown instanceof Error && "statusCode" in thrown ? Number(thrown.statusCode) : 500;
  return status >= 400 && status < 500 ? new AssayError("http.malformed", lowerCase((thrown as Error).message), { cause: thrown }) : null;
}

/**
 * The problem document of an error, for the request at `instance`. What is inside a broken invariant stays inside, and so does where the
 * database lies on our disk.
 */
export function problemOf(thrown: unknown, instance: string): Problem {
  const error = asAssayError(thrown);
  const own = error?.report();
  const report: ErrorReport = own?.code.startsWith("store.")
    ? { ...own, place: null }
    : (own ?? {
        code: "internal.invariant",
        title: registry["internal.invariant"].title,
        detail: "the service met a state that it holds impossible, and noted it in its log",
        place: null,
        help: registry["internal.invariant"].help,
      });
  const status = registry[report.code as ErrorCode].http;
  const document = {
    type: `/problems/${report.code}`,
    title: report.title,
    status: status < 400 ? 422 : status,
    detail: report.detail,
    instance,
    ...(error instanceof Refusal ? { gate: error.gate } : {}),
    ok: false,
    error: report,
    events: [],
    cursor: null,
  };
  const data = error instanceof Refusal && error.data !== null ? error.data : "null";
  const text = JSON.stringify(document);
  return {
    status: document.status,
    code: report.code,
    body: `${text.slice(0, -1)},"data":${data}}`,
    retryAfter_s: error instanceof Later ? error.retryAfter_s : (RETRY_AFTER_S.get(report.code) ?? null),
  };
}

function lowerCase(text: string): string {
  return (text.charAt(0).toLowerCase() + text.slice(1)).replace(/\.$/, "");
}
