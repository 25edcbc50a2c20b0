// The wish that something stops: kept until it has.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../static/api.js";
import { createStops } from "../../static/stopping.js";
import { clockwork } from "./clockwork.js";

/** @param {(id: string) => any} answer what the server does with it; what it throws is the failure */
function setUp(answer) {
  const timers = clockwork();
  /** @type {{ asked: string[], told: any[], refused: string[], kept: string[][] }} */
  const seen = { asked: [], told: [], refused: [], kept: [] };
  const wishes = { value: /** @type {import("../../static/stopping.js").Wishes} */ ({}) };
  const stops = createStops({
    wishes, timers,
    async cancel(id) {
      seen.asked.push(id);
      return answer(id);
    },
    told: (record) => seen.told.push(record),
    refused: (problem) => seen.refused.push(problem),
    keep: (ids) => seen.kept.push(ids),
  });
  return { stops, wishes, seen, timers };
}

/** Lets what was answered arrive. */
const settle = () => new Promise((done) => setImmediate(done));

test("it is asked for once, and kept until the command has ended", async () => {
  const { stops, wishes, seen } = setUp((id) => ({ id, status: "RUNNING" }));
  stops.stop("x");
  stops.stop("x");
  await settle();
  assert.deepEqual(seen.asked, ["x"]);
  assert.deepEqual(wishes.value, { x: { problem: null } });
  assert.deepEqual(seen.told, [{ id: "x", status: "RUNNING" }]);
  stops.ended("x");
  assert.deepEqual(wishes.value, {});
  assert.deepEqual(seen.kept, [["x"], ["x"], []]);
});

test("as long as the server cannot be reached it is asked again and again, and says why", async () => {
  let isAway = true;
  const { stops, wishes, seen, timers } = setUp((id) => {
    if (isAway) throw new Problem(seen.asked.length % 2 ? 0 : 503, "It cannot be reached.");
    return { id };
  });
  stops.stop("x");
  for (let i = 1; i <= 20; i++) {
    await settle();
    assert.equal(seen.asked.length, i);
    assert.equal(wishes.value.x.problem, "It cannot be reached.");
    timers.pass(2_000);
  }
  isAway = false;
  await settle();
  timers.pass(2_000);
  await settle();
  assert.equal(wishes.value.x.problem, null);
  assert.equal(timers.pending(), 0);
  assert.deepEqual(seen.refused, []);
});

test("one that ended meanwhile is not asked for any more", async () => {
  const { stops, seen, timers } = setUp(() => { throw new Problem(0, "away"); });
  stops.stop("x");
  await settle();
  stops.ended("x");
  timers.pass(10_000);
  await settle();
  assert.deepEqual(seen.asked, ["x"]);
});

test("what the server will not do is said, and wished for no longer", async () => {
  const { stops, wishes, seen } = setUp(() => { throw new Problem(404, "There is no such command."); });
  stops.stop("x");
  await settle();
  assert.deepEqual(seen.refused, ["There is no such command."]);
  assert.deepEqual(wishes.value, {});
});
