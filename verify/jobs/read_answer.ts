import { AssayError, type ErrorReport } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { deltaOf } from "../../schema/delta_wire.ts";
import { registry } from "../../schema/errors.ts";
import { type ExactValue, readExactJson } from "../../schema/exact_json.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import { checkShape } from "../checks/shape.ts";
import { checkTypes, type TypedRows } from "../checks/types.ts";
import { ViolationPage } from "../violation_page.ts";
import type { ShapeBounds } from "./answer_shape.ts";

/** What an answer is held to before the gate sees it. */
export interface AnswerRules {
  /** The relations that it may touch. */
  readonly relations: readonly Relation[];
  readonly bounds: ShapeBounds;
  readonly limits: Pick<Limits, "symbol_bytes" | "json_bytes" | "json_depth">;
  readonly proposer: string;
  readonly reason: string;
}

/** So many findings of one answer are kept. */
const FINDINGS = 100;

/**
 * The delta that a model's answer says. Nothing of it is believed: it is read exactly, only adds facts of `relations`, each of the right
 * types and within the bounds, and speaks for `proposer`, whatever it says of itself. Errors: `job.answer` for anything else, with the place
 * in the answer, the first finding told and the others in `also`; `job.empty` for a delta without a fact.
 */
export function readAnswer(text: string, rules: AnswerRules): ProposedDelta {
  const delta = readDelta(text, rules);
  const findings = [...reachFindings(delta, rules), ...shapeFindings(delta, rules)];
  const [first, ...also] = findings;
  if (first !== undefined) throw new AssayError("job.answer", first.detail, { place: first.place, also });
  const assert = new Map([...delta.assert].filter(([, rows]) => rows.length > 0));
  if (assert.size === 0) throw new AssayError("job.empty", "the answer holds no fact");
  return { ...delta, assert, retract: new Map(), base: null, key: null };
}

function readDelta(text: string, { proposer, reason, limits }: AnswerRules): ProposedDelta {
  let value: ExactValue;
  try {
    value = readExactJson(text, { source: "answer", limits });
    if (!(value instanceof Map)) throw new AssayError("job.answer", "the answer is no JSON object");
    return deltaOf(new Map([...value, ["proposer", proposer], ["reason", reason]]), null);
  } catch (cause) {
    if (!(cause instanceof AssayError) || cause.code === "job.answer") throw cause;
    throw new AssayError("job.answer", `the answer is no delta: ${cause.detail}`, { place: cause.place, cause });
  }
}

/** What the answer may not touch, and what is too much. */
function reachFindings({ assert, retract }: ProposedDelta, { relations, bounds }: AnswerRules): ErrorReport[] {
  const names = relations.map(({ name }) => `\`${name}\``).join(", ");
  const foreign = [...assert.keys()].filter((other) => relations.every(({ name }) => name !== other));
  const taken = [...retract].filter(([, rows]) => rows.length > 0);
  const large = [...assert].filter(([, rows]) => rows.length > bounds.rows);
  return [
    ...foreign.map((name) => finding(`the answer writes \`${name}\`; the job may write ${names}`, pointer("assert", name))),
    ...taken.map(([name]) => finding(`the answer retracts \`${name}\`; a job only adds facts`, pointer("retract", name))),
    ...large.map(([name, { length }]) =>
      finding(`the answer has ${length} rows of \`${name}\`, at most ${bounds.rows} are taken`, pointer("assert", name)),
    ),
  ];
}

/** Rows that the gate's checks of shape and types would refuse, and symbols that are too long. */
function shapeFindings(delta: ProposedDelta, { relations, bounds, limits }: AnswerRules): ErrorReport[] {
  const page = new ViolationPage(0, FINDINGS);
  const byName = new Map(relations.map((relation) => [relation.name, relation]));
  const assert = new Map([...delta.assert].filter(([name]) => byName.has(name)));
  const typed = checkTypes(checkShape({ ...delta, assert, retract: new Map() }, byName, page), limits, page);
  return [...page.items.map(({ message, place }) => finding(message, place)), ...typed.flatMap((rows) => lengthFindings(rows, bounds))];
}

function lengthFindings({ relation, rows }: TypedRows, { characters }: ShapeBounds): ErrorReport[] {
  return rows.flatMap(({ row, pointer: place }) =>
    row.flatMap((value, at): ErrorReport[] => {
      if (typeof value !== "string" || value.length <= characters || [...value].length <= characters) return [];
      const { name } = relation.attributes[at] ?? { name: "" };
      return [finding(`\`${name}\` of \`${relation.name}\` has ${[...value].length} characters, at most ${characters} are taken`, place)];
    }),
  );
}

function finding(detail: string, place: Place | null): ErrorReport {
  return { code: "job.answer", title: registry["job.answer"].title, detail, place, help: null };
}

function pointer(side: "assert" | "retract", name: string): Place {
  return `/${side}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
