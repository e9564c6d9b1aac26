import type { Report } from "../../api/report/report.ts";
import type { Verdict, Violation } from "../../schema/verdict.ts";

/** What text may hold that some form takes for more than text. */
export const HOSTILE = "::error file=x::owned%0A<b>&\"'|`code` @everyone [x](http://y)\u001b[31m\r\n]]>\u0000\u202e";

export function violation(n: number, parts: Partial<Violation> = {}): Violation {
  return {
    law: "shop.customer",
    severity: "error",
    message: `order o${n} names customer c9, who does not exist`,
    witness: { id: `o${n}`, customer: "c9" },
    facts: [{ relation: "order", row: [`o${n}`, "c9", BigInt(n)], from: "delta", place: `data/order.csv:${n + 1}` }],
    rule: { file: "shop/shop.dl", line: 12 },
    place: `data/order.csv:${n + 1}`,
    fingerprint: n.toString(16).padStart(32, "0"),
    ...parts,
  };
}

export function verdict(parts: Partial<Verdict> = {}): Verdict {
  return {
    verdict: "refused",
    delta: null,
    commit: null,
    base: 0,
    theories: { shop: `sha256:${"5".repeat(64)}` },
    checked: { laws: 3, facts: 10, delta_facts: 0 },
    laws: [
      { law: "shop.customer", severity: "error", violations: 2, waived: 0, micros: 7 },
      { law: "shop.large", severity: "warn", violations: 1, waived: 0, micros: 7 },
      { law: "shop.held", severity: "error", violations: 0, waived: 0, micros: 7 },
    ],
    violations: [
      violation(1),
      violation(2, { message: HOSTILE, help: "mend it, 100%", place: "data/a file, with: all.csv:7:3" }),
      violation(3, { law: "shop.large", severity: "warn", message: "order o3 is large", place: null, facts: [] }),
    ],
    total: 3,
    cursor: null,
    undecided: null,
    repairs: [],
    engine: "duckdb",
    replayed: false,
    ...parts,
  };
}

export function report(parts: Partial<Report> = {}): Report {
  return {
    verdict: verdict(),
    laws: new Map([
      [
        "shop.customer",
        {
          severity: "error",
          message: "order {id} names customer {customer}",
          doc: "An order has a customer. Who is known.",
          theory: "shop",
        },
      ],
      ["shop.large", { severity: "warn", message: "order {id} is large", doc: "", theory: "shop" }],
    ]),
    subjects: ["data/order.csv", "data/customer.csv"],
    events: [],
    repairsComplete: null,
    exit: 1,
    version: "0.1.0",
    folder: "",
    ...parts,
  };
}

const held = verdict().laws.map((law) => ({ ...law, violations: 0 }));

/** One of each kind of verdict. */
export const reports: Readonly<Record<string, Report>> = {
  refused: report(),
  accepted: report({
    exit: 0,
    verdict: verdict({ verdict: "accepted", laws: held, violations: [], total: 0, delta: `sha256:${"d".repeat(64)}`, commit: 4, base: 3 }),
  }),
  warned: report({
    exit: 0,
    verdict: verdict({
      verdict: "accepted",
      laws: held.map((law) => (law.law === "shop.large" ? { ...law, violations: 2, waived: 1 } : law)),
      violations: [
        violation(3, { law: "shop.large", severity: "warn", message: "order o3 is large" }),
        violation(4, { law: "shop.large", severity: "warn", message: "order o4 is large", waived: true }),
      ],
      total: 2,
    }),
  }),
  undecided: report({
    exit: 2,
    verdict: verdict({
      verdict: "undecided",
      laws: [],
      violations: [],
      total: 0,
      undecided: { code: "limit.rows_derived", relation: "m", bound: 10, unit: "rows", detail: "`m` has more than 10 rows" },
    }),
  }),
  shape: report({
    subjects: [],
    verdict: verdict({
      laws: held,
      total: 30,
      cursor: "after:1",
      violations: [violation(1, { law: "gate.types", code: "gate.type", rule: null, facts: [], place: "order.csv:4" })],
    }),
    events: [{ code: "npm.no_node_modules", title: "nothing is installed", detail: "no `node_modules`", place: "a.json:1:1", help: null }],
    folder: "sub/project",
  }),
  repaired: report({
    repairsComplete: true,
    verdict: verdict({
      repairs: [
        { cost: 2, changes: [{ change: "drop", relation: "order", row: ["o1", "c9", 2n ** 60n] }], holes: [] },
        {
          cost: 4,
          changes: [{ change: "assert", relation: "customer", row: ["c9", null] }],
          holes: [{ change: 0, attribute: "country", type: "symbol", laws: [] }],
        },
      ],
    }),
  }),
};
