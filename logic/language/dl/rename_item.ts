import type { Atom, Formula, Item, NameRef, Term } from "../ast.ts";

/** New names by old ones; a name that is not there stays. Branches are among the types. */
export interface Renaming {
  readonly relations: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, string>;
}

/** An item with its relations, types and branches under new names. Items of components and of the other dialect stay as they are. */
export function renameItem<T extends Item>(item: T, names: Renaming): T {
  return rename(item, names) as T;
}

function rename(item: Item, names: Renaming): Item {
  switch (item.kind) {
    case "type": {
      const branches = item.branches.map((branch) => {
        const fields = branch.fields.map((field) => ({ ...field, type: reference(field.type, names.types) }));
        return { ...branch, name: named(branch.name, names.types), fields };
      });
      return { ...item, name: named(item.name, names.types), of: item.of.map((ref) => reference(ref, names.types)), branches };
    }
    case "relation": {
      const attributes = item.attributes.map((attribute) => ({ ...attribute, type: reference(attribute.type, names.types) }));
      return { ...item, names: item.names.map((ref) => reference(ref, names.relations)), attributes };
    }
    case "directive":
      return { ...item, relations: item.relations.map((ref) => reference(ref, names.relations)) };
    case "rule":
      return { ...item, heads: item.heads.map((head) => atom(head, names)), body: item.body.map((one) => formula(one, names)) };
    default:
      return item;
  }
}

function named(name: string, names: ReadonlyMap<string, string>): string {
  return names.get(name) ?? name;
}

function reference(ref: NameRef, names: ReadonlyMap<string, string>): NameRef {
  return { ...ref, name: named(ref.name, names) };
}

function atom(of: Atom, names: Renaming): Atom {
  return { ...of, relation: named(of.relation, names.relations), args: of.args.map((arg) => term(arg, names)) };
}

function formula(of: Formula, names: Renaming): Formula {
  switch (of.kind) {
    case "atom":
      return atom(of, names);
    case "not":
      return { ...of, of: formula(of.of, names) };
    case "and":
    case "or":
      return { ...of, of: of.of.map((part) => formula(part, names)) };
    case "compare":
      return { ...of, left: term(of.left, names), right: term(of.right, names) };
    case "test":
      return { ...of, args: [term(of.args[0], names), term(of.args[1], names)] };
    default:
      return of;
  }
}

function term(of: Term, names: Renaming): Term {
  switch (of.kind) {
    case "operation":
    case "call":
    case "record":
      return { ...of, args: of.args.map((arg) => term(arg, names)) };
    case "branch":
      return { ...of, name: named(of.name, names.types), args: of.args.map((arg) => term(arg, names)) };
    case "cast":
      return { ...of, of: term(of.of, names), type: reference(of.type, names.types) };
    case "aggregate": {
      const target = of.target === null ? null : term(of.target, names);
      return { ...of, target, body: of.body.map((part) => formula(part, names)) };
    }
    default:
      return of;
  }
}
