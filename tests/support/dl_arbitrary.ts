import fc from "fast-check";
import type { Atom, Doc, Formula, Item, NameRef, Program, RelationItem, RuleItem, Term } from "../../logic/language/ast.ts";
import { reservedWords } from "../../logic/language/dl/lex_words.ts";
import { aggregates, functors, infixOperators } from "../../logic/language/dl/operators.ts";
import type { Span } from "../../schema/place.ts";

/** The span of every generated node: round trips compare programs up to spans. */
export const nowhere: Span = { file: "generated.dl", offset: 0, length: 0, line: 1, column: 1 };

const span = nowhere;
/** Names of constants, which no other generated name equals. */
const constants = ["K0", "K1", "K2"];
const identifier = fc
  .oneof(fc.stringMatching(/^[a-zA-Z?][A-Za-z0-9_?]{0,4}$/), fc.stringMatching(/^_[A-Za-z0-9_?]{1,3}$/))
  .filter((name) => !reservedWords.has(name) && !constants.includes(name));
const relation = fc.array(identifier, { minLength: 1, maxLength: 2 }).map((parts) => parts.join("."));
const nameRef = relation.map((name): NameRef => ({ name, span }));
const text = fc
  .oneof(
    fc.string({ maxLength: 6 }),
    fc.string({ maxLength: 6, unit: "binary" }),
    fc.constantFrom(
      'a"b',
      "line\nline",
      "back\\slash",
      "// no comment",
      "/* nor this */",
      "\r\t\v\f\b\u0007\u001b",
      "?-",
      ". ",
      "#define A 1",
    ),
  )
  .filter((value) => value.isWellFormed() && !value.includes("\0"));

const sign = fc.constantFrom("", "-");
const digits = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 65n }).map(String),
  fc.bigInt({ min: 0n, max: 2n ** 65n }).map((value) => `0x${value.toString(16)}`),
  fc.nat().map((value) => `0b${value.toString(2)}`),
  fc.constantFrom("007", "0xFF"),
);
const signed = (minus: string, magnitude: bigint): bigint => (minus === "-" ? -magnitude : magnitude);
const decimal = fc
  .tuple(fc.nat(), fc.nat(), fc.constantFrom("", "e5", "E-3", "e+10"))
  .map(([whole, part, exponent]) => `${whole}.${part}${exponent}`);

const leaf: fc.Arbitrary<Term> = fc.oneof(
  identifier.map((name): Term => ({ kind: "variable", name, span })),
  fc.constant<Term>({ kind: "wildcard", span }),
  fc.tuple(sign, digits).map(([minus, of]): Term => ({ kind: "integer", value: signed(minus, BigInt(of)), text: minus + of, span })),
  fc.tuple(sign, digits).map(([minus, of]): Term => ({ kind: "unsigned", value: signed(minus, BigInt(of)), text: `${minus}${of}u`, span })),
  fc.tuple(sign, decimal).map(([minus, of]): Term => ({ kind: "float", value: Number(minus + of), text: minus + of, span })),
  text.map((value): Term => ({ kind: "string", value, span })),
  fc.constantFrom(...constants).map((name): Term => ({ kind: "constant", name, span })),
  fc.constant<Term>({ kind: "nil", span }),
);

/** Whether `-` before the term would be read into the literal. */
function folds(term: Term): boolean {
  return (term.kind === "integer" || term.kind === "unsigned" || term.kind === "float") && !term.text.startsWith("-");
}

const prefix = (of: Term, op: "-" | "bnot" | "lnot"): Term => ({
  kind: "operation",
  op: op === "-" && folds(of) ? "bnot" : op,
  args: [of],
  span,
});
const infix = fc.constantFrom(...[...infixOperators.values()].map(({ op }) => op));
const functor = fc.constantFrom(...functors.values());

type Nodes = {
  term: Term;
  atom: Atom;
  formula: Formula;
  body: Formula[];
};

