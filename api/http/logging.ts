import type { FastifyServerOptions } from "fastify";
import type { ServiceOptions } from "./context.ts";

/** Never in a log, at whatever depth they are met first: what proves who somebody is, and what deltas hold. */
const SECRETS = ["authorization", "cookie", "set-cookie", "idempotency-key", "x-api-key", "proxy-authorization"];

/** Lines of JSON about requests: method, route, status, time, principal. Bodies, query strings and headers are never logged. */
export function loggerOptions({ logLevel = "info", logTo = process.stderr }: ServiceOptions): NonNullable<FastifyServerOptions["logger"]> {
  if (logLevel === "silent") return false;
  const paths = SECRETS.flatMap((name) => [`headers["${name}"]`, `req.headers["${name}"]`, `res.headers["${name}"]`, `*["${name}"]`]);
  return {
    level: logLevel,
    stream: logTo,
    redact: { paths, censor: "[redacted]" },
    serializers: { req: ({ method }) => ({ method }), res: ({ statusCode }) => ({ statusCode }) },
  };
}
