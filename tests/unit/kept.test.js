// Which of the kept steps are shown at a reload.

import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, newestRun } from "../../static/kept.js";

const steps = (/** @type {number[]} */ ...seqs) => seqs.map((seq) => ({ seq }));

test("the newest without a hole, because a cursor says that everything before it was seen", () => {
  assert.deepEqual(newestRun(steps(1, 2, 3)), steps(1, 2, 3));
  assert.deepEqual(newestRun(steps(1, 2, 5, 6)), steps(5, 6));
  assert.deepEqual(newestRun(steps(7)), steps(7));
  assert.deepEqual(newestRun([]), []);
});

test("each once and in order, however many tabs wrote them down", () => {
  assert.deepEqual(joined([steps(3, 4), steps(1, 2), steps(2, 3)]), steps(1, 2, 3, 4));
  assert.deepEqual(joined([]), []);
});
