import fc from "fast-check";
import type { OpenApiChecker, Schema } from "./openapi_checker.ts";

const DEPTH_MOST = 4;

const MANIFEST = '[theory]\nname = "extra"\nversion = "1.0.0"\ndescription = "made"\nneeds = []\n';
const PROGRAM = '.decl item(n:number)\n.input item\n/// @law extra.few warn "{n}"\n.decl few(n:number)\nfew(n) :- item(n), n < 0.\n';

/** Texts that mean something to the service under test, beside those that mean nothing. */
const WORDS = [
  "customer",
  "order",
  "open",
  "large",
  "shop",
  "shop.customer",
  "c1",
  "commits",
  "?- order(i, c, a).",
  'customer("c1", 1)',
  "SELECT * FROM customer",
  "theory.toml",
  "strict",
  "\u0000",
  "\ud83d",
  "é",
  "../..",
  MANIFEST,
  PROGRAM,
  "extra",
  "name,credit\nx,1\n",
  "%00",
  "",
];

const row = fc.constantFrom(["c1", 5], ["c2", -1], { name: "c3", credit: 2 }, [1, "c1", 2.5], [2, "none", 1], [3, "c1", 5_000], []);
const rows = fc.record(
  {
    customer: fc.array(row, { maxLength: 3 }),
    order: fc.array(row, { maxLength: 3 }),
    open: fc.constant([[]]),
    grant: fc.constant([["key:alice", "*", "*"]]),
  },
  { requiredKeys: [] },
);

/** Named parts of the document that only mean something together, for the theory of the shop. */
const plausibleComponents: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Delta: fc.record(
    {
      proposer: fc.constantFrom("p", "alice", "ci"),
      assert: rows,
      retract: rows,
      base: fc.integer({ min: 0, max: 9 }),
      key: fc.constantFrom("k1", "k2"),
    },
    { requiredKeys: ["proposer", "assert"] },
  ),
  TheoryInput: fc.record(
    {
      author: fc.constant("a"),
      files: fc.constantFrom(2, 3).map((least) => ({ "theory.toml": MANIFEST, "extra.dl": PROGRAM.replace("< 0", `< ${least}`) })),
      reason: fc.constant("r"),
      ratchet: fc.boolean(),
    },
    { requiredKeys: ["author", "files"] },
  ),
  Query: fc.oneof(
    fc.record(
      {
        datalog: fc.constantFrom("?- order(i, c, a).", "?- large(i).", "?- order(x)."),
        as_of: fc.integer({ min: 0, max: 5 }),
        limit: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: ["datalog"] },
    ),
    fc.record(
      {
        sql: fc.constantFrom(
          "SELECT * FROM customer",
          "SELECT 1.5 AS x, NULL AS y, [1, 2] AS z",
          "SELECT * FROM large",
          "SELECT 170141183460469231731687303715884105727 AS n",
        ),
        limit: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: ["sql"] },
    ),
  ),
  TraceQuestion: fc.record(
    {
      steps: fc.constant(["a", "b", "c"]),
      independent: fc.constantFrom([["a", "b"]], [["a", "a"]], []),
      words: fc.array(fc.constantFrom("a b c", "(a b)", "e", "", "(a", "x"), { maxLength: 3 }),
      count: fc.integer({ min: 0, max: 5 }),
    },
    { requiredKeys: ["steps", "words"] },
  ),
};

/** Values of parameters that mean something, by their names. */
export const plausibleParameters: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  relation: fc.constantFrom("customer", "order", "open", "large", "none"),
  topic: fc.constantFrom("commits", "violations", "relation"),
  as_of: fc.integer({ min: 0, max: 6 }),
  limit: fc.integer({ min: 1, max: 5 }),
  from: fc.integer({ min: 1, max: 6 }),
  first: fc.integer({ min: 1, max: 3 }),
  second: fc.integer({ min: 3, max: 5 }),
  commit: fc.integer({ min: 1, max: 6 }),
  repairs: fc.constantFrom(0, 1),
  explain: fc.constantFrom(1, 5),
  target: fc.constantFrom('customer("c1", 1)', "large(7)", 'orphan(9, "nobody")'),
  code: fc.constantFrom("http.busy", "nothing"),
  name: fc.constantFrom("shop", "extra"),
  job: fc.constantFrom("job-1", "job-2"),
  proposer: fc.constantFrom("p", "alice", "ci"),
  "if-match": fc.constantFrom('"4"', '"1"', "*"),
  "idempotency-key": fc.constantFrom("k1", "k2", "k3"),
  prefer: fc.constantFrom("strict", "respond-async"),
  "last-event-id": fc.constantFrom("1", "4"),
};