const nodes = fc.letrec<Nodes>((tie) => ({
  term: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    fc.tuple(infix, tie("term"), tie("term")).map(([op, left, right]): Term => ({ kind: "operation", op, args: [left, right], span })),
    fc.tuple(tie("term"), fc.constantFrom("-", "bnot", "lnot")).map(([of, op]) => prefix(of, op)),
    fc
      .tuple(functor, fc.array(tie("term"), { minLength: 3, maxLength: 3 }))
      .map(
        ([of, args]): Term => ({ kind: "call", functor: of.functor, args: args.slice(0, Math.min(of.most, Math.max(of.least, 2))), span }),
      ),
    fc.array(tie("term"), { maxLength: 3 }).map((args): Term => ({ kind: "record", args, span })),
    fc.tuple(relation, fc.array(tie("term"), { maxLength: 2 })).map(([name, args]): Term => ({ kind: "branch", name, args, span })),
    fc.tuple(tie("term"), nameRef).map(([of, type]): Term => ({ kind: "cast", of, type, span })),
    fc
      .tuple(fc.constantFrom(...aggregates), tie("term"), tie("body"))
      .map(([op, target, of]): Term => ({ kind: "aggregate", op, target: op === "count" ? null : target, body: of, span })),
  ),
  atom: fc
    .tuple(relation, fc.array(tie("term"), { maxLength: 3 }))
    .map(([name, args]): Atom => ({ kind: "atom", relation: name, args, span })),
  formula: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 3, arbitrary: tie("atom") },
    fc
      .tuple(fc.constantFrom("=", "!=", "<", "<=", ">", ">="), tie("term"), tie("term"))
      .map(([op, left, right]): Formula => ({ kind: "compare", op, left, right, span })),
    fc.boolean().map((value): Formula => ({ kind: "boolean", value, span })),
    fc
      .tuple(fc.constantFrom("match", "contains"), tie("term"), tie("term"))
      .map(([test, left, right]): Formula => ({ kind: "test", test, args: [left, right], span })),
    tie("formula").map((of): Formula => ({ kind: "not", of, span })),
    fc.array(tie("formula"), { minLength: 2, maxLength: 3 }).map((of): Formula => ({ kind: "and", of, span })),
    fc.array(tie("formula"), { minLength: 2, maxLength: 3 }).map((of): Formula => ({ kind: "or", of, span })),
  ),
  body: fc.array(tie("formula"), { minLength: 1, maxLength: 3 }).map(flat),
}));

/** A body of one conjunction is written, and read, as the body of its parts. */
function flat(formulas: Formula[]): Formula[] {
  const [only] = formulas;
  return formulas.length === 1 && only?.kind === "and" ? flat([...only.of]) : formulas;
}

const oneLine = fc.string({ maxLength: 12, unit: "grapheme" }).map((line) => line.replace(/[\n\r]/gu, ""));
const prose = fc.array(
  oneLine.map((line) => line.trimEnd()).filter((line) => !/^\s*@[A-Za-z]/u.test(line)),
  { maxLength: 3 },
);
const mark = fc.tuple(fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/), oneLine).map(([name, rest]) => ({ name, rest: rest.trim(), span }));
const doc: fc.Arbitrary<Doc> = fc
  .record({ text: prose.map((lines) => lines.join("\n").replace(/^\n+|\n+$/gu, "")), marks: fc.array(mark, { maxLength: 2 }) })
  .filter((one) => !one.text.split("\n").some((line) => /^\s*@[A-Za-z]/u.test(line)));

const attribute: fc.Arbitrary<RelationItem["attributes"][number]> = fc.record({ name: identifier, type: nameRef, span: fc.constant(span) });
const structure = fc.constantFrom("brie", "btree", "btree_delete", "eqrel");
const qualifiers = fc
  .tuple(fc.uniqueArray(fc.constantFrom("inline", "no_inline", "magic", "no_magic", "overridable"), { maxLength: 2 }), fc.option(structure))
  .map(([hints, kept]) => (kept === null ? hints : [...hints, kept]));
const choices = fc.array(
  fc.array(
    identifier.map((name) => ({ name, span })),
    { minLength: 1, maxLength: 2 },
  ),
  { maxLength: 2 },
);
const fields = fc.array(attribute, { maxLength: 2 });
const refs = fc.array(nameRef, { minLength: 1, maxLength: 3 });
const plan = fc.option(fc.constantFrom("0: (1, 2)", "0: (2, 1), 1: (1, 2)", "3: ()"));

const rule = fc
  .tuple(fc.array(nodes.atom, { minLength: 1, maxLength: 3 }), fc.oneof(nodes.body, fc.constant<Formula[]>([])), plan, doc)
  .map(([heads, of, order, above]): RuleItem => {
    const isFact = of.length === 0;
    const all = isFact ? heads.slice(0, 1) : heads;
    return { kind: "rule", form: "normal", heads: all, choice: null, body: of, plan: isFact ? null : order, doc: above, span };
  });

