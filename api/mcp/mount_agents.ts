import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { createMcpHandler, localhostAllowedHostnames, type McpRequestContext, validateHostHeader } from "@modelcontextprotocol/server";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AssayError } from "../../schema/assay_error.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import type { Context } from "../http/context.ts";
import { endedJob } from "../http/model_jobs.ts";
import { refuseForeignPage } from "../http/origins.ts";
import type { AgentDoor } from "./agent_door.ts";
import { agentServer } from "./agent_server.ts";

export const AGENT_PATH = "/mcp";

/** MCP over Streamable HTTP, without sessions: every request is somebody's, and is authorized as any other. */
export function mountAgents(app: FastifyInstance, context: Context): void {
  const handler = createMcpHandler((asked) => agentServer(doorOf(context, asked)), {
    maxRequestBodySize: context.base.limits.body_bytes,
    onerror: (error) => app.log.debug({ err: error }, "mcp"),
  });
  app.addHook("onClose", () => handler.close());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.route({
    method: ["GET", "POST", "DELETE"],
    url: AGENT_PATH,
    config: { route: AGENT_PATH },
    handler: async (request, reply) => {
      refuseRebinding(request);
      refuseForeignPage(request, context.options);
      const { id } = request.principal;
      const authInfo = { token: "", clientId: id, scopes: [], extra: { principal: request.principal } };
      const answer = await handler.fetch(webRequest(request), { authInfo });
      reply.code(answer.status);
      for (const [name, value] of answer.headers) reply.header(name, value);
      return reply.send(answer.body === null ? null : Readable.fromWeb(answer.body as ReadableStream));
    },
  });
}

/** A page must not reach a service of this machine by a name that it made lead here (DNS rebinding). */
function refuseRebinding({ headers, raw }: FastifyRequest): void {
  const isLocal = raw.socket.localAddress?.replace("::ffff:", "").startsWith("127.") === true || raw.socket.localAddress === "::1";
  if (!isLocal || validateHostHeader(headers.host, [...localhostAllowedHostnames(), raw.socket.localAddress ?? ""]).ok) return;
  throw new AssayError("http.origin", `\`${headers.host}\` is not where this service is`);
}

function webRequest({ method, url, headers, body, host }: FastifyRequest): Request {
  const own = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) own.set(name, String(value));
  const bytes = Buffer.isBuffer(body) ? new Uint8Array(body) : null;
  return new Request(`http://${host}${url}`, { method, headers: own, ...(bytes === null ? {} : { body: bytes }) });
}

function doorOf(context: Context, { authInfo }: McpRequestContext): AgentDoor {
  const { base, gatekeeper, submissions, queries, options, desk } = context;
  const principal = authInfo?.extra?.["principal"] as Principal;
  return {
    base,
    replay: options.base,
    models: desk.models.names,
    runJob: (given) => endedJob(context, principal, given),
    version: options.version,
    proposer: principal.id,
    authorize: async (act) => gatekeeper.authorize(principal, act),
    read: (action) => queries.pass(action),
    async submit(delta, isDry) {
      if (!isDry && options.requiresBase === true && delta.base === null) {
        throw new AssayError("http.base_required", "the delta's `base` does not say which commit it was made for");
      }
      return submissions.submit(principal, delta, { isDry, repairs: 0 });
    },
  };
}
