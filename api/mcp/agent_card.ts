import { createPublicKey } from "node:crypto";
import { exportJWK, FlattenedSign, type JWK } from "jose";
import { z } from "zod";
import { canonicalJson } from "../../schema/canonical.ts";
import type { SigningKey } from "../../verify/signing/keys.ts";
import { answerText } from "../http/answer.ts";
import type { Context } from "../http/context.ts";
import { type Route, route } from "../http/route.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const KEYS_PATH = "/.well-known/jwks.json";

/** What an agent card (A2A 1.0) says of this service. */
export interface AgentCard {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly supportedInterfaces: readonly { readonly url: string; readonly protocolBinding: string; readonly protocolVersion: string }[];
  readonly documentationUrl: string;
  readonly capabilities: Readonly<Record<string, never>>;
  readonly defaultInputModes: readonly string[];
  readonly defaultOutputModes: readonly string[];
  readonly skills: readonly {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly tags: readonly string[];
  }[];
  readonly signatures?: readonly { readonly protected: string; readonly signature: string }[];
}

const MCP_VERSION = "2026-07-28";

const skills = [
  ["propose_delta", "Propose a delta", "Change facts, where every law in force accepts it.", "write"],
  ["what_if", "What if", "The verdicts on deltas, or on a changed theory and the log under it, without a commit.", "write"],
  ["run_job", "Run a job", "Have a model or a kernel propose facts, judged and told what was wrong.", "write"],
  ["query", "Query", "Ask Datalog or SQL, as of any commit.", "read"],
  ["explain", "Explain", "Prove a fact or a violation down to base facts.", "read"],
  ["why_not", "Why not", "Say what is missing for a fact that does not hold.", "read"],
  ["list_laws", "List laws", "The laws in force.", "read"],
] as const;

/** The card of the service at `url`. Its one interface is MCP, which A2A lets a card name; A2A's own bindings it does not speak. */
export function agentCard(url: string, version: string): AgentCard {
  return {
    name: "Assay",
    description: "A fact base that refuses to be wrong: every write is a delta that logic programs must accept before it commits.",
    version,
    supportedInterfaces: [{ url: `${url}/mcp`, protocolBinding: "MCP", protocolVersion: MCP_VERSION }],
    documentationUrl: `${url}/docs`,
    capabilities: {},
    defaultInputModes: ["application/json"],
    defaultOutputModes: ["application/json"],
    skills: skills.map(([id, name, description, tag]) => ({ id, name, description, tags: [tag] })),
  };
}

/** The card with a JWS over its RFC 8785 form (A2A 1.0, section 8.4); `keys` is where the public key can be had. */
export async function signedCard(card: AgentCard, key: SigningKey, keys: string): Promise<AgentCard> {
  const header = { alg: jwsAlgorithm(key), typ: "JOSE", kid: key.keyid, jku: keys };
  const payload = new TextEncoder().encode(canonicalJson({ ...card }));
  const { protected: covered = "", signature } = await new FlattenedSign(payload).setProtectedHeader(header).sign(key.privateKey);
  return { ...card, signatures: [{ protected: covered, signature }] };
}

/** The public key of a signing key, as JWKS gives it (RFC 7517). */
export async function publicJwk(key: SigningKey): Promise<JWK> {
  return { ...(await exportJWK(createPublicKey(key.privateKey))), kid: key.keyid, use: "sig", alg: jwsAlgorithm(key) };
}

function jwsAlgorithm({ algorithm }: SigningKey): string {
  return algorithm === "ed25519" ? "EdDSA" : "ES256";
}

/** The card at the place where agents look for it, and the key that signed it. */
export function agentCardRoutes({ options: { version, publicUrl, signingKey } }: Context): Route[] {
  return [
    route({
      method: "GET",
      path: "/.well-known/agent-card.json",
      id: "agentCard",
      tag: "about",
      summary: "the A2A card of this service, signed where it has a key",
      query: z.object({}),
      answers: { 200: { description: "an agent card", media: [JSON_TYPE] } },
      async handle({ request }) {
        const url = publicUrl ?? request.server.listeningOrigin;
        const card = agentCard(url, version);
        const given = signingKey === undefined ? card : await signedCard(card, signingKey, `${url}${KEYS_PATH}`);
        return answerText(JSON_TYPE, JSON.stringify(given), { "cache-control": "max-age=300" });
      },
    }),
    route({
      method: "GET",
      path: KEYS_PATH,
      id: "publicKeys",
      tag: "about",
      summary: "the public keys of this service (RFC 7517)",
      query: z.object({}),
      answers: { 200: { description: "a JWK set", media: [JSON_TYPE] } },
      async handle() {
        return answerText(JSON_TYPE, JSON.stringify({ keys: signingKey === undefined ? [] : [await publicJwk(signingKey)] }));
      },
    }),
  ];
}
