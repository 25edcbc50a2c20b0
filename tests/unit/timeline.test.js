// How activities become what the pane draws.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf } from "../../static/rows.js";
import { EMPTY, countAfter, extend as extended, reusing, since } from "../../static/timeline.js";

/** @param {number} seq @param {string} kind @param {any} [more] */
const activity = (seq, kind, more = {}) => ({ seq, id: `i${seq}`, timestamp: "2026-01-01T12:00:00.000Z", source: "claude", kind, message: `m${seq}`, ...more });
/** Every entry of a timeline is read here as a command or a single one, whichever the test has made. @type {(...args: Parameters<typeof extended>) => any} */
const extend = extended;
const of = (/** @type {string} */ x) => ({ execution_id: x, command: "prime" });
const keys = (/** @type {any} */ entry) => entry.steps.map((/** @type {any} */ s) => s.key);

test("steps are grouped under their command, other things stand alone", () => {
  const { entries } = extend(EMPTY, [activity(1, "message"), activity(2, "status", { ...of("x"), status: "QUEUED" }), activity(3, "tool", of("x"))]);
  assert.deepEqual(entries.map((/** @type {any} */ e) => e.type), ["single", "command"]);
  assert.deepEqual(keys(entries[1]), ["a2", "a3"]);
});

test("a result is kept with its call and makes no line of its own", () => {
  const { entries } = extend(EMPTY, [activity(1, "tool", of("x")), activity(2, "tool_result", { ...of("x"), detail: "text" })]);
  assert.deepEqual(keys(entries[0]), ["a1"]);
  assert.equal(entries[0].steps[0].result.detail, "text");
});

test("results of calls made side by side find their own call by its id", () => {
  const call = (/** @type {number} */ seq, /** @type {string} */ id) => activity(seq, "tool", { ...of("x"), data: { call_id: id } });
  const result = (/** @type {number} */ seq, /** @type {string} */ id) => activity(seq, "tool_result", { ...of("x"), data: { call_id: id } });
  const { entries } = extend(EMPTY, [call(1, "a"), call(2, "b"), result(3, "a"), result(4, "b")]);
  assert.deepEqual(entries[0].steps.map((/** @type {any} */ s) => s.result.seq), [3, 4]);
});

test("several calls may be open at once: one that ends is that one", () => {
  const call = (/** @type {number} */ seq, /** @type {string} */ id) => activity(seq, "tool", { ...of("x"), data: { call_id: id } });
  const ended = extend(EMPTY, [call(1, "a"), call(2, "b"), activity(3, "tool_result", { ...of("x"), data: { call_id: "a" } })]);
  assert.deepEqual(ended.entries[0].steps.map((/** @type {any} */ s) => s.result?.seq), [3, undefined]);
});

test("a call that changed a file is told by the change, in its place, with its result", () => {
  const call = (/** @type {string} */ kind) => activity(1, "tool", { ...of("x"), message: "Edit cart.js", data: { call_id: "a", kind } });
  const change = (/** @type {number} */ seq) => activity(seq, "file_change", { ...of("x"), data: { call_id: "a", path: "cart.js", diff: "@@ -1 +1 @@\n-a\n+b" } });
  const result = activity(4, "tool_result", { ...of("x"), data: { call_id: "a" } });
  const [first, other, second] = extend(EMPTY, [call("edit"), activity(2, "text", of("x")), change(3), result, change(5)]).entries[0].steps;
  assert.deepEqual([first.key, first.activity.seq, first.call.seq, first.result.seq, first.lastSeq], ["a1", 3, 1, 4, 4]);
  assert.equal(other.activity.seq, 2);
  assert.deepEqual([second.activity.seq, second.call], [5, undefined]);
  const [run, changed] = extend(EMPTY, [call("execute"), change(3)]).entries[0].steps;
  assert.deepEqual([run.type, changed.activity.kind], ["tool", "file_change"]);
});

test("what an agent told that there are no words for is no output of a program", () => {
  const raw = (/** @type {number} */ seq) => activity(seq, "text", { ...of("x"), detail: "{}", data: { format: "output", raw: true } });
  assert.deepEqual(extend(EMPTY, [raw(1), raw(2)]).entries[0].steps.map((/** @type {any} */ s) => s.type), ["plain", "plain"]);
});

test("a result without a call is still shown", () => {
  const { entries } = extend(EMPTY, [activity(2, "tool_result", of("x"))]);
  assert.deepEqual(keys(entries[0]), ["a2"]);
});

test("raw output lines that follow each other are one block", () => {
  const line = (/** @type {number} */ seq) => activity(seq, "text", { ...of("x"), data: { format: "output" } });
  const { entries } = extend(EMPTY, [line(1), line(2), activity(3, "tool", of("x")), line(4)]);
  assert.deepEqual(entries[0].steps.map((/** @type {any} */ s) => s.lines?.length ?? 0), [2, 0, 1]);
});

test("what is said while a command runs is told inside it, what is said after it below", () => {
  const { entries } = extend(EMPTY, [
    activity(1, "status", { ...of("x"), status: "RUNNING" }), activity(2, "message"),
    activity(3, "status", { ...of("x"), status: "COMPLETED" }), activity(4, "message"),
  ]);
  assert.deepEqual(entries.map((/** @type {any} */ e) => e.key), ["xx", "s4"]);
  assert.deepEqual(keys(entries[0]), ["a1", "a2", "a3"]);
});

