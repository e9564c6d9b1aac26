import type { IrLiteral, IrProgram, IrRule } from "../../../logic/language/ir.ts";
import type { Fact } from "../../../schema/fact.ts";
import type { Row } from "../../../schema/value.ts";
import { strataOf } from "../ir_builder.ts";
import type { DeltaCase, Step } from "./delta_case.ts";

/**
 * The smallest case found that `fails` still: deltas are left out first, then rules and relations, then parts of deltas, literals
 * and facts, until nothing more can go or `tries` are used up. `fails` must not throw; a part left out may leave a rule unsafe, which
 * it then has to call passing.
 */
export async function shrinkCase(target: DeltaCase, fails: (smaller: DeltaCase) => Promise<boolean>, tries = 600): Promise<DeltaCase> {
  let best = target;
  let left = tries;
  const attempt = async (smaller: DeltaCase): Promise<boolean> => {
    if (left-- <= 0) return false;
    if (!(await fails(smaller))) return false;
    best = smaller;
    return true;
  };
  for (let size = -1; size !== sizeOf(best) && left > 0; ) {
    size = sizeOf(best);
    for (const { parts, without } of dimensions)
      await leaveOut(
        () => parts(best),
        (indexes) => without(best, indexes),
        attempt,
      );
  }
  return best;
}

/** Tries to leave out halves, quarters and so on down to single parts. */
async function leaveOut(
  count: () => number,
  without: (indexes: ReadonlySet<number>) => DeltaCase,
  attempt: (smaller: DeltaCase) => Promise<boolean>,
): Promise<void> {
  for (let chunk = Math.ceil(count() / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
    for (let at = Math.max(0, count() - chunk); at >= 0; at -= chunk) {
      const indexes = new Set(Array.from({ length: chunk }, (_, offset) => at + offset));
      await attempt(without(indexes));
      if (at > 0 && at < chunk) at = chunk;
    }
  }
}

interface Dimension {
  readonly parts: (target: DeltaCase) => number;
  readonly without: (target: DeltaCase, indexes: ReadonlySet<number>) => DeltaCase;
}

function keepOthers<T>(list: readonly T[], indexes: ReadonlySet<number>): T[] {
  return list.filter((_, at) => !indexes.has(at));
}

const deltas: Dimension = {
  parts: ({ steps }) => steps.length,
  without: (target, indexes) => ({ ...target, steps: keepOthers(target.steps, indexes) }),
};

const rules: Dimension = {
  parts: ({ program }) => program.rules.length,
  without: (target, indexes) => ({ ...target, program: withRules(target.program, keepOthers(target.program.rules, indexes)) }),
};

const laws: Dimension = {
  parts: ({ program }) => program.laws.length,
  without: (target, indexes) => ({ ...target, program: { ...target.program, laws: keepOthers(target.program.laws, indexes) } }),
};

const watches: Dimension = {
  parts: ({ watch }) => watch.length,
  without: (target, indexes) => ({ ...target, watch: keepOthers(target.watch, indexes) }),
};

const changes: Dimension = {
  parts: ({ steps }) => steps.reduce((sum, { assert, retract }) => sum + assert.length + retract.length, 0),
  without: (target, indexes) => {
    let at = 0;
    const rest = (facts: readonly Fact[]): Fact[] => facts.filter(() => !indexes.has(at++));
    const steps = target.steps.map((step): Step => ({ ...step, assert: rest(step.assert), retract: rest(step.retract) }));
    return { ...target, steps };
  },
};

const literals: Dimension = {
  parts: ({ program }) => program.rules.reduce((sum, rule) => sum + literalsOf(rule.body), 0),
  without: (target, indexes) => {
    const counter = { at: 0 };
    const rest = target.program.rules.map((rule) => ({ ...rule, body: withoutLiterals(rule.body, indexes, counter) }));
    return { ...target, program: withRules(target.program, rest) };
  },
};

const facts: Dimension = {
  parts: (target) => Object.values(target.facts).reduce((sum, rows) => sum + rows.length, 0),
  without: (target, indexes) => {
    let at = 0;
    const rest = (rows: readonly Row[]): Row[] => rows.filter(() => !indexes.has(at++));
    return { ...target, facts: Object.fromEntries(Object.entries(target.facts).map(([name, rows]) => [name, rest(rows)])) };
  },
};

const relations: Dimension = {
  parts: ({ program }) => program.relations.size,
  without: (target, indexes) => {
    const { program } = target;
    const used = new Set([...program.laws.map((law) => law.relation), ...target.watch, ...program.rules.flatMap(relationsOf)]);
    const gone = new Set([...program.relations.keys()].filter((name, at) => indexes.has(at) && !used.has(name)));
    const left = new Map([...program.relations].filter(([name]) => !gone.has(name)));
    const stays = ({ relation }: Fact): boolean => !gone.has(relation);
    const steps = target.steps.map((step) => ({ ...step, assert: step.assert.filter(stays), retract: step.retract.filter(stays) }));
    const kept = Object.fromEntries(Object.entries(target.facts).filter(([name]) => !gone.has(name)));
    return { ...target, program: withRules({ ...program, relations: left }, program.rules), facts: kept, steps };
  },
};

const dimensions = [deltas, rules, laws, watches, changes, literals, facts, relations];

function sizeOf(target: DeltaCase): number {
  return dimensions.reduce((sum, { parts }) => sum + parts(target), 0);
}

function literalsOf(body: readonly IrLiteral[]): number {
  return body.reduce(
    (sum, literal) =>
      sum + 1 + (literal.kind === "aggregate" ? literal.elements.reduce((inner, element) => inner + literalsOf(element.body), 0) : 0),
    0,
  );
}

function withoutLiterals(body: readonly IrLiteral[], indexes: ReadonlySet<number>, counter: { at: number }): IrLiteral[] {
  return body.flatMap((literal) => {
    const isGone = indexes.has(counter.at++);
    const rest =
      literal.kind === "aggregate"
        ? {
            ...literal,
            elements: literal.elements.map((element) => ({ ...element, body: withoutLiterals(element.body, indexes, counter) })),
          }
        : literal;
    return isGone ? [] : [rest];
  });
}

/** A program with other rules and its strata as they then are. */
export function withRules(program: IrProgram, some: readonly IrRule[]): IrProgram {
  const derived = [...program.relations.values()].filter(({ role }) => role === "derived").map(({ name }) => name);
  return { ...program, rules: some, strata: strataOf(derived, some) };
}

function relationsOf(rule: IrRule): string[] {
  const inBody = (body: readonly IrLiteral[]): string[] =>
    body.flatMap((literal) => {
      if (literal.kind === "atom") return [literal.relation];
      return literal.kind === "aggregate" ? literal.elements.flatMap((element) => inBody(element.body)) : [];
    });
  return [rule.head.relation, ...inBody(rule.body)];
}
