import fc from "fast-check";
import type { Atom, Choice, Comparison, Doc, Formula, Guard, Item, Program, RuleItem, Term } from "../../logic/language/ast.ts";
import type { Span } from "../../schema/place.ts";

/** All spans of generated programs: round trips compare programs up to spans. */
export const nowhere: Span = { file: "generated.lp", offset: 0, length: 0, line: 1, column: 1 };

const span = fc.constant(nowhere);
const identifier = fc.stringMatching(/^_{0,2}[a-z][A-Za-z0-9_']{0,4}$/).filter((name) => name !== "not");
const variableName = fc.stringMatching(/^_{0,2}[A-Z][A-Za-z0-9_']{0,4}$/);
const text = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ maxLength: 6, unit: "binary" }),
  fc.constantFrom('a"b', "line\nline", "back\\slash", "% no comment"),
);
const stringValue = text.filter((value) => value.isWellFormed() && !/[\0\r]/.test(value));

const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map((value) => ({ value, text: String(value) })),
  fc.constantFrom({ value: 31n, text: "0x1f" }, { value: -5n, text: "-0b101" }, { value: 8n, text: "0o10" }),
);

const leaf: fc.Arbitrary<Term> = fc.oneof(
  fc.record({ kind: fc.constant("variable" as const), name: variableName, span }),
  fc.record({ kind: fc.constant("wildcard" as const), span }),
  integer.map((one) => ({ kind: "integer" as const, ...one, span: nowhere })),
  fc.record({ kind: fc.constant("string" as const), value: stringValue, span }),
  fc.record({ kind: fc.constant("constant" as const), name: fc.oneof(identifier, fc.constantFrom("#inf", "#sup")), span }),
);

const binary = fc.constantFrom("+", "-", "*", "/", "%", "^", "band", "bor", "bxor");

export const { term } = fc.letrec<{ term: Term; args: Term[] }>((tie) => ({
  args: fc.oneof(
    { weight: 4, arbitrary: fc.array(tie("term"), { maxLength: 3 }) },
    fc
      .array(fc.array(tie("term"), { maxLength: 2 }), { minLength: 2, maxLength: 3 })
      .map((lists): Term[] => [{ kind: "pool", of: lists.map(memberOf), span: nowhere }]),
  ),
  term: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc
      .tuple(identifier, tie("args"))
      .filter(([, args]) => args.length > 0)
      .map(([name, args]): Term => ({ kind: "function", name, args, span: nowhere })),
    fc.array(tie("term"), { maxLength: 3 }).map((args): Term => ({ kind: "function", name: "", args, span: nowhere })),
    fc
      .tuple(binary, tie("term"), tie("term"))
      .map(([op, left, right]): Term => ({ kind: "operation", op, args: [left, right], span: nowhere })),
    fc
      .tuple(fc.constantFrom("-", "bnot", "abs"), tie("term"))
      .map(([op, of]): Term => ({ kind: "operation", op, args: [of], span: nowhere })),
    fc.tuple(tie("term"), tie("term")).map(([from, to]): Term => ({ kind: "interval", from, to, span: nowhere })),
    fc.array(tie("term"), { minLength: 2, maxLength: 3 }).map((of): Term => ({ kind: "pool", of, span: nowhere })),
  ),
}));

/** A list of arguments as a pool's member: one stands for itself, another number of them is the pool's own kind of list. */
function memberOf(args: Term[]): Term {
  const [only] = args;
  return args.length === 1 && only !== undefined ? only : { kind: "function", name: ";", args, span: nowhere };
}

/** An atom's arguments; a function term's way of writing them is the same. */
const atom: fc.Arbitrary<Atom> = fc
  .tuple(
    identifier,
    fc.oneof(
      fc.array(term, { maxLength: 3 }),
      fc
        .array(fc.array(term, { maxLength: 2 }), { minLength: 2, maxLength: 3 })
        .map((lists): Term[] => [{ kind: "pool", of: lists.map(memberOf), span: nowhere }]),
    ),
  )
  .map(([relation, args]) => ({ kind: "atom", relation, args, span: nowhere }));

const comparisonOp = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
const comparison: fc.Arbitrary<Comparison> = fc.record({
  kind: fc.constant("compare" as const),
  op: comparisonOp,
  left: term,
  right: term,
  span,
});
const boolean: fc.Arbitrary<Formula> = fc.record({ kind: fc.constant("boolean" as const), value: fc.boolean(), span });

function maybeNegated(of: fc.Arbitrary<Formula>): fc.Arbitrary<Formula> {
  const negated = (formula: Formula): Formula => ({ kind: "not", of: formula, span: nowhere });
  return fc
    .tuple(of, fc.nat({ max: 2 }))
    .map(([formula, times]) => (times === 0 ? formula : times === 1 ? negated(formula) : negated(negated(formula))));
}