const subsumption = fc.tuple(nodes.atom, nodes.atom, nodes.body, plan, doc).map(([lesser, greater, of, order, above]): RuleItem => {
  return { kind: "rule", form: "subsumption", heads: [lesser, greater], choice: null, body: of, plan: order, doc: above, span };
});

const plain: fc.Arbitrary<Item> = fc.oneof(
  { weight: 5, arbitrary: rule },
  subsumption,
  fc.tuple(fc.constantFrom("subtype", "union", "equivalence"), identifier, fc.array(nameRef, { minLength: 2, maxLength: 3 }), doc).map(
    ([form, name, of, above]): Item => ({
      kind: "type",
      name,
      form,
      of: form === "union" ? of : of.slice(0, 1),
      branches: [],
      doc: above,
      span,
    }),
  ),
  fc.tuple(identifier, fields, doc).map(
    ([name, of, above]): Item => ({
      kind: "type",
      name,
      form: "record",
      of: [],
      branches: [{ name: "", fields: of, span }],
      doc: above,
      span,
    }),
  ),
  fc
    .tuple(identifier, fc.array(fc.record({ name: identifier, fields, span: fc.constant(span) }), { minLength: 1, maxLength: 3 }), doc)
    .map(([name, branches, above]): Item => ({ kind: "type", name, form: "algebraic", of: [], branches, doc: above, span })),
  fc
    .record({
      names: fc.array(identifier, { minLength: 1, maxLength: 2 }),
      attributes: fc.array(attribute, { maxLength: 3 }),
      qualifiers,
      choices,
      doc,
    })
    .map((one): Item => ({ ...one, kind: "relation", names: one.names.map((name) => ({ name, span })), span })),
  fc
    .record({
      directive: fc.constantFrom("input", "output", "printsize", "limitsize"),
      relations: refs,
      parameters: fc.array(fc.record({ name: identifier, value: text }), { maxLength: 2 }),
    })
    .map((one): Item => ({ ...one, kind: "directive", span })),
  fc.array(text, { minLength: 1, maxLength: 2 }).map((words): Item => ({ kind: "pragma", words, span })),
  text.filter((file) => file !== "").map((file): Item => ({ kind: "include", file, once: false, span })),
  fc.constant<Item>({ kind: "include", file: "", once: true, span }),
);

const componentRef = fc.record({ name: identifier, args: fc.array(identifier, { maxLength: 2 }), span: fc.constant(span) });
const init = fc.tuple(identifier, componentRef).map(([name, of]): Item => ({ kind: "init", name, of, span }));
const override = identifier.map((name): Item => ({ kind: "override", relation: { name, span }, span }));
const component = (items: fc.Arbitrary<Item[]>): fc.Arbitrary<Item> =>
  fc
    .tuple(identifier, fc.array(identifier, { maxLength: 2 }), fc.array(componentRef, { maxLength: 2 }), items)
    .map(([name, parameters, bases, inner]): Item => ({ kind: "component", name, parameters, bases, items: inner, span }));
const inner = fc.oneof(plain, init, override).filter((one) => one.kind !== "include");
const item: fc.Arbitrary<Item> = fc.oneof(
  { weight: 8, arbitrary: plain },
  init,
  override,
  component(fc.array(fc.oneof({ weight: 4, arbitrary: inner }, component(fc.array(inner, { maxLength: 2 }))), { maxLength: 3 })),
);

/** The constants' definitions, each of what was defined before it. */
const definitions: Item[] = [
  { kind: "const", name: "K0", value: { kind: "integer", value: -7n, text: "-7", span }, span },
  { kind: "const", name: "K1", value: { kind: "string", value: 'a "b" //', span }, span },
  {
    kind: "const",
    name: "K2",
    value: {
      kind: "operation",
      op: "^",
      args: [
        { kind: "constant", name: "K0", span },
        { kind: "unsigned", value: 3n, text: "0x3u", span },
      ],
      span,
    },
    span,
  },
];

/** Programs with every node that a `.dl` program can hold. */
export const dlProgram: fc.Arbitrary<Program> = fc
  .array(item, { maxLength: 5 })
  .map((items): Program => ({ dialect: "dl", file: nowhere.file, items: [...definitions, ...items] }));