/** Values that a JSON schema admits, as far as it says, and now and then others. `unsound` is how often of a hundred. */
export function fromSchema(checker: OpenApiChecker, schema: Schema, unsound: number, depth = 0): fc.Arbitrary<unknown> {
  const component = /(\w+)$/.exec(String(schema["$ref"] ?? ""))?.[1] ?? "";
  const generic = soundValue(checker, checker.resolved(schema), unsound, depth);
  const plausible = plausibleComponents[component];
  if (unsound === 0) return plausible ?? generic;
  const sound = plausible === undefined ? generic : fc.oneof(generic, plausible);
  return fc.oneof(
    { weight: 100 - unsound, arbitrary: sound },
    { weight: unsound, arbitrary: fc.oneof(fc.jsonValue(), fc.constantFrom(...WORDS)) },
  );
}

function soundValue(checker: OpenApiChecker, schema: Schema, unsound: number, depth: number): fc.Arbitrary<unknown> {
  const of = (inner: unknown): fc.Arbitrary<unknown> => fromSchema(checker, inner as Schema, unsound, depth + 1);
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as unknown[]));
  if ("const" in schema) return fc.constant(schema["const"]);
  const either = (schema["anyOf"] ?? schema["oneOf"]) as Schema[] | undefined;
  if (either !== undefined) return fc.oneof(...either.map(of));
  switch (schema["type"]) {
    case "string":
      return text(schema);
    case "integer":
    case "number":
      return number(schema);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      if (Array.isArray(schema["prefixItems"])) return fc.tuple(...(schema["prefixItems"] as Schema[]).map(of));
      return depth > DEPTH_MOST
        ? fc.constant([])
        : fc.array(of(schema["items"] ?? {}), { minLength: Number(schema["minItems"] ?? 0), maxLength: 4 });
    case "object":
      return object(schema, of, depth);
    default:
      return fc.jsonValue();
  }
}

function text(schema: Schema): fc.Arbitrary<string> {
  const pattern = schema["pattern"];
  if (typeof pattern === "string") return fc.stringMatching(new RegExp(pattern));
  const maxLength = Math.min(Number(schema["maxLength"] ?? 20), 20);
  return fc.oneof(fc.constantFrom(...WORDS), fc.string({ minLength: Number(schema["minLength"] ?? 0), maxLength, unit: "grapheme" }));
}

function number(schema: Schema): fc.Arbitrary<number> {
  const min = Number(schema["minimum"] ?? -1_000);
  const max = Math.min(Number(schema["maximum"] ?? 1_000), Number.MAX_SAFE_INTEGER);
  const small = fc.integer({ min: Math.max(min, -100), max: Math.min(max, 100) });
  return schema["type"] === "integer"
    ? fc.oneof(
        small,
        fc.maxSafeInteger().filter((value) => value >= min && value <= max),
      )
    : fc.oneof(small, fc.double({ noNaN: true, noDefaultInfinity: true }));
}

function object(schema: Schema, of: (inner: unknown) => fc.Arbitrary<unknown>, depth: number): fc.Arbitrary<unknown> {
  const properties = (schema["properties"] ?? {}) as Record<string, Schema>;
  const required = (schema["required"] ?? []) as string[];
  const own = fc.record(Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, of(inner)])), {
    requiredKeys: required,
  });
  const others = schema["additionalProperties"];
  if (typeof others !== "object" || others === null || depth > DEPTH_MOST) return own;
  const names = fc.oneof(fc.constantFrom("customer", "order", "open", "theory.toml", "x.dl"), fc.string({ maxLength: 8 }));
  return fc.tuple(own, fc.dictionary(names, of(others), { maxKeys: 3 })).map(([one, two]) => ({ ...two, ...one }));
}
