import { type Span, spanText } from "../../../schema/place.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import type { ValueType } from "../../../schema/value.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { DlScope } from "./dl_scope.ts";
import type { FlatAggregate, FlatAtom, FlatField, FlatLiteral, FlatRule, FlatTerm } from "./flat.ts";
import { writtenName } from "./lower_aggregates.ts";
import { type NamedType, type StructuredType, structureOf } from "./named_type.ts";
import { operatorSignature } from "./operator_signature.ts";
import {
  ALL_TYPES,
  ANYTHING,
  FLOAT,
  maskOfNamed,
  NUMBER,
  NUMERIC,
  STRUCTURE,
  SYMBOL,
  type TypeMask,
  typeNames,
  typeOfMask,
  UNSIGNED,
} from "./type_mask.ts";

/** Terms that must have one primitive type: what they may still be, and the place that narrowed it. `structure` is null until it is known. */
interface TypeClass {
  mask: TypeMask;
  structure: StructuredType | null;
  narrowedAt: Span | null;
  broken: boolean;
}

/** A record's or a branch's fields in use: the classes of the structure and of its fields, null where one is not used. */
interface StructureUse {
  readonly structure: number;
  readonly branch: string | null;
  readonly fields: readonly (number | null)[];
  readonly at: FlatTerm;
}

/**
 * The primitive types of one rule's variables and terms, by unification: atoms' arguments have their attributes' types, the sides of a comparison one
 * type, operators the types of one of their overloads. An integer literal fits any numeric type and is a `number` where
 * nothing else asks. Conflicts go to the sink as `check.type_conflict`.
 */
export class TypeInference {
  readonly #scope: DlScope;
  readonly #sink: DiagnosticSink;
  readonly #parents: number[] = [];
  readonly #classes: TypeClass[] = [];
  readonly #variables = new Map<string, number>();
  readonly #terms = new Map<FlatTerm, number>();
  readonly #uses: StructureUse[] = [];

  constructor(rule: FlatRule, scope: DlScope, sink: DiagnosticSink) {
    this.#scope = scope;
    this.#sink = sink;
    this.#level(rule.body);
    this.#atom(rule.head);
    this.#settleStructures();
  }

  /** Whether a term of the rule is a record or a value of an algebraic data type. */
  isStructure(term: FlatTerm): boolean {
    const index = term.kind === "variable" ? this.#variables.get(term.name) : this.#terms.get(term);
    return index !== undefined && this.#class(index).mask === STRUCTURE;
  }

  /** The type of a term of the rule. */
  typeOf(term: FlatTerm): ValueType {
    const index = term.kind === "variable" ? this.#variables.get(term.name) : this.#terms.get(term);
    return index === undefined ? "number" : typeOfMask(this.#class(index).mask);
  }

  #level(literals: readonly FlatLiteral[]): void {
    for (const literal of literals) this.#literal(literal);
  }

