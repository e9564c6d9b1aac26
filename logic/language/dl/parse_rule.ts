import type { Atom, Doc, Formula, RuleItem } from "../ast.ts";
import type { Cursor } from "./parse_cursor.ts";
import { parsePlan } from "./parse_directive.ts";
import { parseAtom, parseBody } from "./parse_formula.ts";

/** A fact `a(1).` or a rule `a(x), b(x) :- body.` with the plan behind it, or a subsumption `a(x) <= a(y) :- body.` */
export function parseRule(cursor: Cursor, doc: Doc): RuleItem {
  const start = cursor.peek().offset;
  const heads: Atom[] = [];
  do heads.push(parseAtom(cursor));
  while (cursor.accept(","));
  const isSubsumption = heads.length === 1 && cursor.accept("<=");
  if (isSubsumption) heads.push(parseAtom(cursor));
  let body: Formula[] = [];
  if (cursor.accept(":-")) {
    body = parseBody(cursor);
    cursor.expect(".", "`,`, `;` or the `.` that ends the rule");
  } else if (isSubsumption) cursor.failExpected("`:-`", "a subsumption needs a body");
  else if (heads.length > 1) cursor.failExpected("`,` or `:-`", "several heads need a body; facts are written one by one");
  else cursor.expect(".", "`,`, `:-` or the `.` that ends the fact");
  const span = cursor.spanFrom(start);
  const plan = body.length > 0 && cursor.at(".plan") ? parsePlan(cursor) : null;
  return { kind: "rule", form: isSubsumption ? "subsumption" : "normal", heads, choice: null, body, plan, doc, span };
}
