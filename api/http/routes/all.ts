import { agentCardRoutes } from "../../mcp/agent_card.ts";
import { eventRoutes } from "../../ws/mount_live.ts";
import type { Context } from "../context.ts";
import type { Route } from "../route.ts";
import { aboutRoutes } from "./about.ts";
import { commitRoutes } from "./commits.ts";
import { deltaRoutes } from "./deltas.ts";
import { explainRoutes } from "./explain.ts";
import { factRoutes } from "./facts.ts";
import { glueRoutes } from "./glue.ts";
import { healthRoutes } from "./health.ts";
import { importRoutes } from "./imports.ts";
import { jobRoutes } from "./jobs.ts";
import { modelJobRoutes } from "./model_jobs.ts";
import { problemRoutes } from "./problems.ts";
import { proofRoutes } from "./proofs.ts";
import { queryRoutes } from "./query.ts";
import { resRoutes } from "./res.ts";
import { settleRoutes } from "./settle.ts";
import { theoryRoutes } from "./theories.ts";
import { traceRoutes } from "./trace.ts";
import { uuidRoutes } from "./uuid.ts";
import { violationRoutes } from "./violations.ts";
import { whatIfRoutes } from "./what_if.ts";

/** Every operation of the service, group by group. */
export function allRoutes(context: Context): Route[] {
  const routes = [
    ...deltaRoutes(context),
    ...importRoutes(context),
    ...jobRoutes(context),
    ...modelJobRoutes(context),
    ...factRoutes(context),
    ...queryRoutes(context),
    ...explainRoutes(context),
    ...violationRoutes(context),
    ...theoryRoutes(context),
    ...commitRoutes(context),
    ...proofRoutes(context),
    ...whatIfRoutes(context),
    ...eventRoutes(context),
    ...uuidRoutes(),
    ...resRoutes(context),
    ...traceRoutes(context),
    ...settleRoutes(context),
    ...glueRoutes(context),
    ...healthRoutes(context),
    ...problemRoutes(),
    ...agentCardRoutes(context),
  ];
  return [...routes, ...aboutRoutes(routes, context.options.version)];
}
