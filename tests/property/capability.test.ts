import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AssayError } from "../../schema/assay_error.ts";
import { systemClock } from "../../schema/clock.ts";
import { limitsWith } from "../../schema/limits.ts";
import { biscuitModule } from "../../verify/checks/authorization/biscuit_module.ts";
import { Capability, type CheckedRequest } from "../../verify/checks/authorization/capability.ts";
import type { Deed } from "../../verify/checks/authorization/deeds.ts";
import { attenuateToken, makeRootKey, mintToken, type Restriction } from "../../verify/checks/authorization/tokens.ts";

const module = await biscuitModule();
const root = await makeRootKey();
const limits = limitsWith();

const operations = ["assert", "retract", "read"] as const;
const relations = ["order", 'or"der', "a\\b", "*"];
const texts = ["eu-1", "us-1", "", 'e"u', "\n;$x"];
const some = <T>(of: readonly T[]) => fc.uniqueArray(fc.constantFrom(...of), { maxLength: 2 });
const restriction: fc.Arbitrary<Restriction> = fc.record({
  relations: some(relations),
  operations: some(operations),
  keys: fc.array(fc.record({ attribute: fc.constantFrom("customer", "id"), prefix: fc.constantFrom("", "e", "eu-", 'e"', "\n") }), {
    maxLength: 2,
  }),
  rate: fc.constantFrom(null, 1, 5),
  until: fc.constantFrom(null, "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
});
const deed: fc.Arbitrary<Deed> = fc.record({
  operation: fc.constantFrom(...operations),
  relation: fc.constantFrom(...relations),
  values: fc.tuple(fc.constantFrom(...texts), fc.constantFrom(...texts)).map(
    ([customer, id]) =>
      [
        ["customer", customer],
        ["id", id],
      ] as const,
  ),
  place: fc.constant(null),
});
const request = fc.record({
  deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
  time: fc.constantFrom("2025-01-01T00:00:00.000001Z", "2026-06-01T00:00:00.000Z", "2031-01-01T00:00:00Z"),
  requests: fc.integer({ min: 1, max: 7 }),
});

type Asked = CheckedRequest;

/** What a restriction means, said without Datalog. */
function admits(
  { relations: names = [], operations: kinds = [], keys = [], rate = null, until = null }: Restriction,
  asked: Asked,
): boolean {
  const isInTime = until === null || Date.parse(asked.time) <= Date.parse(until);
  if (!isInTime || (rate !== null && asked.requests > rate)) return false;
  return asked.deeds.every(
    ({ operation, relation, values }) =>
      (names.length === 0 || names.includes(relation)) &&
      (kinds.length === 0 || kinds.includes(operation)) &&
      keys.every(({ attribute, prefix }) => values.some(([name, value]) => name === attribute && value.startsWith(prefix))),
  );
}

async function allows(token: string, asked: Asked): Promise<boolean> {
  try {
    await Capability.read(module, token, root.publicKey).authorize(asked, limits, systemClock);
    return true;
  } catch (error) {
    if (error instanceof AssayError && error.code === "auth.token_forbids") return false;
    throw error;
  }
}

test("a token allows what each of its blocks admits, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(restriction, { minLength: 1, maxLength: 3 }), request, async ([first = {}, ...further], asked) => {
      let token = await mintToken(root.privateKey, { user: "ci", groups: [], ...first });
      for (const one of further) {
        const isEmpty = await attenuateToken(token, root.publicKey, one).then(
          (made) => {
            token = made;
            return false;
          },
          (error: unknown) => error instanceof AssayError && error.code === "auth.token",
        );
        if (isEmpty) continue;
      }
      assert.equal(
        await allows(token, asked),
        [first, ...further].every((one) => admits(one, asked)),
      );
    }),
    { numRuns: 60 },
  );
});
