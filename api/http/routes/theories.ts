import { z } from "zod";
import { type Theory, theoryOf } from "../../../logic/theory.ts";
import { isProgram, MANIFEST } from "../../../logic/theory_files.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { spanText } from "../../../schema/place.ts";
import type { Verdict } from "../../../schema/verdict.ts";
import { verdictJson } from "../../../schema/verdict_wire.ts";
import type { LoadOptions } from "../../../verify/fact_base.ts";
import { answerData, answerJson, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { JSON_MEDIA } from "../delta_body.ts";
import { baseOf, ifMatch, staleBase } from "../if_match.ts";
import { readJsonBody } from "../json_body.ts";
import { type Route, route } from "../route.ts";
import { sha256Text, text } from "../wire/parameters.ts";
import { column, verdict } from "../wire/schemas.ts";

const summaryForm = z
  .object({
    name: z.string(),
    version: z.string(),
    description: z.string(),
    needs: z.array(z.string()),
    hash: sha256Text,
    laws: z.array(z.string()),
  })
  .meta({ id: "Theory" });

const lawForm = z
  .object({
    law: z.string(),
    severity: z.enum(["error", "warn"]),
    message: z.string(),
    theory: z.string(),
    relation: z.string(),
    doc: z.string(),
    place: z.string(),
  })
  .meta({ id: "Law" });

const relationForm = z
  .object({
    relation: z.string(),
    role: z.enum(["base", "derived"]),
    attributes: z.array(column),
    key: z.array(z.string()).nullable().meta({ description: "what identifies a fact; null where all of it does" }),
    doc: z.string(),
    place: z.string(),
  })
  .meta({ id: "Relation" });

export const theoryInput = z
  .strictObject({
    files: z.record(z.string(), z.string()).meta({ description: "`theory.toml` and the programs, by their paths" }),
    author: z.string().min(1).max(200),
    reason: z.string().max(10_000).optional(),
    ratchet: z.boolean().optional().meta({ description: "waive the violations that stand; needs a reason" }),
    allow_destructive: z.boolean().optional().meta({ description: "let relations lose attributes while facts stand in them" }),
  })
  .meta({ id: "TheoryInput" });

const named = z.object({ name: text("of a theory", 200) });

/** The theories in force, their laws, and putting one in force. */
export function theoryRoutes(context: Context): Route[] {
  return [listRoute(context), getRoute(context), putRoute(context), lawsRoute(context), relationsRoute(context)];
}

function listRoute({ base }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/theories",
    id: "listTheories",
    tag: "laws",
    summary: "the theories in force",
    answers: { 200: { description: "theories, needs first", data: z.array(summaryForm) } },
    handle: () =>
      answerData(
        base.theories.map((theory) => summaryOf(base, theory)),
        { headers: { etag: etagOf(base.head) } },
      ),
  });
}

function summaryOf(base: Context["base"], { name, version, description, needs, hash }: Context["base"]["theories"][number]) {
  const laws = base.program.laws.filter((law) => law.theory === name).map(({ id }) => id);
  return { name, version, description, needs, hash, laws };
}

function getRoute({ base }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/theories/{name}",
    id: "getTheory",
    tag: "laws",
    summary: "a theory in force, with its files",
    params: named,
    answers: { 200: { description: "the theory", data: summaryForm.extend({ files: z.record(z.string(), z.string()) }) } },
    handle({ params }) {
      const theory = base.theories.find(({ name }) => name === params.name);
      if (theory === undefined) throw new AssayError("http.not_found", `no theory \`${params.name}\` is in force`);
      return answerData({ ...summaryOf(base, theory), files: Object.fromEntries(theory.files) }, { headers: { etag: etagOf(base.head) } });
    },
  });
}

/** A theory from a request. Errors: those of `readJsonBody` and `theoryOfFiles`. */
export function theoryFrom(body: Uint8Array, expected: string | null): { theory: Theory; input: z.output<typeof theoryInput> } {
  const input = readJsonBody(body, theoryInput);
  return { theory: theoryOfFiles(input.files, expected), input };
}

