import { parseArgs } from "node:util";
import fc from "fast-check";
import { makeKey, writeKeys } from "../../api/auth/api_keys.ts";
import { attenuateToken, makeRootKey, mintToken } from "../../verify/checks/authorization/tokens.ts";
import { bearer, fileIn, folder, withDoor } from "../support/doors.ts";
import { OpenApiChecker } from "../support/openapi_checker.ts";
import { orderOf, type Served } from "../support/services.ts";
import { faultOf, type MadeRequest, requests, sendAll } from "./api.ts";

/**
 * As tests/fuzz/api.ts, to a service that asks for credentials: requests come with a restricted API key, an attenuated capability token, a
 * right of nothing, none or a wrong one. Beside conforming, none of them ever changes what its sender may not change.
 * `node tests/fuzz/api_credentials.ts --seconds N [--seed S]`.
 */
export const senders = ["alice", "ci", "nobody", "none", "wrong"] as const;

export interface SentBy {
  readonly who: (typeof senders)[number];
  readonly made: MadeRequest;
}

/** A service behind its door, the judge of its answers, and what goes with the requests of each sender. */
export interface Guarded {
  readonly served: Served;
  readonly checker: OpenApiChecker;
  readonly headers: Readonly<Record<SentBy["who"], Readonly<Record<string, string>>>>;
  /** Everything that no sender may change, as one text. */
  state(): Promise<string>;
}

const CREATED = "2026-01-01T00:00:00Z";

/** Runs `action` with a guarded service: alice may assert, read and watch customers, ci assert customers whose name begins with `c`. */
export async function withGuarded(action: (guarded: Guarded) => Promise<void>): Promise<void> {
  const directory = folder();
  const [admin, alice, nobody] = ["root", "alice", "nobody"].map((name) => makeKey(name, name === "root" ? ["admin"] : [], CREATED, null));
  if (admin === undefined || alice === undefined || nobody === undefined) throw new Error("three keys were made");
  const path = `${directory}/keys.json`;
  writeKeys(path, [admin.key, alice.key, nobody.key]);
  const root = await makeRootKey();
  const tokens = { root: fileIn(directory, "root.pub", root.publicKey), revoked: null };
  const minted = await mintToken(root.privateKey, { user: "ci", groups: ["clerks"] });
  const token = await attenuateToken(minted, root.publicKey, {
    relations: ["customer"],
    operations: ["assert", "read"],
    keys: [{ attribute: "name", prefix: "c" }],
  });
  const run = async (served: Served): Promise<void> => {
    const operations = ["assert", "read", "watch"].map((operation) => ["key:alice", operation, "customer"]);
    const facts = { ...(orderOf(1) as { assert: object }).assert, grant: [...operations, ["clerks", "*", "*"]] };
    const given = await served.submit({ proposer: "root", assert: facts }, "/v1/deltas", bearer(admin.text));
    if (given.json.data["verdict"] !== "accepted") throw new Error(given.text);
    const document = (await served.call("GET", "/openapi.json", { headers: bearer(admin.text) })).json;
    const state = async (): Promise<string> => {
      const { base } = served;
      const rows = [];
      for (const name of ["order", "open", "grant"]) rows.push((await base.query({ sql: `SELECT * FROM "${name}" ORDER BY ALL` })).rows);
      const theories = base.theories.map(({ name, hash }) => [name, hash]);
      return JSON.stringify([theories, rows], (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    };
    const headers = {
      alice: bearer(alice.text),
      ci: bearer(token),
      nobody: { "x-api-key": nobody.text },
      none: {},
      wrong: bearer("assay_0"),
    };
    await action({ served, checker: new OpenApiChecker(document), headers, state });
  };
  await withDoor({ keys: path, tokens }, run, { limits: { query_ms: 2_000, clingo_ms: 2_000, auth_failures_a_minute: 1_000_000 } });
}

/** What is wrong with the answer to a request, or with what it did; null where nothing is. */
export async function guardedFault(
  { served, checker, headers, state }: Guarded,
  { who, made }: SentBy,
  before: string,
): Promise<string | null> {
  const head = served.base.head;
  const fault = await faultOf(served, checker, made, headers[who]);
  if (fault !== null) return fault;
  if (served.base.head === head) return null;
  if (who !== "alice" && who !== "ci") return `${who} made a commit`;
  return (await state()) === before ? null : `${who} changed what is not theirs`;
}

export function sentRequests(checker: OpenApiChecker): fc.Arbitrary<SentBy> {
  return fc.record({ who: fc.constantFrom(...senders), made: requests(checker) });
}

/** Sends requests for so many seconds; see `sendAll`. */
export async function fuzz(seconds: number, seed: number): Promise<number> {
  let sent = 0;
  await withGuarded(async (guarded) => {
    const before = await guarded.state();
    const fault = (one: SentBy): Promise<string | null> => guardedFault(guarded, one, before);
    sent = await sendAll("api_credentials", sentRequests(guarded.checker), fault, seconds, seed);
  });
  return sent;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
  process.stdout.write(`${await fuzz(Number(values.seconds), Number(values.seed))} requests\n`);
}
