import fc from "fast-check";

/**
 * Random stratified programs in clingo's dialect, as text. Relations stand in layers: negation, aggregates and arithmetic in heads
 * look strictly downwards, positive atoms may stay in their layer. All arguments are small numbers, but for those of `s`
 * (symbols) and `t` (pairs), so that every program has types and exactly one answer set.
 */
const LAYERS = 5;
const variables = ["X", "Y", "Z"] as const;
const small = fc.nat({ max: 4 });
const variable = fc.constantFrom(...variables);
const op = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");

/** How an atom is written: the layer it looks down by (0 stays), and its two arguments. */
interface AtomChoice {
  readonly down: number;
  readonly args: readonly [string, string];
}

const argument = fc.oneof({ weight: 5, arbitrary: variable }, small.map(String), fc.constant("_"));
const invertible = fc.tuple(variable, fc.constantFrom("+1", "-1", "*2", "*(-1)")).map(([name, rest]) => `${name}${rest}`);
const positive: fc.Arbitrary<AtomChoice> = fc.record({
  down: small,
  args: fc.tuple(argument, fc.oneof({ weight: 6, arbitrary: argument }, invertible)),
});
const ground = fc.oneof({ weight: 4, arbitrary: variable }, small.map(String), fc.constantFrom("1..2", "(0;3)"));
const negative: fc.Arbitrary<AtomChoice> = fc.record({
  down: small,
  args: fc.tuple(
    fc.oneof(ground, fc.constant("_")),
    fc.oneof(
      ground,
      variable.map((name) => `${name}+1`),
    ),
  ),
});
const term = fc.oneof(
  { weight: 4, arbitrary: variable },
  small.map(String),
  fc.tuple(variable, fc.constantFrom("+", "-", "*", "&", "?", "^"), variable).map((parts) => parts.join("")),
  fc.tuple(variable, fc.constantFrom("/", "\\", "**"), fc.constantFrom("2", "3")).map((parts) => parts.join("")),
  fc.tuple(fc.constantFrom("-", "~"), variable).map((parts) => parts.join("")),
  fc.tuple(variable, variable).map(([left, right]) => `|${left}-${right}|`),
  fc.constantFrom("(1;2)", "0..2"),
);

const element = fc
  .tuple(
    fc.constantFrom("W", "W,X", "Y,W", "W,V", "W,t(V,a)", "W+1", "3", "-1,V"),
    small,
    fc.constantFrom("", ", W != X", ", not p0(W,_)", ", V < W"),
  )
  .map(([tuple, down, rest]) => ({ tuple, down, rest }));

/** A literal behind the positive atoms: rendered once its layer is known. */
type Literal = (layer: number) => string;

const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.tuple(term, op, term).map(
    ([left, sign, right]) =>
      () =>
        `${left} ${sign} ${right}`,
  ),
  negative.map((atom) => (layer: number) => `not ${atomText(below(layer, atom.down), atom.args)}`),
  negative.map((atom) => (layer: number) => `not not ${atomText(below(layer, atom.down), atom.args)}`),
  fc
    .record({
      not: fc.constantFrom("", "", "", "not ", "not not "),
      name: fc.constantFrom("#count", "#sum", "#sum+", "#min", "#max"),
      elements: fc.array(element, { minLength: 1, maxLength: 2 }),
      left: fc.option(
        fc.tuple(
          small.map((one) => String(one - 1)),
          op,
        ),
        { nil: null },
      ),
      right: fc.tuple(op, fc.oneof(small.map(String), variable)),
    })
    .map(({ not, name, elements, left, right }) => (layer: number) => {
      const inside = elements.map(({ tuple, down, rest }) => `${tuple} : ${atomText(below(layer, down), ["V", "W"])}${rest}`).join("; ");
      return `${not}${left === null ? "" : `${left[0]} ${left[1]} `}${name} { ${inside} } ${right.join(" ")}`;
    }),
  fc.constantFrom("s(a)", "not s(c)", "t(X,(Y,a))", "#true", "t(_,(X,_))", "t(X,P), t(Y,Q), P <= Q").map((text) => () => text),
);

const rule = fc.record({
  layer: fc.integer({ min: 1, max: LAYERS - 1 }),
  head: fc.tuple(term, term),
  atoms: fc.array(positive, { minLength: 1, maxLength: 3 }),
  literals: fc.array(literal, { maxLength: 2 }),
});

/** A whole program: facts for every layer, then rules. */
export const stratifiedProgram: fc.Arbitrary<string> = fc
  .record({
    facts: fc.array(fc.tuple(fc.nat({ max: LAYERS - 1 }), small, small), { maxLength: 14 }),
    rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
  })
  .map(({ facts, rules }) => {
    const every = Array.from({ length: LAYERS }, (_unused, layer) => `p${layer}(${layer},1).`);
    const fixed = ["s(a). s(b).", "t(1,(2,a)). t(2,(2,b)). t(3,(0,b))."];
    const given = facts.map(([layer, left, right]) => `p${layer}(${left},${right}).`);
    return [...every, ...fixed, ...given, ...rules.map(ruleLine)].join("\n");
  });

function ruleLine({
  layer,
  head,
  atoms,
  literals,
}: {
  layer: number;
  head: readonly [string, string];
  atoms: readonly AtomChoice[];
  literals: readonly Literal[];
}): string {
  const simple = head.every((part) => /^[XYZ0-9]$/.test(part)) && atoms.every((atom) => atom.args.every((part) => part.length === 1));
  const positives = atoms.map((atom) => atomText(simple && atom.down === 0 ? layer : below(layer, atom.down), atom.args));
  const rest = literals.map((one) => one(layer));
  const used = new Set([head.join(), ...positives, ...rest].join(",").match(/\b[XYZ]\b/g) ?? []);
  const bound = [...used].map((name) => `p0(${name},_)`);
  return `p${layer}(${head.join(",")}) :- ${[...positives, ...bound, ...rest].join(", ")}.`;
}

function below(layer: number, down: number): number {
  return down % layer;
}

function atomText(layer: number, args: readonly [string, string]): string {
  return `p${layer}(${args.join(",")})`;
}
