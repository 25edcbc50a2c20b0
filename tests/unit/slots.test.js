// Which of many tabs has an event stream.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SLOTS, chooseSlot, isSeen, leadName, seenName, slotName } from "../../static/slots.js";

/** What the browser says of a tab that leads a project with a stream. */
const leader = (/** @type {string} */ project, /** @type {number} */ slot) => [
  { name: leadName(project), clientId: project }, { name: slotName(slot), clientId: project },
];
const full = ["a", "b", "c", "d"].flatMap(leader);
const seen = (/** @type {string} */ project) => ({ name: seenName(project), clientId: "someone" });

test("the first tabs have a slot each", () => {
  assert.equal(SLOTS, 4);
  assert.deepEqual(chooseSlot([], "a"), { slot: 0, steal: false });
  assert.deepEqual(chooseSlot([...leader("a", 0), ...leader("c", 2)], "b"), { slot: 1, steal: false });
});

test("one that nobody looks at takes nothing away from others", () => {
  assert.equal(chooseSlot(full, "e"), null);
});

test("one that is looked at takes the slot of one that is not", () => {
  assert.deepEqual(chooseSlot([...full, seen("e"), seen("a"), seen("b")], "e"), { slot: 2, steal: true });
});

test("when all are looked at the newcomer waits", () => {
  assert.equal(chooseSlot([...full, ...["a", "b", "c", "d", "e"].map(seen)], "e"), null);
});

test("the slot of a tab that leads nothing any more is free for all", () => {
  const frozen = { name: slotName(1), clientId: "frozen" };
  assert.deepEqual(chooseSlot([...leader("a", 0), frozen, ...leader("c", 2), ...leader("d", 3)], "e"), { slot: 1, steal: true });
});

test("locks of others on the same host mean nothing", () => {
  assert.deepEqual(chooseSlot([{ name: "theirs", clientId: "x" }, {}], "a"), { slot: 0, steal: false });
  assert.equal(isSeen([{ name: "pm.seen.ab" }], "a"), false);
});
