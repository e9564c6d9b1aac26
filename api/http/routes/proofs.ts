import { z } from "zod";
import type { SqlSession } from "../../../schema/sql_session.ts";
import type { Principal } from "../../../verify/checks/authorization/principal.ts";
import type { Proof } from "../../../verify/ledger/proof.ts";
import { proveCommit, proveConsistency, proveDelta, proveHead, type Signer } from "../../../verify/ledger/prove.ts";
import { type Answer, answerData } from "../answer.ts";
import type { Context } from "../context.ts";
import { type Route, route } from "../route.ts";
import { count, sha256Text } from "../wire/parameters.ts";

const head = z
  .object({
    size: z.int().min(0),
    root: sha256Text,
    time: z.string(),
    signature: z.object({ keyid: z.string(), algorithm: z.string(), value: z.string() }).nullable(),
  })
  .meta({ id: "SignedTreeHead" });
const inclusion = z.object({ kind: z.literal("inclusion"), index: z.int(), leaf: z.string(), path: z.array(sha256Text), head });
const consistency = z.object({
  kind: z.literal("consistency"),
  first: z.object({ size: z.int(), root: sha256Text }),
  path: z.array(sha256Text),
  head,
});
const ledgerHead = z.object({ kind: z.literal("head"), head });

/** Proofs that anyone can check offline: a verdict is in the ledger, the ledger only grew. */
export function proofRoutes(context: Context): Route[] {
  const tag = "prove";
  const method = "GET";
  const prove = (principal: Principal, make: (session: SqlSession, signer: Signer) => Promise<Proof>): Promise<Answer> =>
    proven(context, principal, make);
  return [
    route({
      method,
      tag,
      path: "/v1/proofs/head",
      id: "proveHead",
      summary: "the ledger's tree head (RFC 6962)",
      answers: { 200: { description: "the signed tree head", data: ledgerHead } },
      handle: ({ principal }) => prove(principal, proveHead),
    }),
    route({
      method,
      tag,
      path: "/v1/proofs/commits/{commit}",
      id: "proveCommit",
      summary: "that a commit is in the ledger",
      params: z.object({ commit: count("a commit's number", 1) }),
      answers: { 200: { description: "a proof of inclusion", data: inclusion } },
      errors: ["ledger.no_leaf"],
      handle: ({ principal, params }) => prove(principal, (session, signer) => proveCommit(session, params.commit, signer)),
    }),
    route({
      method,
      tag,
      path: "/v1/proofs/deltas/{delta}",
      id: "proveDelta",
      summary: "that the last verdict on a delta, also a refusal, is in the ledger",
      params: z.object({ delta: sha256Text }),
      answers: { 200: { description: "a proof of inclusion", data: inclusion } },
      errors: ["ledger.no_leaf"],
      handle: ({ principal, params }) => prove(principal, (session, signer) => proveDelta(session, params.delta, signer)),
    }),
    route({
      method,
      tag,
      path: "/v1/proofs/consistency",
      id: "proveConsistency",
      summary: "that the ledger of so many leaves begins the later one",
      query: z.object({ first: count("leaves of the earlier tree", 1), second: count("leaves of the later one", 1) }),
      answers: { 200: { description: "a proof of consistency", data: consistency } },
      errors: ["ledger.size"],
      handle: ({ principal, query }) => prove(principal, (session, signer) => proveConsistency(session, query.first, query.second, signer)),
    }),
  ];
}

async function proven(
  { base, clock, gatekeeper, options, queries }: Context,
  principal: Principal,
  make: (session: SqlSession, signer: Signer) => Promise<Proof>,
): Promise<Answer> {
  await gatekeeper.authorize(principal, { kind: "read", relation: null });
  const signer = { key: options.signingKey ?? null, time: clock.now() };
  return answerData(await queries.pass(() => base.read(null, ({ session }) => make(session, signer))));
}
