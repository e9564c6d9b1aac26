import type { AddressInfo } from "node:net";
import rateLimit from "@fastify/rate-limit";
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance, type FastifyRequest, LogController } from "fastify";
import { didYouMean } from "../../logic/language/did_you_mean.ts";
import { AssayError } from "../../schema/assay_error.ts";
import { registry } from "../../schema/errors.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { JobRunner } from "../../verify/jobs/job_runner.ts";
import { ModelShelf } from "../jobs/model_shelf.ts";
import { mountAgents } from "../mcp/mount_agents.ts";
import { LiveHub } from "../ws/live_hub.ts";
import { mountLive } from "../ws/mount_live.ts";
import { Sentry } from "../ws/sentry.ts";
import { refuseSocket } from "./client_error.ts";
import { Connections } from "./connections.ts";
import type { Context, ServiceOptions } from "./context.ts";
import { JSON_MEDIA } from "./delta_body.ts";
import { FailedTries } from "./failed_tries.ts";
import { JobMetrics } from "./job_metrics.ts";
import { Jobs } from "./jobs.ts";
import { loggerOptions } from "./logging.ts";
import { ServiceMetrics } from "./metrics.ts";
import { mount, pathOf, patternOf, sendProblem } from "./mount.ts";
import { letOriginsIn } from "./origins.ts";
import { ANYONE, openDoor } from "./principal.ts";
import { asAssayError } from "./problem.ts";
import type { Route } from "./route.ts";
import { allRoutes } from "./routes/all.ts";
import { cutStalledReader } from "./stalled_reader.ts";
import { Submissions } from "./submissions.ts";
import { rotateTls, tlsOptions } from "./tls.ts";
import type { Tracing } from "./tracing.ts";
import { Turnstile } from "./turnstile.ts";
import { Unanswered } from "./unanswered.ts";

/** A service that listens. */
export interface Service {
  readonly url: string;
  readonly address: AddressInfo;
  readonly routes: readonly Route[];
  /** Takes nothing new, finishes what it took, tells subscribers, and closes; the fact base stays open. Closing twice is once. */
  close(): Promise<void>;
}

const MICROS_A_MILLISECOND = 1_000;
const UNAUTHORIZED = 401;
/** As long as a request line may be; what is too long for its meaning is refused by its schema. */
const LARGEST_PARAMETER = 16_384;

/**
 * Starts the service over an open fact base, which the caller closes behind it. Errors: `http.address` where it cannot listen.
 */
export async function startService(base: FactBase, options: ServiceOptions): Promise<Service> {
  const runner = await JobRunner.open(base, options.clock);
  const context = contextOf(base, options, runner);
  const { limits } = base;
  const numbers = new RequestNumbers();
  const timeouts = { headersTimeout: limits.header_ms, connectionsCheckingInterval: Math.max(100, Math.ceil(limits.header_ms / 4)) };
  const app = fastify({
    bodyLimit: limits.body_bytes,
    requestTimeout: limits.request_ms,
    ...(options.tls === undefined ? { http: timeouts } : { https: { ...timeouts, ...tlsOptions(options.tls) } }),
    routerOptions: { maxParamLength: LARGEST_PARAMETER },
    exposeHeadRoutes: false,
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: false,
    forceCloseConnections: "idle",
    genReqId: () => numbers.next(),
    logger: loggerOptions(options),
    clientErrorHandler: refuseSocket,
  });
  // A logger a request costs more than all that is logged of it; lines name their request themselves.
  Object.assign(app.log, { child: () => app.log });
  const tracing = options.traceTo === undefined ? null : await tracingTo(options.traceTo, options.version);
  const routes = allRoutes(context);
  await letOriginsIn(app, options.corsOrigins ?? []);
  addHooks(app, context, tracing);
  answerErrors(app, context, routes);
  await app.register(rateLimit, {
    max: () => base.limits.requests_a_second,
    timeWindow: 1_000,
    keyGenerator: ({ principal }) => principal.id,
    errorResponseBuilder: (_request, { max }) => new AssayError("http.rate", `more than ${max} requests came within a second`),
    addHeaders: NO_RATE_HEADERS,
    addHeadersOnExceeding: NO_RATE_HEADERS,
  });
  await app.register(websocket, { options: { maxPayload: 4_096 } });
  await app.register(async (plain) => mountAll(plain, routes, false));
  await app.register(async (streaming) => mountAll(streaming, routes, true));
  await app.register(async (live) => mountLive(live, context));
  await app.register(async (agents) => mountAgents(agents, context));
  const connections = new Connections(app.server);
  if (options.tls !== undefined) rotateTls(app.server, options.tls, (path) => app.log.error({ path }, "certificates cannot be used"));
  await listen(app, options);
  context.life.phase = "ready";
  const address = app.server.address() as AddressInfo;
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= closeAll(app, connections, context));
  return { url: `${options.tls === undefined ? "http" : "https"}://${host}:${address.port}`, address, routes, close };
}