const literal = maybeNegated(fc.oneof(atom, comparison, boolean));
const condition = fc.array(literal, { maxLength: 2 });
const guard: fc.Arbitrary<Guard | null> = fc.option(fc.record({ op: comparisonOp, term }), { nil: null });
const aggregate: fc.Arbitrary<Formula> = fc.record({
  kind: fc.constant("aggregate_literal" as const),
  op: fc.constantFrom("count", "sum", "sum+", "min", "max"),
  elements: fc.array(fc.record({ terms: fc.array(term, { maxLength: 2 }), condition, span }), { maxLength: 2 }),
  left: guard,
  right: guard,
  span,
});
const conditional: fc.Arbitrary<Formula> = fc.record({ kind: fc.constant("conditional" as const), literal, condition, span });
const body = fc.array(fc.oneof({ weight: 3, arbitrary: literal }, maybeNegated(aggregate), conditional), { maxLength: 3 });

const docLine = fc.stringMatching(/^[a-z][a-z .,@]{0,8}[a-z]$/);
const doc: fc.Arbitrary<Doc> = fc.record({
  text: fc.array(docLine, { maxLength: 2 }).map((lines) => lines.join("\n")),
  marks: fc.array(
    fc.record({ name: fc.constantFrom("law", "default", "key"), rest: fc.constantFrom("", 'a.b error "x"', "(a, b)"), span }),
    {
      maxLength: 2,
    },
  ),
});

const choice: fc.Arbitrary<Choice> = fc.record({
  elements: fc.array(fc.record({ atom, condition }), { maxLength: 2 }),
  left: guard,
  right: guard,
});

function rule(form: RuleItem["form"], heads: fc.Arbitrary<Atom[]>, chosen: fc.Arbitrary<Choice | null>): fc.Arbitrary<RuleItem> {
  return fc.record({
    kind: fc.constant("rule" as const),
    form: fc.constant(form),
    heads,
    choice: chosen,
    body,
    plan: fc.constant(null),
    doc,
    span,
  });
}

const none = fc.constant(null);
const weighted = fc.record({ weight: term, priority: fc.option(term, { nil: null }), terms: fc.array(term, { maxLength: 2 }), condition });
const show = { kind: fc.constant("show" as const), span };
const primitive = fc.constantFrom("number", "symbol", "unsigned", "float");
const attribute = fc.record({ name: fc.stringMatching(/^[a-z]{1,4}$/), type: primitive.map((name) => ({ name, span: nowhere })), span });

const item: fc.Arbitrary<Item> = fc.oneof(
  rule("normal", fc.tuple(atom), none),
  rule("constraint", fc.constant([]), none),
  rule("disjunction", fc.array(atom, { minLength: 2, maxLength: 3 }), none),
  rule("choice", fc.constant([]), choice),
  fc.record({ kind: fc.constant("const" as const), name: identifier, value: term, span }),
  fc.record({ ...show, predicate: fc.record({ name: identifier, arity: fc.nat({ max: 9 }) }), term: none, body: fc.constant([]) }),
  fc.record({ ...show, predicate: none, term, body }),
  fc.record({ ...show, predicate: none, term: none, body: fc.constant([]) }),
  fc.record({ kind: fc.constant("include" as const), file: stringValue, once: fc.constant(true), span }),
  fc.record({ kind: fc.constant("external" as const), atom, body, span }),
  fc.record({
    kind: fc.constant("optimize" as const),
    form: fc.constantFrom("minimize", "maximize"),
    elements: fc.array(weighted, { maxLength: 2 }),
    span,
  }),
  fc
    .tuple(weighted, body)
    .map(([element, all]): Item => ({ kind: "optimize", form: "weak", elements: [{ ...element, condition: all }], span: nowhere })),
  fc.record({
    kind: fc.constant("relation" as const),
    names: identifier.map((name) => [{ name, span: nowhere }]),
    attributes: fc.array(attribute, { maxLength: 3 }),
    qualifiers: fc.constant([]),
    choices: fc.constant([]),
    doc,
    span,
  }),
);

/** Programs with every node that clingo's dialect has, in the form the parser gives them. */
export const lpProgram: fc.Arbitrary<Program> = fc
  .array(item, { maxLength: 4 })
  .map((items) => ({ dialect: "lp", file: nowhere.file, items }));

/** The program with all spans replaced, for comparing. */
export function withoutSpans<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutSpans) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, key === "span" ? nowhere : withoutSpans(part)])) as T;
}
