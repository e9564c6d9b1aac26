import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commonSubtypes, isSubtype, type NamedType, primitiveTypes } from "../../../../../logic/language/dl/named_type.ts";

const { number, symbol } = primitiveTypes;
const sub = (name: string, base: NamedType): NamedType => ({ form: "subtype", name, primitive: base.primitive, base });
const union = (name: string, ...members: NamedType[]): NamedType => ({
  form: "union",
  name,
  primitive: "symbol",
  parts: members,
  size: members.length,
});

const path = sub("Path", symbol);
const file = sub("File", path);
const name = sub("Name", symbol);
const either = union("Either", path, name);
const other = union("Other", file, sub("Alien", symbol));

describe("named types", () => {
  it("knows subtypes along a chain, never between siblings or primitives", () => {
    assert.ok(isSubtype(file, path) && isSubtype(file, symbol) && isSubtype(path, path));
    assert.ok(!isSubtype(path, file) && !isSubtype(path, name) && !isSubtype(symbol, path) && !isSubtype(path, number));
  });

  it("puts a type below a union that holds it or a base of it, and a union below what holds all its members", () => {
    assert.ok(isSubtype(path, either) && isSubtype(file, either) && isSubtype(either, symbol));
    assert.ok(!isSubtype(either, path) && !isSubtype(symbol, either) && !isSubtype(other, either));
    assert.ok(isSubtype(union("Narrow", file), either));
  });

  it("finds the greatest common subtypes", () => {
    assert.deepEqual(commonSubtypes(symbol, path), [path]);
    assert.deepEqual(commonSubtypes(file, path), [file]);
    assert.deepEqual(commonSubtypes(path, name), []);
    assert.deepEqual(commonSubtypes(either, path), [path]);
    assert.deepEqual(commonSubtypes(either, other), [file]);
    assert.deepEqual(commonSubtypes(number, symbol), []);
  });
});