test("what is said while a command waits for its turn never stands below steps that came later", () => {
  const status = (/** @type {number} */ seq, /** @type {string} */ id, /** @type {string} */ status) => activity(seq, "status", { ...of(id), status });
  const { entries } = extend(EMPTY, [
    status(1, "x", "QUEUED"), activity(2, "message"), status(3, "x", "RUNNING"), status(4, "y", "QUEUED"), activity(5, "message"),
    status(6, "x", "COMPLETED"), activity(7, "message"), status(8, "y", "RUNNING"), status(9, "y", "FAILED"), activity(10, "message"),
  ]);
  assert.deepEqual(entries.map((/** @type {any} */ e) => e.key), ["xx", "xy", "s10"]);
  assert.deepEqual(entries.slice(0, 2).map(keys), [["a1", "a2", "a3", "a5", "a6"], ["a4", "a7", "a8", "a9"]]);
});

test("new activities copy only the command they belong to", () => {
  const first = extend(EMPTY, [activity(1, "tool", of("x")), activity(2, "tool", of("y"))]);
  const second = extend(first, [activity(3, "tool", of("y"))]);
  assert.equal(second.entries[0], first.entries[0]);
  assert.notEqual(second.entries[1], first.entries[1]);
  assert.equal(first.entries[1].steps.length, 1);
});

test("one by one or all at once, the result is the same", () => {
  const list = [
    activity(1, "message"), activity(2, "status", { ...of("x"), status: "RUNNING" }), activity(3, "tool", of("x")),
    activity(4, "tool_result", of("x")), activity(5, "text", { ...of("x"), data: { format: "output" } }),
    activity(6, "text", { ...of("x"), data: { format: "output" } }), activity(7, "status", { ...of("x"), status: "FAILED" }), activity(8, "message"),
  ];
  const stepwise = list.reduce((t, a) => extend(t, [a]), EMPTY);
  assert.deepEqual(stepwise, extend(EMPTY, list));
});

test("verbosity hides, and counts of what is new heed it", () => {
  const timeline = extend(EMPTY, [
    activity(1, "status", { ...of("x"), status: "RUNNING" }), activity(2, "tool", of("x")), activity(3, "thinking", of("x")),
    activity(4, "text", { ...of("x"), data: { format: "output" } }), activity(5, "text", { ...of("x"), data: { format: "output" } }),
  ]);
  assert.deepEqual([1, 2, 3].map((v) => rowsOf(timeline.entries[0].steps, v).length), [1, 3, 4]);
  assert.deepEqual([1, 2, 3].map((v) => countAfter(timeline, v, 1)), [0, 3, 4]);
  assert.equal(countAfter(timeline, 3, 4), 1);
});

test("what is let go at the front leaves the rest as it is", () => {
  const line = (/** @type {number} */ seq) => activity(seq, "text", { ...of("y"), data: { format: "output" } });
  const whole = extend(EMPTY, [activity(1, "message"), activity(2, "tool", of("x")), line(3), line(4), activity(5, "tool", of("y")), activity(6, "tool", of("z"))]);
  const rest = /** @type {any} */ (since(whole, 4));
  assert.deepEqual(rest.entries.map((/** @type {any} */ e) => e.key), ["xy", "xz"]);
  assert.deepEqual(rest.entries[0].steps.map((/** @type {any} */ s) => [s.key, s.lines?.map((/** @type {any} */ l) => l.seq)]), [["a3", [4]], ["a5", undefined]]);
  assert.equal(rest.entries[1], whole.entries.at(-1));
  assert.equal(extend(rest, [activity(7, "tool", of("z"))]).entries[1].steps.length, 2);
});

test("a result keeps its call when the call is older than what stays", () => {
  const whole = extend(EMPTY, [activity(1, "tool", of("x")), activity(2, "tool", of("x")), activity(3, "tool_result", { ...of("x"), data: { call_id: "a" } })]);
  assert.deepEqual(keys(since(whole, 3).entries[0]), ["a2"]);
});

test("a command whose beginning is not held is still told to run until its end", () => {
  const { entries } = extend(EMPTY, [activity(7, "tool", of("x")), activity(8, "message"), activity(9, "status", { ...of("x"), status: "COMPLETED" }), activity(10, "message")]);
  assert.deepEqual(entries.map((/** @type {any} */ e) => e.key), ["xx", "s10"]);
});

test("made anew, what has not changed is the very same", () => {
  const list = [activity(2, "tool", of("x")), activity(3, "tool", of("x")), activity(4, "message"), activity(5, "tool", of("y"))];
  const old = extend(EMPTY, list);
  const next = /** @type {any} */ (reusing(old, extend(EMPTY, [activity(1, "tool", of("x")), ...list])));
  assert.deepEqual(keys(next.entries[0]), ["a1", "a2", "a3", "a4"]);
  assert.equal(next.entries[0].steps[1], old.entries[0].steps[0]);
  assert.equal(next.entries.at(-1), old.entries.at(-1));
});
