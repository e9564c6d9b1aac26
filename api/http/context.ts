import type { Clock } from "../../schema/clock.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { FactBaseOptions } from "../../verify/fact_base_options.ts";
import type { SigningKey } from "../../verify/signing/keys.ts";
import type { JobDesk } from "../jobs/begin_job.ts";
import type { ModelShelf } from "../jobs/model_shelf.ts";
import type { LiveHub } from "../ws/live_hub.ts";
import type { Sentry } from "../ws/sentry.ts";
import type { JobMetrics } from "./job_metrics.ts";
import type { Jobs } from "./jobs.ts";
import type { ServiceMetrics } from "./metrics.ts";
import type { Gatekeeper } from "./principal.ts";
import type { Submissions } from "./submissions.ts";
import type { TlsFiles } from "./tls.ts";
import type { Turnstile } from "./turnstile.ts";
import type { Unanswered } from "./unanswered.ts";

export interface ServiceOptions {
  readonly clock: Clock;
  /** How the fact base was opened; what-if opens copies of it likewise. */
  readonly base: FactBaseOptions;
  /** The version that the OpenAPI document names. */
  readonly version: string;
  readonly host?: string;
  /** 0 for one that is free. */
  readonly port?: number;
  /** Writes must say which commit they were made for. */
  readonly requiresBase?: boolean;
  readonly gatekeeper?: Gatekeeper;
  /** Serves HTTPS; HTTP where absent. */
  readonly tls?: TlsFiles;
  readonly logLevel?: "silent" | "error" | "warn" | "info" | "debug";
  /** Where log lines go; stderr where absent. */
  readonly logTo?: { write(line: string): void };
  /** Where others reach the service, for what it says of itself; the address that it listens on where absent. */
  readonly publicUrl?: string;
  /** Origins of pages elsewhere that may ask the service from a browser; none where absent. */
  readonly corsOrigins?: readonly string[];
  /** Signs the tree heads of proofs and the agent card; they are unsigned where it is absent. */
  readonly signingKey?: SigningKey;
  /** The models that jobs may ask, by name; the caller closes them. None where absent. */
  readonly models?: ModelShelf;
  /** An OTLP/HTTP endpoint for traces: `http://localhost:4318/v1/traces`. */
  readonly traceTo?: string;
}

/** What the operations of the service share. */
export interface Context {
  readonly base: FactBase;
  readonly clock: Clock;
  readonly options: ServiceOptions;
  readonly gatekeeper: Gatekeeper;
  readonly metrics: ServiceMetrics;
  readonly submissions: Submissions;
  /** Passed by whatever reads the fact base at length. */
  readonly queries: Turnstile;
  readonly jobs: Jobs;
  /** Where the jobs of models and kernels are done. */
  readonly desk: JobDesk;
  readonly jobMetrics: JobMetrics;
  readonly live: LiveHub;
  /** Null where everyone may do everything. */
  readonly sentry: Sentry | null;
  readonly unanswered: Unanswered;
  /** Where the service is in its life. */
  readonly life: {
    phase: "starting" | "ready" | "closing";
    /** A failed write stopped the database: reads and probes go on until someone opens the file anew. */
    isBroken: boolean;
  };
}
