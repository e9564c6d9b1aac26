import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import { type ErrorCode, registry } from "../../../schema/errors.ts";
import { answerData } from "../answer.ts";
import { type Route, route } from "../route.ts";
import { text } from "../wire/parameters.ts";

const entry = z
  .object({ code: z.string(), title: z.string(), status: z.int(), exit: z.int(), help: z.string() })
  .meta({ id: "ProblemType" });

/** The registry of errors, where the `type` of every problem document points. */
export function problemRoutes(): Route[] {
  return [
    route({
      method: "GET",
      path: "/problems",
      id: "listProblems",
      tag: "about",
      summary: "every kind of error there is",
      answers: { 200: { description: "the registry", data: z.array(entry) } },
      handle: () => answerData((Object.keys(registry) as ErrorCode[]).map(described)),
    }),
    route({
      method: "GET",
      path: "/problems/{code}",
      id: "getProblem",
      tag: "about",
      summary: "one kind of error",
      params: z.object({ code: text("an error's code", 100) }),
      answers: { 200: { description: "the entry of the registry", data: entry } },
      handle({ params: { code } }) {
        if (!Object.hasOwn(registry, code)) throw new AssayError("http.not_found", `there is no error \`${code}\``);
        return answerData(described(code as ErrorCode));
      },
    }),
  ];
}

function described(code: ErrorCode) {
  const { title, http, exit, help } = registry[code];
  return { code, title, status: http, exit, help };
}
