import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "../../../../api/ws/pace.ts";

test("the first round, and one after a pause, may begin at once", () => {
  const pace = new Pace(10, 1_000);
  assert.equal(pace.wait_ms(5_000_000), 0);
  pace.begin(5_000_000);
  pace.spend(2_000);
  assert.equal(pace.wait_ms(5_020_000), 0);
  assert.equal(pace.wait_ms(9_000_000), 0);
});

test("rounds are so far apart that they take one part of the thread, counted from where they began", () => {
  const pace = new Pace(10, 1_000);
  let spent_us = 0;
  let now_us = 1_000_000;
  const rounds = [3_000, 500, 20_000, 80, 7_000];
  for (const micros of rounds) {
    pace.begin(now_us);
    pace.spend(micros);
    spent_us += micros;
    now_us += micros;
    now_us += 1_000 * pace.wait_ms(now_us);
  }
  const share = spent_us / (now_us - 1_000_000);
  assert.ok(share <= 1 / 10 && share > 1 / 11, String(share));
});

test("what the slices of a round take counts together, and the time between them does not", () => {
  const pace = new Pace(10, 1_000);
  pace.begin(0);
  for (let slice = 0; slice < 4; slice += 1) pace.spend(1_000);
  assert.equal(pace.wait_ms(25_000), 15);
  pace.begin(40_000);
  pace.spend(1_000);
  assert.equal(pace.wait_ms(41_000), 9);
});

test("however long a round took, the next begins no later than the bound after it began", () => {
  const pace = new Pace(10, 250);
  pace.begin(0);
  pace.spend(100_000);
  assert.equal(pace.wait_ms(100_000), 150);
  assert.equal(pace.wait_ms(250_000), 0);
});
