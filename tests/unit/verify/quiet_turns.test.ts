import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ProposedDelta } from "../../../schema/delta.ts";
import { FactBase } from "../../../verify/fact_base.ts";
import { proposal, SHOP, steppingClock, theoryFrom } from "../../support/fact_bases.ts";

/** The bytes of the journal, which is emptied before any statement of the session that writes: as long as it only grows, there was none. */
function journalBytes(path: string): number {
  const files = [`${path}.journal`, `${path}.journal2`].filter((file) => existsSync(file));
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

async function withShop(action: (base: FactBase, path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "assay-quiet-"));
  const path = join(folder, "base.duckdb");
  const base = await FactBase.create(path, { clock: steppingClock() });
  try {
    await base.loadTheory([theoryFrom(SHOP)], { author: "ada", reason: "to begin" });
    await action(base, path);
  } finally {
    await base.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const placeless = (delta: ProposedDelta): ProposedDelta => ({ ...delta, places: new Map() });
const customer = (name: string, credit = 1n, key: string | null = null): ProposedDelta =>
  proposal({ assert: { customer: [[name, credit]] }, reason: `${name} ${credit}`, ...(key === null ? {} : { key }) });

/** Everything is read that is read once. */
async function settledIn(base: FactBase): Promise<void> {
  await base.propose(customer("first", 1n, "first key"));
  await base.propose(placeless(proposal({ assert: { order: [[0n, "first", 1n]] } })));
  const again = await base.propose(customer("first", 2n));
  assert.deepEqual(
    again.violations.map(({ law, place }) => [law, place]),
    [["key.customer", "in.csv:1"]],
  );
  await base.propose(placeless(proposal({ retract: { customer: [["first", 1n]] } })));
}

test("small deltas, accepted, refused, keyed or only rehearsed, ask the database nothing", async () => {
  await withShop(async (base, path) => {
    await settledIn(base);
    let bytes = journalBytes(path);
    const grows = async (what: string, action: () => Promise<unknown>, by: "more" | "nothing"): Promise<void> => {
      await action();
      const now = journalBytes(path);
      assert.ok(by === "more" ? now > bytes : now === bytes, `${what}: ${bytes} to ${now} bytes`);
      bytes = now;
    };
    for (let round = 0; round < 12; round += 1) {
      const name = `c${round}`;
      const orphan = placeless(proposal({ assert: { order: [[BigInt(round), "nobody", 1n]] } }));
      const owner = proposal({ retract: { customer: [["first", 1n]] }, reason: `owner ${round}` });
      await grows("accepted", () => base.propose(customer(name)), "more");
      await grows("accepted with a key", () => base.propose(customer(`k${round}`, 1n, `key ${round}`)), "more");
      await grows("refused by a law", () => base.propose(orphan), "more");
      await grows("refused for a fact of the base", () => base.propose(owner), "more");
      await grows("refused, not kept", () => base.propose(customer("x", -1n, `refused ${round}`), { keepRefusal: false }), "nothing");
      await grows("rehearsed", () => base.rehearse([customer(`r${round}`, 1n, `rehearsed ${round}`)]), "nothing");
      await grows("rehearsed and refused", () => base.rehearse([owner]), "nothing");
      await grows("a group", () => Promise.all([base.propose(customer(`g${round}`)), base.propose(customer(`h${round}`))]), "more");
    }
    assert.equal((await base.checkLog()).ok, true);
    assert.equal(journalBytes(path), 0);
  });
});

test("a key and a place that wait in the journal are known", async () => {
  await withShop(async (base, path) => {
    await settledIn(base);
    await base.propose(customer("ada", 1n, "k"));
    const before = journalBytes(path);
    const clash = await base.propose(customer("ada", 2n));
    assert.deepEqual(
      clash.violations.map(({ place, facts }) => [place, facts.map((fact) => fact.place)]),
      [["in.csv:1", ["in.csv:1", "in.csv:1"]]],
    );
    assert.ok(journalBytes(path) > before);
    const reused = await base.propose(customer("bob", 1n, "k"));
    assert.deepEqual(
      reused.violations.map(({ code }) => code),
      ["gate.key_reused"],
    );
  });
});

test("a place in the tables is read while others wait, and the latest holds", async () => {
  await withShop(async (base, path) => {
    await settledIn(base);
    const at = (name: string, place: string | null): ProposedDelta => ({
      ...customer(name),
      reason: `${name} at ${place}`,
      places: new Map(place === null ? [] : [["customer", [place]]]),
    });
    const placeOf = async (name: string): Promise<string | null | undefined> => {
      const clash = await base.propose(placeless(customer(name, 7n)));
      return clash.violations[0]?.facts.find(({ from }) => from === "base")?.place;
    };
    const gone = (name: string, round: number): ProposedDelta => proposal({ retract: { customer: [[name, 1n]] }, reason: `gone ${round}` });
    await base.propose(at("ada", "one.csv:1"));
    await base.log();
    assert.equal(journalBytes(path), 0);
    await base.propose(placeless(customer("bob")));
    assert.equal(await placeOf("ada"), "one.csv:1");
    assert.equal(await placeOf("bob"), null);
    await base.propose(gone("ada", 1));
    await base.propose(at("ada", null));
    assert.equal(await placeOf("ada"), "one.csv:1");
    await base.propose(gone("ada", 2));
    await base.propose(at("ada", "two.csv:2"));
    assert.equal(await placeOf("ada"), "two.csv:2");
    await base.log();
    assert.equal(await placeOf("ada"), "two.csv:2");
  });
});

test("a relation that had no places gets its first", async () => {
  await withShop(async (base) => {
    await base.propose(placeless(customer("ada")));
    await base.propose(placeless(customer("bob")));
    const order = (id: bigint, name: string): ProposedDelta => proposal({ assert: { order: [[id, name, 1n]] } });
    const placesWithout = async (name: string): Promise<unknown> => {
      const refused = await base.propose(proposal({ retract: { customer: [[name, 1n]] }, reason: "without" }), { keepRefusal: false });
      return refused.violations.map(({ facts }) => facts.map(({ place }) => place));
    };
    await base.propose(placeless(order(1n, "ada")));
    assert.deepEqual(await placesWithout("ada"), [[null]]);
    await base.propose(order(2n, "bob"));
    await base.log();
    assert.deepEqual(await placesWithout("bob"), [["in.csv:1"]]);
    assert.deepEqual(await placesWithout("ada"), [[null]]);
  });
});

test("places outlive a change of their relation's shape", async () => {
  await withShop(async (base) => {
    await settledIn(base);
    await base.propose(customer("ada"));
    const wider = SHOP.replace("credit:number)\n.input", "credit:number, town:symbol)\n.input").replaceAll(
      "customer(c, _)",
      "customer(c, _, _)",
    );
    const changed = wider.replaceAll("customer(n, c)", "customer(n, c, _)");
    await base.loadTheory([theoryFrom(changed, "shop", "2.0.0")], { author: "ada", reason: "towns" });
    const clash = await base.propose(placeless(proposal({ assert: { customer: [["ada", 2n, "Rome"]] } })));
    assert.deepEqual(
      clash.violations[0]?.facts.map(({ from, place }) => [from, place]),
      [
        ["base", "in.csv:1"],
        ["delta", null],
      ],
    );
  });
});