const NO_RATE_HEADERS = { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false, "retry-after": false };

function contextOf(base: FactBase, options: ServiceOptions, runner: JobRunner): Context {
  const { clock, gatekeeper = openDoor, models = new ModelShelf([], options.clock) } = options;
  const metrics = new ServiceMetrics(() => base.head);
  return {
    base,
    clock,
    options,
    gatekeeper,
    metrics,
    submissions: new Submissions(base, clock, gatekeeper, metrics),
    queries: new Turnstile("queries", () => base.limits.queries_running),
    jobs: new Jobs(clock, () => base.limits.jobs_kept),
    desk: { base, clock, runner, models },
    jobMetrics: new JobMetrics(metrics.registry, () => runner.running.length),
    live: new LiveHub(base, metrics, clock),
    sentry: gatekeeper === openDoor ? null : new Sentry(gatekeeper, () => base.limits.live_recheck_ms),
    unanswered: new Unanswered(),
    life: { phase: "starting", isBroken: false },
  };
}

/** OpenTelemetry takes its time to load, which nobody pays who does not ask for it. */
async function tracingTo(endpoint: string, version: string): Promise<Tracing> {
  const { startTracing } = await import("./tracing.ts");
  return startTracing(endpoint, version);
}

/** Requests are numbered, so that ids repeat in no log of one process. */
class RequestNumbers {
  #last = 0;

