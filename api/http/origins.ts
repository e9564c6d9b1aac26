import cors from "@fastify/cors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AssayError } from "../../schema/assay_error.ts";
import type { ServiceOptions } from "./context.ts";

/** Headers of answers that a page may read beside the few that any may. */
const EXPOSED = ["etag", "location", "retry-after", "idempotent-replayed", "www-authenticate"];
const PREFLIGHT_S = 600;

/**
 * Lets pages of other origins ask the service (CORS). Where none are named no page of elsewhere can read an answer. Registered before the
 * hooks that ask for credentials, which a browser's preflight does not bring.
 */
export async function letOriginsIn(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: [...origins],
    methods: ["GET", "POST", "PUT", "DELETE"],
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_S,
    strictPreflight: false,
  });
}

/**
 * Refuses what a browser sends for a page that was not let in, where CORS does not: WebSockets, and what acts without a preflight. What
 * comes from no browser names no origin. Errors: `http.origin`.
 */
export function refuseForeignPage({ headers }: FastifyRequest, { corsOrigins = [], publicUrl }: ServiceOptions): void {
  const { origin } = headers;
  if (origin === undefined || corsOrigins.includes(origin)) return;
  const { host } = URL.parse(origin) ?? {};
  const isPublic = publicUrl !== undefined && URL.parse(publicUrl)?.origin === origin;
  if ((host === undefined || host !== headers.host) && !isPublic)
    throw new AssayError("http.origin", `pages of \`${origin}\` are not let in`);
}
