import assert from "node:assert/strict";
import { test } from "node:test";
import { profileNames, profileOf, withProfile } from "../../../../logic/profile.ts";
import type { Profile } from "../../../../logic/profile_toml.ts";
import { compileTheories, findTheory, type Theory } from "../../../../logic/theory.ts";

const theory = await findTheory("alloy");
const laws = (compileTheories([theory]).program?.laws ?? []).filter(({ id }) => id.startsWith("alloy."));

async function profile(name: string): Promise<Profile> {
  const found = profileOf((await withProfile(theory, name)) as Theory);
  assert.ok(found !== null);
  return found.profile;
}

test("every profile weighs every law", async () => {
  assert.deepEqual(await profileNames(theory), ["published", "signed", "strict"]);
  for (const name of await profileNames(theory)) {
    assert.deepEqual([...(await profile(name)).laws.keys()].toSorted(), laws.map(({ id }) => id).toSorted(), name);
  }
});

test("without a profile the laws weigh what `published` says, and what it turns off warns", async () => {
  const published = (await profile("published")).laws;
  for (const { id, severity } of laws) assert.equal(severity, published.get(id) === "off" ? "warn" : published.get(id), id);
});

test("each profile is stricter than the one before", async () => {
  const weight = { off: 0, warn: 1, error: 2 };
  const [published, strict, signed] = [await profile("published"), await profile("strict"), await profile("signed")];
  for (const { id } of laws) {
    const [first = 0, second = 0, third = 0] = [published, strict, signed].map((one) => weight[one.laws.get(id) ?? "off"]);
    assert.ok(first <= second && second <= third, id);
  }
});
