// What is in one step, where in it an entry stands, and its text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lineHolds, patternOf, placeIn, stepHolds, textOf } from "../../static/step.js";
import { rowsOf } from "../../static/rows.js";
import { EMPTY, extend } from "../../static/timeline.js";

const activity = (/** @type {number} */ seq, /** @type {string} */ kind, more = {}) => ({ seq, id: `i${seq}`, timestamp: "2026-01-01T12:00:00.000Z", source: "claude", kind, message: `m${seq}`, execution_id: "x", ...more });
const stepsOf = (/** @type {any[]} */ ...list) => /** @type {any} */ (extend(EMPTY, list).entries[0]).steps;
const line = (/** @type {number} */ seq, /** @type {string} */ message) => activity(seq, "text", { message, data: { format: "output" } });

test("a step holds its call, its result and each of its lines", () => {
  const [tool] = stepsOf(activity(1, "tool"), activity(2, "tool_result"));
  assert.deepEqual([1, 2, 3].map((seq) => stepHolds(tool, seq)), [true, true, false]);
  const [output] = stepsOf(line(1, "a"), line(2, "b"));
  assert.ok(stepHolds(output, 2));
});

test("a step that was asked for is shown at any verbosity", () => {
  const steps = stepsOf(activity(1, "status"), activity(2, "tool"), activity(3, "tool_result"), activity(4, "thinking"));
  assert.deepEqual(rowsOf(steps, 1).map((row) => row.key), ["a1"]);
  assert.deepEqual(rowsOf(steps, 1, 3).map((row) => row.key), ["a1", "a2"]);
});

test("an entry is found in the line that folds it", () => {
  const read = (/** @type {number} */ seq) => activity(seq, "tool", { tool: "Read", message: `Read ${seq}.md` });
  const [fold] = rowsOf(stepsOf(read(1), read(2), read(3)), 2);
  assert.deepEqual([fold.type, lineHolds(fold, 2), lineHolds(fold, 4), lineHolds(fold, undefined)], ["fold", true, false, false]);
});

test("one of many lines that look alike is told from the others", () => {
  const [output] = stepsOf(line(1, "ok ok"), line(2, "not"), line(3, "ok"));
  assert.deepEqual(placeIn(output, 3, "OK"), { words: "OK", nth: 2 });
  assert.deepEqual(placeIn(output, 3, ""), { words: "ok", nth: 2 });
  assert.deepEqual(placeIn(stepsOf(activity(1, "tool"))[0], 1, "q"), { words: "q", nth: null });
});

test("words are no pattern", () => {
  assert.deepEqual("a+b (c) $1 [x] a-b /".match(patternOf("a+b (c) $1 [x] a-b /"))?.length, 1);
  assert.equal("aab".match(patternOf("a+b")), null);
});

test("a step as text says everything once", () => {
  const [tool] = stepsOf(activity(1, "tool", { message: "Read a.md", detail: "a.md" }), activity(2, "tool_result", { message: "1 line", detail: "# A" }));
  assert.equal(textOf(tool), "Read a.md\n\na.md\n\n1 line\n\n# A");
  assert.equal(textOf(stepsOf(line(1, "one"), line(2, "two"))[0]), "one\ntwo");
});
