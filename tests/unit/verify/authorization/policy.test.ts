import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { findTheory, type Theory, theoryOf } from "../../../../logic/theory.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { signDeclassification } from "../../../../verify/checks/authorization/declassification.ts";
import { type Deed, deedOf } from "../../../../verify/checks/authorization/deeds.ts";
import { Policy } from "../../../../verify/checks/authorization/policy.ts";
import type { Principal } from "../../../../verify/checks/authorization/principal.ts";
import { FactBase } from "../../../../verify/fact_base.ts";
import { proposal, type Rows, SHOP, theoryFrom } from "../../../support/fact_bases.ts";

const clerk: Principal = { id: "key:ann", kind: "key", names: ["ann"], groups: ["clerks"], claims: [] };
const authz = await findTheory("authz");

function assertOf(relation: string, values: Readonly<Record<string, string>> = {}): Deed {
  return { operation: "assert", relation, values: Object.entries(values), place: null };
}

async function withPolicy(
  test: (policy: Policy, assertFacts: (rows: Rows, retract?: Rows) => Promise<void>) => Promise<void>,
  theory: Theory = authz,
): Promise<void> {
  const base = await FactBase.create(null, { clock: systemClock });
  try {
    await base.loadTheory([theoryFrom(SHOP), await findTheory("access")], { author: "tester", reason: "first" });
    const policy = await Policy.open(base, systemClock, theory);
    await test(policy, async (assert_, retract = {}) => {
      const verdict = await base.propose(proposal({ assert: assert_, retract }));
      assert.equal(verdict.verdict, "accepted", JSON.stringify(verdict.violations));
    });
    policy.close();
  } finally {
    await base.close();
  }
}

async function laws(policy: Policy, deeds: readonly Deed[], principal = clerk): Promise<string[]> {
  return (await policy.judge(principal, deeds, null)).violations.map(({ law }) => law);
}

test("what commits change in the grants counts with the next request, and requests leave nothing behind", async () => {
  await withPolicy(async (policy, propose) => {
    const deeds = [assertOf("order"), assertOf("customer")];
    assert.deepEqual(await laws(policy, deeds), ["authz.granted", "authz.granted"]);
    await propose({ grant: [["clerks", "assert", "order"]] });
    assert.deepEqual(await laws(policy, deeds), ["authz.granted"]);
    await propose({ member: [["key:ann", "keepers"]], grant: [["keepers", "*", "*"]] });
    assert.deepEqual(await laws(policy, deeds), []);
    assert.deepEqual(await laws(policy, deeds, { ...clerk, id: "key:bob" }), ["authz.granted"]);
    await propose({}, { member: [["key:ann", "keepers"]] });
    assert.deepEqual(await laws(policy, deeds), ["authz.granted"]);
  });
});

test("a signed declassification lets a fact down, a forged one does not", async () => {
  const pem = (): string => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const [officer, mallory] = [pem(), pem()];
  const stated = { relation: "customer", attribute: "name", value: "c1", level: "public" };
  const signed = signDeclassification(stated, officer, "officer.pem");
  const forged = signDeclassification({ ...stated, value: "c2" }, mallory, "mallory.pem");
  await withPolicy(async (policy, propose) => {
    await propose({
      grant: [["clerks", "*", "*"]],
      level: [["public"], ["secret"]],
      below: [["public", "secret"]],
      clearance: [["clerks", "secret"]],
      relation_level: [["customer", "public"]],
      declassifier: [signed.declassifier],
    });
    const write = (name: string) => laws(policy, [assertOf("customer", { name, credit: "1" })]);
    assert.deepEqual(await write("c1"), ["authz.write_down"]);
    await propose({ declassification: [signed.declassification] });
    assert.deepEqual(await write("c1"), []);
    assert.deepEqual(await write("c2"), ["authz.write_down"]);
    const [relation, attribute, value, level, , signature] = forged.declassification;
    const underOfficersName = [relation, attribute, value, level, signed.declassifier[0], signature] as const;
    await propose({ declassification: [underOfficersName] });
    assert.deepEqual(await write("c2"), ["authz.write_down"]);
  });
});

test("a policy of one's own reads the base and adds laws and grants", async () => {
  const files = new Map([
    ["theory.toml", '[theory]\nname = "counter"\nversion = "1.0.0"\ndescription = "who serves at the counter"\nneeds = ["authz"]\n'],
    [
      "counter.dl",
      `.decl customer(name:symbol, credit:number)
.input customer
granted(n) :- deed(n, "assert", "order"), deed_value(n, "customer", c), customer(c, _).
/// @law counter.rich error "{name} has no credit"
.decl poor(number:number, name:symbol)
poor(n, c) :- deed_value(n, "customer", c), customer(c, 0).
`,
    ],
  ]);
  await withPolicy(async (policy, propose) => {
    await propose({
      customer: [
        ["c1", 5],
        ["c2", 0],
      ],
    });
    assert.deepEqual(await laws(policy, [assertOf("order", { customer: "c1" })]), []);
    assert.deepEqual(await laws(policy, [assertOf("order", { customer: "c2" })]), ["counter.rich"]);
    assert.deepEqual(await laws(policy, [assertOf("order", { customer: "c3" })]), ["authz.granted"]);
  }, theoryOf(files));
});

test("a policy without laws, or whose relations are others than the base's, lets nobody in", async () => {
  const header = '[theory]\nname = "own"\nversion = "1.0.0"\ndescription = "x"\nneeds = []\n';
  const of = (program: string) =>
    theoryOf(
      new Map([
        ["theory.toml", header],
        ["own.dl", program],
      ]),
    );
  const lawless = of(".decl deed(number:number, operation:symbol, relation:symbol)\n.input deed\n");
  await assert.rejects(
    withPolicy(async () => undefined, lawless),
    { code: "auth.config" },
  );
  const other = of(`.decl customer(id:number)
.input customer
.decl principal(id:symbol, kind:symbol)
.input principal
/// @law own.x error "x"
.decl x(i:number)
x(i) :- customer(i), principal(_, _).
`);
  await withPolicy(async (policy) => {
    await assert.rejects(policy.judge(clerk, [deedOf("read", "order")], null), { code: "auth.config" });
  }, other);
});
