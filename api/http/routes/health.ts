import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import { answerData, answerText } from "../answer.ts";
import type { Context } from "../context.ts";
import { type Route, route } from "../route.ts";

const METRICS_MEDIA = "text/plain; version=0.0.4; charset=utf-8";
const health = z.object({ status: z.literal("ok"), phase: z.enum(["starting", "ready", "closing"]), head: z.int().min(0) });

/** What those who run the service ask: is it up, does it do its work, and how much of it. */
export function healthRoutes(context: Context): Route[] {
  return [
    probe(context, "started", "whether the service has begun", () => context.life.phase !== "starting"),
    probe(context, "alive", "whether the process answers", () => true),
    probe(context, "ready", "whether the service takes requests", () => context.life.phase === "ready" && !context.life.isBroken),
    metricsRoute(context),
  ];
}

function probe(context: Context, name: string, summary: string, isSo: () => boolean): Route {
  return route({
    method: "GET",
    path: `/health/${name}`,
    id: `health${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    tag: "operate",
    summary,
    answers: { 200: { description: "it is", data: health } },
    errors: ["http.closing", "store.broken"],
    isVital: true,
    handle() {
      const { phase } = context.life;
      if (!isSo() && context.life.isBroken) throw new AssayError("store.broken", "a write failed, and the file must be opened anew");
      if (!isSo()) throw new AssayError("http.closing", `the service is ${phase}`);
      return answerData({ status: "ok", phase, head: context.base.head });
    },
  });
}

function metricsRoute(context: Context): Route {
  return route({
    method: "GET",
    path: "/metrics",
    id: "metrics",
    tag: "operate",
    summary: "the service's numbers, as Prometheus reads them",
    answers: { 200: { description: "Prometheus' text format", media: [METRICS_MEDIA] } },
    isVital: true,
    async handle({ principal }) {
      await context.gatekeeper.authorize(principal, { kind: "operate" });
      return answerText(METRICS_MEDIA, await context.metrics.text());
    },
  });
}