  #literal(literal: FlatLiteral): void {
    switch (literal.kind) {
      case "atom":
        this.#atom(literal);
        return;
      case "compare": {
        const left = this.#term(literal.left);
        this.#unify(left, this.#term(literal.right), literal.right);
        if (literal.op !== "=" && literal.op !== "!=") this.#narrow(left, ALL_TYPES, literal.left);
        return;
      }
      case "test":
        this.#narrow(this.#term(literal.left), SYMBOL, literal.left);
        this.#narrow(this.#term(literal.right), SYMBOL, literal.right);
        return;
      case "range": {
        const result = this.#term(literal.result);
        this.#narrow(result, NUMERIC, literal.result);
        for (const part of [literal.from, literal.to, literal.step]) if (part !== null) this.#unify(result, this.#term(part), part);
        return;
      }
      case "aggregate":
        this.#aggregate(literal);
        return;
      default:
        unreachable(literal);
    }
  }

  #atom(atom: FlatAtom): void {
    const declared = this.#scope.relations.get(atom.relation);
    for (const [index, arg] of atom.args.entries()) {
      if (arg === null) continue;
      const term = this.#term(arg);
      const type = declared?.types.length === atom.args.length ? declared.types[index] : undefined;
      if (type !== undefined && type !== null) this.#narrowTo(term, type, arg);
    }
  }

  #aggregate(aggregate: FlatAggregate): void {
    this.#level(aggregate.body);
    const result = this.#term(aggregate.result);
    if (aggregate.target === null || aggregate.op === "count") {
      this.#narrow(result, NUMBER, aggregate.result);
      return;
    }
    const target = this.#term(aggregate.target);
    this.#narrow(target, NUMERIC, aggregate.target);
    if (aggregate.op === "mean") this.#narrow(result, FLOAT, aggregate.result);
    else this.#unify(result, target, aggregate.result);
  }

  #term(term: FlatTerm): number {
    switch (term.kind) {
      case "variable": {
        const known = this.#variables.get(term.name);
        if (known !== undefined) return known;
        const index = this.#open(ANYTHING, null);
        this.#variables.set(term.name, index);
        return index;
      }
      case "integer":
        return this.#leaf(term, NUMERIC);
      case "unsigned":
        return this.#leaf(term, UNSIGNED);
      case "float":
        return this.#leaf(term, FLOAT);
      case "string":
        return this.#leaf(term, SYMBOL);
      case "apply":
        return this.#apply(term);
      case "nil":
        return this.#leaf(term, STRUCTURE);
      case "record": {
        const fields = term.args.map((arg) => this.#term(arg));
        const index = this.#leaf(term, STRUCTURE);
        this.#uses.push({ structure: index, branch: term.branch, fields, at: term });
        return index;
      }
      case "field":
        return this.#field(term);
      case "cast": {
        this.#narrowTo(this.#term(term.of), term.type, term.of);
        const index = this.#leaf(term, ANYTHING);
        this.#narrowTo(index, term.type, term);
        return index;
      }
      default:
        return unreachable(term);
    }
  }

  #field(term: FlatField): number {
    const structure = this.#term(term.of);
    this.#narrow(structure, STRUCTURE, term.of);
    const index = this.#leaf(term, term.field === null ? SYMBOL : ANYTHING);
    const fields = Array.from({ length: term.arity }, (_, position) => (position === term.field ? index : null));
    this.#uses.push({ structure, branch: term.branch, fields, at: term });
    return index;
  }

  /** Gives the fields of structures their types, from the outside inwards, as structures become known. */
  #settleStructures(): void {
    let waiting: readonly StructureUse[] = this.#uses;
    for (let before = -1; before !== waiting.length; ) {
      before = waiting.length;
      waiting = waiting.filter((use) => !this.#settle(use));
    }
    this.#shareFields(waiting);
  }

  /** Records of a type that nothing names: those of one class have fields of one type each. */
  #shareFields(uses: readonly StructureUse[]): void {
    const first = new Map<number, (number | null)[]>();
    for (const { structure, fields, at } of uses) {
      const root = this.#find(structure);
      const known = first.get(root);
      if (known === undefined) first.set(root, [...fields]);
      else if (known.length !== fields.length) {
        const message = `a record of ${known.length} fields is compared with one of ${fields.length}`;
        this.#sink.error("check.arity", { span: at.span, text: describe(at) }, message, null);
      } else {
        for (const [position, field] of fields.entries()) {
          const other = known[position] ?? null;
          if (other === null) known[position] = field;
          else if (field !== null) this.#unify(other, field, at);
        }
      }
    }
  }

  /** False where the structure is not known yet. */
  #settle({ structure, branch, fields, at }: StructureUse): boolean {
    const known = (branch === null ? this.#class(structure).structure : this.#scope.branches.get(branch)) ?? null;
    if (known === null) return branch !== null;
    this.#narrowTo(structure, known, at);
    const declared = known.form === "record" && branch === null ? known.branches[0] : known.branches.find(({ name }) => name === branch);
    if (declared === undefined) {
      this.#sink.error(
        "check.type_conflict",
        { span: at.span, text: describe(at) },
        `\`${known.name}\` is no record`,
        "write one of its branches",
      );
      return true;
    }
    if (declared.fields.length !== fields.length) {
      const message = `\`${branch ?? known.name}\` has ${declared.fields.length} fields, not ${fields.length}`;
      this.#sink.error("check.arity", { span: at.span, text: branch ?? known.name }, message, null);
      return true;
    }
    for (const [position, field] of fields.entries()) {
      const type = declared.fields[position]?.type ?? null;
      const node = at.kind === "record" ? (at.args[position] ?? at) : at;
      if (field !== null && type !== null) this.#narrowTo(field, type, node);
    }
    return true;
  }

  /** Holds a class to a named type: its primitive, and the structure that it is. */
  #narrowTo(index: number, type: NamedType, at: FlatTerm): void {
    this.#narrow(index, maskOfNamed(type), at);
    const structure = structureOf(type);
    const found = this.#class(index);
    if (structure === null || found.broken) return;
    if (found.structure === null || found.structure === structure) found.structure = structure;
    else this.#structureConflict(found, structure, at);
  }

  #structureConflict(found: TypeClass, other: StructuredType, at: FlatTerm): void {
    if (found.broken || found.structure === null) return;
    found.broken = true;
    const text = describe(at);
    const message = `${text === "" ? "this value" : `\`${text}\``} would have to be a \`${found.structure.name}\` and a \`${other.name}\``;
    this.#sink.error("check.type_conflict", { span: at.span, text }, message, "change a declaration");
  }

  #apply(term: Extract<FlatTerm, { kind: "apply" }>): number {
    const signature = operatorSignature(term.op);
    const args = term.args.map((arg) => this.#term(arg));
    const result = this.#leaf(term, signature.result);
    for (const [index, arg] of args.entries()) {
      const node = term.args[index] ?? term;
      this.#narrow(arg, signature.args[Math.min(index, signature.args.length - 1)] ?? ANYTHING, node);
      if (signature.uniform) this.#unify(result, arg, node);
    }
    return result;
  }

  #leaf(term: FlatTerm, mask: TypeMask): number {
    const index = this.#open(mask, term.span);
    this.#terms.set(term, index);
    return index;
  }

  #open(mask: TypeMask, narrowedAt: Span | null): number {
    this.#parents.push(this.#parents.length);
    this.#classes.push({ mask, structure: null, narrowedAt, broken: false });
    return this.#parents.length - 1;
  }

  #find(index: number): number {
    let root = index;
    while (this.#parents[root] !== root) {
      const parent = this.#parents[root] ?? root;
      this.#parents[root] = this.#parents[parent] ?? parent;
      root = this.#parents[root] ?? parent;
    }
    return root;
  }

  #class(index: number): TypeClass {
    return this.#classes[this.#find(index)] ?? { mask: ANYTHING, structure: null, narrowedAt: null, broken: true };
  }

  #narrow(index: number, mask: TypeMask, at: FlatTerm): void {
    const found = this.#class(index);
    const left = found.mask & mask;
    if (left === 0) this.#conflict(found, mask, null, at);
    else if (left !== found.mask) {
      found.mask = left;
      found.narrowedAt = at.span;
    }
  }

  #unify(first: number, second: number, at: FlatTerm): void {
    const [a, b] = [this.#find(first), this.#find(second)];
    if (a === b) return;
    const [left, right] = [this.#class(a), this.#class(b)];
    const mask = left.mask & right.mask;
    if (mask === 0) {
      this.#conflict(left, right.mask, right.narrowedAt, at);
      return;
    }
    if (left.structure !== null && right.structure !== null && left.structure !== right.structure) {
      this.#structureConflict(left, right.structure, at);
      return;
    }
    this.#parents[b] = a;
    const narrowedAt = mask === left.mask ? left.narrowedAt : right.narrowedAt;
    this.#classes[a] = { mask, structure: left.structure ?? right.structure, narrowedAt, broken: left.broken || right.broken };
  }

  #conflict(found: TypeClass, mask: TypeMask, because: Span | null, at: FlatTerm): void {
    if (found.broken) return;
    found.broken = true;
    const subject = describe(at);
    const elsewhere = [found.narrowedAt, because].find((span) => span !== null && span.offset !== at.span.offset) ?? null;
    const place = elsewhere === null ? "" : ` (${spanText(elsewhere)})`;
    const message = `${subject === "" ? "this value" : `\`${subject}\``} would have to be ${typeNames(mask)} and ${typeNames(found.mask)}${place}`;
    const help = "convert with to_number, to_unsigned, to_float or to_string, or change a declaration";
    this.#sink.error("check.type_conflict", { span: at.span, text: subject }, message, help);
  }
}

/** A term in the program's own words, as far as they are short. */
export function describe(term: FlatTerm): string {
  switch (term.kind) {
    case "variable":
      return writtenName(term.name);
    case "string":
      return JSON.stringify(term.value);
    case "apply":
      return term.op === "neg" ? "-" : term.op;
    case "record":
      return term.branch === null ? "[…]" : `$${term.branch}`;
    case "field":
      return writtenName(term.of.name);
    case "cast":
      return describe(term.of);
    case "nil":
      return "nil";
    default:
      return term.text;
  }
}
