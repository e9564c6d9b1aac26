import type { Atom, Doc, Formula, RuleItem } from "../ast.ts";
import type { Cursor } from "./parse_cursor.ts";
import { parsePlan } from "./parse_directive.ts";
import { parseAtom, parseBody } from "./parse_formula.ts";
import { reportUnsupported } from "./parse_unsupported.ts";

/** A fact `a(1).` or a rule `a(x), b(x) :- body.` with the plan behind it; null for a subsumption rule, which is read past. */
export function parseRule(cursor: Cursor, doc: Doc): RuleItem | null {
  const start = cursor.peek().offset;
  const heads: Atom[] = [];
  do heads.push(parseAtom(cursor));
  while (cursor.accept(","));
  const isSubsumption = heads.length === 1 && cursor.accept("<=");
  if (isSubsumption) parseAtom(cursor);
  let body: Formula[] = [];
  if (cursor.accept(":-")) {
    body = parseBody(cursor);
    cursor.expect(".", "`,`, `;` or the `.` that ends the rule");
  } else if (heads.length > 1) cursor.failExpected("`,` or `:-`", "several heads need a body; facts are written one by one");
  else cursor.expect(".", "`,`, `:-` or the `.` that ends the fact");
  const span = cursor.spanFrom(start);
  const plan = body.length > 0 && cursor.at(".plan") ? parsePlan(cursor) : null;
  if (isSubsumption) {
    reportUnsupported(cursor, start, "subsumption (`a(…) <= a(…) :- …`) is");
    return null;
  }
  return { kind: "rule", form: "normal", heads, choice: null, body, plan, doc, span };
}