/** A theory from the texts of its files. Errors: `http.malformed`, `theory.manifest`, `theory.empty`. */
export function theoryOfFiles(given: Readonly<Record<string, string>>, expected: string | null): Theory {
  const files = new Map(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)));
  const stray = [...files.keys()].find((path) => path !== MANIFEST && !isProgram(path));
  if (stray !== undefined) throw new AssayError("http.malformed", `\`${stray}\` is neither \`${MANIFEST}\` nor a program`);
  const theory = theoryOf(files);
  if (expected !== null && theory.name !== expected) {
    throw new AssayError("http.malformed", `the theory names itself \`${theory.name}\`, the path \`${expected}\``);
  }
  return theory;
}

function putRoute(context: Context): Route {
  return route({
    method: "PUT",
    path: "/v1/theories/{name}",
    id: "putTheory",
    tag: "laws",
    summary: "put a theory in force: a delta of its own, judged over the facts present",
    params: named,
    headers: z.object({ "if-match": ifMatch }),
    body: { media: { [JSON_MEDIA]: theoryInput } },
    answers: { 200: { description: "the verdict", data: verdict } },
    errors: ["theory.rejected", "theory.destructive", "theory.manifest", "http.base_stale", "http.base_required"],
    async handle({ params, headers, body, principal }) {
      await context.gatekeeper.authorize(principal, { kind: "load", theory: params.name });
      const { theory, input } = theoryFrom(body, params.name);
      const { author, reason = "", ratchet = false, allow_destructive: allowDestructive = false } = input;
      if (ratchet && reason.trim() === "") throw new AssayError("http.malformed", "body: `ratchet` waives violations for a `reason`");
      const options = { author, reason, ratchet, allowDestructive };
      const given = await loadOver(context, [theory], options, baseOf(headers["if-match"], context.options));
      return answerJson(verdictJson(given), { cursor: given.cursor, headers: { etag: etagOf(given.commit ?? given.base) } });
    },
  });
}

/** Loads theories over the commit `base`, any where null. Errors: `http.base_stale`, those of `FactBase.loadTheory`. */
async function loadOver(
  { base: factBase }: Context,
  theories: readonly Theory[],
  options: LoadOptions,
  base: number | null,
): Promise<Verdict> {
  if (base === null) return factBase.loadTheory(theories, options);
  try {
    return await factBase.loadTheory(theories, { ...options, base });
  } catch (cause) {
    const isStale = cause instanceof AssayError && (cause.code === "gate.stale_base" || cause.code === "gate.unknown_base");
    throw isStale ? staleBase(base, factBase.head, null) : cause;
  }
}

function lawsRoute({ base }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/laws",
    id: "listLaws",
    tag: "laws",
    summary: "the laws in force",
    answers: { 200: { description: "laws, in the order in which verdicts list them", data: z.array(lawForm) } },
    handle() {
      const laws = base.program.laws.map(({ id, severity, message, theory, relation, doc, span }) => {
        return { law: id, severity, message, theory, relation, doc, place: spanText(span) };
      });
      return answerData(laws, { headers: { etag: etagOf(base.head) } });
    },
  });
}

function relationsRoute({ base }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/relations",
    id: "listRelations",
    tag: "laws",
    summary: "the relations in force, with their attributes: facts are of the base ones, rules derive the others",
    answers: { 200: { description: "relations, by name", data: z.array(relationForm) } },
    handle() {
      const relations = [...base.program.relations.values()].map(({ name, role, attributes, key, doc, span }) => {
        const columns = attributes.map((attribute) => ({ name: attribute.name, type: attribute.type }));
        return { relation: name, role, attributes: columns, key, doc, place: spanText(span) };
      });
      return answerData(
        relations.toSorted((a, b) => (a.relation < b.relation ? -1 : 1)),
        { headers: { etag: etagOf(base.head) } },
      );
    },
  });
}
