// Text that is shown while it is being written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, reduce } from "../../static/state.js";
import { joined, withDelta } from "../../static/writing.js";

const P = "p1";
const at = (/** @type {number} */ n) => new Date(Date.UTC(2026, 0, 1, 12, 0, n)).toISOString();
const delta = (/** @type {string} */ block_id, /** @type {string} */ text, execution_id = "x") => ({ type: "delta", delta: { execution_id, block_id, text } });
/** @param {number} seq @param {string} kind @param {any} [more] */
const activity = (seq, kind, more = {}) => ({ seq, id: `i${seq}`, timestamp: at(seq), source: "claude", kind, execution_id: "x", message: `m${seq}`, ...more });
const received = (/** @type {any[]} */ ...activities) => ({ type: "activities/received", activities });
/** @param {any} state @param {any[]} actions @returns {any} */
const apply = (state, ...actions) => actions.reduce((s, a) => reduce(s, { projectId: P, ...a }), state);
const texts = (/** @type {any} */ state) => state.views[P].writing.map((/** @type {any} */ one) => one.text);
const start = apply(initialState, { type: "project/opened" }, received(activity(1, "status", { status: "RUNNING" })));

test("a text grows, beside others, and is replaced by what is stored of it", () => {
  const writing = apply(start, delta("a", "Hel"), delta("b", "Other"), delta("a", "lo"));
  assert.deepEqual(texts(writing), ["Hello", "Other"]);
  const stored = apply(writing, received(activity(2, "text", { message: "Hello!", data: { block_id: "a" } })));
  assert.deepEqual(texts(stored), ["Other"]);
  assert.deepEqual(texts(apply(stored, delta("a", "!"))), ["Other"], "what comes late brings nothing back");
});

test("it goes with the end of its command, whoever tells of that", () => {
  const writing = apply(start, delta("a", "Hello"), delta("b", "Other", "y"));
  assert.deepEqual(texts(apply(writing, received(activity(2, "status", { status: "CANCELLED" })))), ["Other"]);
  assert.deepEqual(texts(apply(writing, { type: "execution/received", record: { id: "x", status: "FAILED" } })), ["Other"]);
  const ended = apply(start, received(activity(2, "status", { status: "COMPLETED" })), delta("a", "late"));
  assert.deepEqual(texts(ended), []);
});

test("it goes with the stream that brought it, and not with a sign of life of that", () => {
  const writing = apply(start, delta("a", "Hello"));
  const link = (/** @type {string} */ phase) => ({ type: "feed", link: { phase, since: 1, failures: 0, lastEventAt: 0 } });
  assert.deepEqual(texts(apply(writing, link("live"))), ["Hello"]);
  assert.deepEqual(texts(apply(writing, link("waiting"))), []);
  assert.deepEqual(texts(apply(writing, link("connecting"))), []);
});

test("however much is written, little is held", () => {
  let state = start;
  for (let i = 0; i < 200; i++) state = apply(state, delta("long", `${"x".repeat(200)}\n`));
  for (const id of "abcdef") state = apply(state, delta(id, id));
  assert.deepEqual(texts(state), ["c", "d", "e", "f"]);
  const [long] = withDelta([{ execution_id: "x", block_id: "a", text: "y\n".repeat(9_000) }], delta("a", "the end").delta, []);
  assert.ok(long.text.length <= 16_000 && long.text.startsWith("y\n") && long.text.endsWith("the end"), String(long.text.length));
});

test("what is no delta changes nothing, and an activity without a text neither", () => {
  const writing = apply(start, delta("a", "Hello"));
  assert.equal(apply(writing, delta("", "x"), delta("a", ""), { type: "delta", delta: {} }).views[P].writing, writing.views[P].writing);
  assert.equal(apply(writing, received(activity(2, "tool"))).views[P].writing, writing.views[P].writing);
});

test("what comes together is told together", () => {
  const list = [delta("a", "1"), delta("b", "2"), delta("a", "3")].map((one) => one.delta);
  assert.deepEqual(joined(list).map(({ text }) => text), ["13", "2"]);
});

test("what is all of a text takes the place of what was known of it", () => {
  const all = { ...delta("a", "Hello w").delta, restart: true };
  assert.deepEqual(texts(apply(start, delta("a", "Hel"), { type: "delta", delta: all }, delta("a", "orld"))), ["Hello world"]);
  assert.deepEqual(joined([delta("a", "Hel").delta, all, delta("a", "orld").delta]), [{ ...all, text: "Hello world" }]);
});
