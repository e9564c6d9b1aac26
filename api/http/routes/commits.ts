import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import { answerData, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { type Route, route } from "../route.ts";
import { count } from "../wire/parameters.ts";
import { logEntry } from "../wire/schemas.ts";

const PAGE = 1_000;

/** The commit log. */
export function commitRoutes(context: Context): Route[] {
  return [listRoute(context), getRoute(context)];
}

const listQuery = z.object({
  from: count("the first commit", 1).optional(),
  limit: count("at most so many", 1, PAGE).optional(),
});

function listRoute(context: Context): Route {
  return route({
    method: "GET",
    path: "/v1/commits",
    id: "listCommits",
    tag: "read",
    summary: "entries of the commit log, in order; the cursor is the `from` of the next page",
    query: listQuery,
    answers: { 200: { description: "a page of entries", data: z.object({ head: z.int(), entries: z.array(logEntry) }) } },
    async handle({ query: { from = 1, limit = 100 }, principal }) {
      await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
      const { head } = context.base;
      const to = Math.min(from + limit - 1, head);
      const entries = from > head ? [] : await context.base.log({ from, to });
      return answerData({ head, entries }, { cursor: to < head ? String(to + 1) : null, headers: { etag: etagOf(head) } });
    },
  });
}

function getRoute(context: Context): Route {
  return route({
    method: "GET",
    path: "/v1/commits/{commit}",
    id: "getCommit",
    tag: "read",
    summary: "one entry of the commit log",
    params: z.object({ commit: count("a commit's number", 1) }),
    answers: { 200: { description: "the entry", data: logEntry } },
    async handle({ params: { commit }, principal }) {
      await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
      const [entry] = commit > context.base.head ? [] : await context.base.log({ from: commit, to: commit });
      if (entry === undefined) throw new AssayError("http.not_found", `there is no commit ${commit}`);
      return answerData(entry, { headers: { etag: etagOf(commit) } });
    },
  });
}
