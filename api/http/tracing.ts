import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { FastifyRequest } from "fastify";

/** One span a request, sent where OpenTelemetry was configured. */
export interface Tracing {
  begin(request: FastifyRequest): void;
  end(request: FastifyRequest, route: string, status: number): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

const FIRST_ERROR_STATUS = 500;

/** Starts sending spans to an OTLP/HTTP endpoint. A request's `traceparent` (W3C Trace Context) makes its span a part of that trace. */
export function startTracing(endpoint: string, version: string): Tracing {
  const exporter = new OTLPTraceExporter({ url: endpoint });
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  const tracer = provider.getTracer("assay", version);
  const spans = new WeakMap<FastifyRequest, Span>();
  return {
    begin(request) {
      const parent = parentOf(request.headers["traceparent"]);
      spans.set(request, tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes: { "service.name": "assay" } }, parent));
    },
    end(request, route, status) {
      const span = spans.get(request);
      if (span === undefined) return;
      span.updateName(`${request.method} ${route}`);
      span.setAttributes({ "http.request.method": request.method, "http.route": route, "http.response.status_code": status });
      if (status >= FIRST_ERROR_STATUS) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
    close: () => provider.shutdown().catch(() => undefined),
  };
}

function parentOf(header: string | string[] | undefined): Context {
  const [, traceId, spanId, flags] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(String(header ?? "")) ?? [];
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags ?? "0", 16), isRemote: true });
}
