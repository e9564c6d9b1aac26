import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limitsWith } from "../../../../../schema/limits.ts";
import { compileDl, faults, programOf } from "../../../../support/compile_dl.ts";

describe("type declarations", () => {
  it("resolves subtypes, unions and equivalences to one primitive, in any order", () => {
    const program = programOf(
      ".decl r(a:Alias, u:Any, f:Deep)\n.input r\n.type Alias = Any\n.type Any = Path | Name\n.type Path <: symbol\n.type Name <: symbol\n.type Deep <: Mid\n.type Mid <: float",
    );
    const attributes = program.relations.get("r")?.attributes ?? [];
    assert.deepEqual(
      attributes.map((one) => [one.type, one.declared]),
      [
        ["symbol", "Alias"],
        ["symbol", "Any"],
        ["float", "Deep"],
      ],
    );
  });

  for (const [text, expected] of [
    [".type A <: nowhere", ["check.unknown_type nowhere"]],
    [".type A <: A", ["check.type_definition A"]],
    [".type A <: B\n.type B = C\n.type C = A | A", ["check.type_definition A", "check.type_definition B", "check.type_definition C"]],
    [".type A = number | symbol", ["check.type_definition A"]],
    [".type U = number | number\n.type A <: U", ["check.type_definition A"]],
    [".type number <: symbol", ["check.type_definition number"]],
    [".type A <: symbol\n.type A <: number", ["check.duplicate A"]],
  ] as const) {
    it(`refuses \`${text.replaceAll("\n", " ")}\` once, without a second fault where it is used`, () => {
      assert.deepEqual(
        faults(`${text}\n.decl r(x:A)\n.input r\n.decl p(x:number)\np(1) :- r(_).`).filter((one) => one !== "check.unknown_type A"),
        expected,
      );
    });
  }

  it("suggests the type that was meant", () => {
    const [fault] = compileDl(".type Package <: symbol\n.decl r(x:Pakage)\n.input r").diagnostics;
    assert.equal(fault?.code, "check.unknown_type");
    assert.match(fault?.help ?? "", /`Package`/);
  });

  it("bounds the members of a union, nested ones counted, and survives very many unions", () => {
    const three = ".type A <: symbol\n.type B <: symbol\n.type U = A | B\n.type V = U | symbol";
    assert.deepEqual(faults(three, limitsWith({ union_members: 2 })), ["limit.union_members V"]);
    const wide = Array.from({ length: 250 }, (_, index) => `.type T${index} <: symbol`).join("\n");
    const all = Array.from({ length: 250 }, (_, index) => `T${index}`).join(" | ");
    const many = Array.from({ length: 10_000 }, (_, index) => `.type V${index} = U | symbol`).join("\n");
    assert.deepEqual(faults(`${wide}\n.type U = ${all}\n${many}`), []);
  });

  it("bounds the depth of derivations and survives a very long chain", () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => `.type T${index + 1} <: T${index}`).join("\n");
    assert.deepEqual(faults(`.type T0 <: symbol\n${chain}\n.decl r(x:T150)\n.input r`), ["limit.type_depth T200"]);
    assert.deepEqual(faults(".type A <: symbol\n.type B <: A\n.type C <: B\n.type D <: C", limitsWith({ program_depth: 2 })), [
      "limit.type_depth C",
    ]);
  });
});