  next(): string {
    this.#last += 1;
    return String(this.#last);
  }
}

async function listen(app: FastifyInstance, { host = "127.0.0.1", port = 0 }: ServiceOptions): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw new AssayError("http.address", `cannot listen on \`${host}:${port}\`: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** Bodies that are streamed reach their handlers unread; others are read whole. */
function mountAll(app: FastifyInstance, routes: readonly Route[], isStream: boolean): void {
  app.removeAllContentTypeParsers();
  if (isStream) app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  // The commonest is found by its name; for others Fastify takes the media type apart, request by request.
  else app.addContentTypeParser([JSON_MEDIA, "*"], { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  const own = routes.filter(({ body, isSocket }) => (body?.isStream === true) === isStream && isSocket !== true);
  for (const route of own) mount(app, route);
}

function addHooks(app: FastifyInstance, context: Context, tracing: Tracing | null): void {
  const { life, metrics, clock, base, unanswered, gatekeeper } = context;
  const tries = new FailedTries(clock, () => base.limits.auth_failures_a_minute);
  app.decorateRequest("principal");
  // Hooks that answer at once cost less without a promise.
  app.addHook("onRequest", (request, _reply, done) => {
    tracing?.begin(request);
    const isVital = (request.routeOptions.config as { readonly isVital?: boolean }).isVital === true;
    if (life.phase === "closing" && !isVital) return done(new AssayError("http.closing", "the service is shutting down"));
    if (gatekeeper !== openDoor) {
      principalOf(context, tries, request, isVital).then((principal) => {
        request.principal = principal;
        done();
      }, done);
      return;
    }
    request.principal = ANYONE;
    done();
  });
  app.addHook("preHandler", (request, _reply, done) => {
    if (!request.ws) unanswered.arrived(request);
    done();
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    unanswered.answered(request);
    // What is left of a body that nobody reads would keep its connection for ever.
    if (!request.raw.complete) reply.header("connection", "close");
    cutStalledReader(reply.raw, payload, base.limits.stall_ms, () => metrics.noteStalled());
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    unanswered.answered(request);
    const config = request.routeOptions.config as { readonly route?: string };
    const route = config.route ?? "unknown";
    metrics.noteRequest(route, reply.statusCode, reply.elapsedTime * MICROS_A_MILLISECOND);
    tracing?.end(request, route, reply.statusCode);
    request.log.info(
      {
        reqId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        principal: request.principal?.id,
      },
      "request",
    );
    done();
  });
  const stopTelling = base.onTurn((turn) => metrics.noteTurn(turn, clock.now()));
  app.addHook("onClose", async () => {
    stopTelling();
    await tracing?.close();
  });
}

/** Whether a service lives is told to whoever asks, and nobody in particular. */
async function principalOf(
  { gatekeeper, metrics }: Context,
  tries: FailedTries,
  { headers, raw }: FastifyRequest,
  isVital: boolean,
): Promise<Principal> {
  const address = raw.socket.remoteAddress ?? "";
  try {
    if (!isVital) tries.admit(address, headers);
    const principal = await gatekeeper.identify({ headers, socket: raw.socket });
    tries.noteSuccess(headers);
    return principal;
  } catch (cause) {
    if (isVital && cause instanceof AssayError) return ANYONE;
    if (cause instanceof AssayError && registry[cause.code].http === UNAUTHORIZED) {
      tries.noteFailure(address);
      metrics.noteAuthFailure();
    }
    throw cause;
  }
}

function answerErrors(app: FastifyInstance, { life }: Context, routes: readonly Route[]): void {
  app.setErrorHandler((thrown, request, reply) => {
    const error = asAssayError(thrown);
    if (error?.code === "store.broken") life.isBroken = true;
    if (error === null) request.log.error({ reqId: request.id, err: thrown }, "broken invariant");
    return sendProblem(request, reply, thrown);
  });
  const known = routes.map(({ method, path }) => ({
    method,
    pattern: new RegExp(
      `^${patternOf(path)
        .replaceAll("::", ":")
        .replace(/:(?!batch)\w+/g, "[^/]+")}$`,
    ),
  }));
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const allowed = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    if (allowed.length === 0) {
      const help = nearPath(path, routes);
      return sendProblem(request, reply, new AssayError("http.not_found", `there is no \`${path}\``, help === null ? {} : { help }));
    }
    reply.header("allow", allowed.join(", "));
    return sendProblem(request, reply, new AssayError("http.method", `\`${path}\` has ${allowed.join(", ")}, and no ${request.method}`));
  });
}

/** The path that was most likely meant: one that goes on from it, else the nearest. */
function nearPath(path: string, routes: readonly Route[]): string | null {
  const paths = routes.map((route) => route.path);
  const longer = path === "/" ? undefined : paths.find((other) => other.startsWith(path));
  return longer === undefined ? didYouMean(path, paths, null) : `did you mean \`${longer}\``;
}

async function closeAll(app: FastifyInstance, connections: Connections, context: Context): Promise<void> {
  const { base, life, live, jobs, desk, sentry, unanswered } = context;
  life.phase = "closing";
  await desk.runner.close();
  sentry?.close();
  live.close();
  await connections.closing(
    () => app.close(),
    () => unanswered.none(),
    base.limits.stall_ms,
  );
  await jobs.settled();
}
