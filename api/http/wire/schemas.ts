import { z } from "zod";
import { commitNumber, sha256Text } from "./parameters.ts";

const value = z
  .union([z.string(), z.number()])
  .meta({ id: "Value", description: "a symbol, float or integer; integers past 2^53 - 1 are strings" });
const count = z.int().min(0);
const micros = z.int().min(0).meta({ description: "microseconds" });
const named = z.record(z.string(), value);

/** A value on its way in: any JSON scalar is read exactly, and judged by the gate. */
const proposedValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const proposedRow = z.union([z.array(proposedValue), z.record(z.string(), proposedValue)]);
const proposedRows = z.record(z.string(), z.array(proposedRow));

export const deltaInput = z
  .strictObject({
    proposer: z.string(),
    reason: z.string().nullish(),
    base: z.int().min(0).nullish().meta({ description: "the commit that the delta is conditional on" }),
    key: z.string().nullish().meta({ description: "an idempotency key" }),
    assert: proposedRows.nullish(),
    retract: proposedRows.nullish(),
  })
  .meta({ id: "Delta", description: "facts to assert and to retract; `assert` or `retract` is there" });

export const batchInput = z.strictObject({ deltas: z.array(deltaInput).min(1) }).meta({ id: "Batch" });

export const supportingFact = z
  .object({ relation: z.string(), row: z.array(value), from: z.enum(["base", "delta"]), place: z.string().nullable() })
  .meta({ id: "SupportingFact" });

export const violation = z
  .object({
    law: z.string(),
    severity: z.enum(["error", "warn"]),
    code: z.string().optional(),
    message: z.string(),
    help: z.string().optional(),
    witness: named,
    facts: z.array(supportingFact),
    rule: z.object({ file: z.string(), line: count }).nullable(),
    clash: z.array(z.string()).optional(),
    place: z.string().nullable(),
    fingerprint: z.string(),
    waived: z.boolean().optional(),
  })
  .meta({ id: "Violation" });

const undecided = z
  .object({
    code: z.string(),
    relation: z.string().nullable(),
    bound: z.number().nullable(),
    unit: z.string().nullable(),
    detail: z.string(),
  })
  .meta({ id: "Undecided" });

const lawOutcome = z
  .object({ law: z.string(), severity: z.enum(["error", "warn"]), violations: count, waived: count, micros })
  .meta({ id: "LawOutcome" });

const repair = z
  .object({
    cost: z.number(),
    changes: z.array(
      z.object({ change: z.enum(["drop", "keep", "assert", "retract"]), relation: z.string(), row: z.array(value.nullable()) }),
    ),
    holes: z.array(
      z.object({
        change: count,
        attribute: z.string(),
        type: z.enum(["symbol", "number", "unsigned", "float"]),
        laws: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: "Repair" });

const verdictMembers = {
  verdict: z.enum(["accepted", "refused", "undecided"]),
  delta: sha256Text.nullable(),
  commit: commitNumber.nullable(),
  base: commitNumber,
  theories: z.record(z.string(), z.string()),
  checked: z.object({ laws: count, facts: count, delta_facts: count }),
  laws: z.array(lawOutcome),
  violations: z.array(violation),
  total: count,
  cursor: z.string().nullable(),
  undecided: undecided.nullable(),
  repairs: z.array(repair),
  engine: z.string(),
  replayed: z.boolean(),
};

export const verdict = z.object(verdictMembers).meta({ id: "Verdict" });

const nullableRow = z.array(value.nullable()).nullable();
const rule = z.object({ id: z.string(), file: z.string(), line: count });

const proof = z
  .object({
    kind: z.enum(["base", "derived", "absent", "aggregate", "condition", "instance"]),
    relation: z.string().nullable(),
    row: nullableRow,
    rule: rule.nullable(),
    text: z.string().nullable(),
    get premises() {
      return z.array(proof);
    },
    place: z.string().nullish(),
    members: count.optional(),
    cut: z.boolean().optional(),
  })
  .meta({ id: "Proof" });

const whyNot = z
  .object({
    relation: z.string(),
    row: z.array(value.nullable()),
    role: z.enum(["base", "derived"]),
    get attempts() {
      return z.array(attempt);
    },
    cut: z.boolean().optional(),
  })
  .meta({ id: "WhyNot" });

const attempt: z.ZodType = z
  .object({
    rule,
    bindings: named,
    missing: z.array(
      z.object({
        kind: z.enum(["absent", "present", "condition", "head", "unknown"]),
        relation: z.string().nullable(),
        row: nullableRow,
        text: z.string().nullable(),
        get why() {
          return whyNot.nullable();
        },
      }),
    ),
  })
  .meta({ id: "Attempt" });

const clashingLaw = z.object({ law: z.string(), message: z.string(), file: z.string(), line: count }).meta({ id: "ClashingLaw" });

export const explanation = z
  .union([
    z.object({ kind: z.literal("proof"), asOf: commitNumber, proof }),
    z.object({ kind: z.literal("why_not"), asOf: commitNumber, why: whyNot }),
    z.object({ kind: z.literal("violation"), delta: sha256Text, violation, proof: proof.nullable(), clash: z.array(clashingLaw) }),
  ])
  .meta({ id: "Explanation" });

export const submitted = z.object({ ...verdictMembers, explanations: z.array(explanation).optional() }).meta({ id: "Submitted" });

export const errorReport = z
  .object({
    code: z.string(),
    title: z.string(),
    detail: z.string(),
    place: z.string().nullable(),
    help: z.string().nullable(),
    get also() {
      return z.array(errorReport).optional();
    },
  })
  .meta({ id: "ErrorReport" });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    gate: z.enum(["shape", "authorization", "logic"]).optional(),
    ok: z.literal(false),
    error: errorReport,
    events: z.array(errorReport),
    cursor: z.null(),
    data: verdict.nullable(),
  })
  .meta({ id: "Problem", description: "a problem document (RFC 9457) that is an envelope too" });

export const logEntry = z
  .looseObject({
    seq: commitNumber,
    kind: z.enum(["delta", "load"]),
    delta: sha256Text,
    proposer: z.string(),
    reason: z.string(),
    time: z.string(),
    theories: z.record(z.string(), z.string()),
    verdict: sha256Text,
    effects: z.record(z.string(), z.unknown()),
    prev: z.string(),
    hash: z.string(),
  })
  .meta({ id: "LogEntry" });

export const column = z.object({ name: z.string(), type: z.enum(["symbol", "number", "unsigned", "float"]) }).meta({ id: "Column" });

export const table = z
  .object({ as_of: commitNumber, columns: z.array(column), rows: z.array(z.array(value.nullable())), more: z.boolean() })
  .meta({ id: "Table" });

/** The schema of a whole answer around its data. */
export function envelope(data: z.ZodType) {
  return z.object({ ok: z.literal(true), data, error: z.null(), events: z.array(errorReport), cursor: z.string().nullable() });
}
