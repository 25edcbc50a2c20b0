// Messages that wait for their turn: what the feed, the chat and the history tell of them, in any order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitsReply, behind, said, waiting } from "../../static/queue.js";
import { initialState, reduce } from "../../static/state.js";

const P = "p1";
const at = (/** @type {number} */ n) => new Date(Date.UTC(2026, 0, 1, 12, 0, n)).toISOString();
/** @param {any} state @param {any[]} actions @returns {import("../../static/state.js").State} */
const apply = (state, ...actions) => actions.reduce((s, a) => reduce(s, { projectId: P, ...a }), state);
const start = apply(initialState, { type: "project/opened" });
const message = (/** @type {string} */ id, /** @type {number} */ n, more = {}) => ({ id, role: "user", content: id, timestamp: at(n), ...more });
const queued = (/** @type {string} */ id, /** @type {number} */ n) => ({ type: "message/received", message: message(id, n, { queued: true }) });
const changed = (/** @type {any} */ change) => ({ type: "message/changed", change });
/** @param {number} seq @param {string} status @param {any} data */
const told = (seq, status, data) => ({ type: "activities/received", activities: [{ seq, id: `a${seq}`, timestamp: at(seq), source: "pm", kind: "pm", status, message: status, data }] });
const ids = (/** @type {import("../../static/state.js").Message[]} */ messages) => messages.map((m) => m.id);
const held = (/** @type {import("../../static/state.js").State} */ state) => state.views[P].messages;

test("what is queued waits in its order and is not part of what was said", () => {
  const state = apply(start, { type: "message/received", message: message("a", 1) }, queued("c", 3), queued("b", 2));
  assert.deepEqual(ids(waiting(held(state))), ["b", "c"]);
  assert.deepEqual(ids(said(held(state))), ["a"]);
});

test("a message whose turn has come stands where it was acted on, whoever tells it", () => {
  const before = apply(start, queued("q", 1), { type: "message/received", message: message("r", 5, { role: "assistant" }) });
  const change = { id: "q", change: "taken", timestamp: at(9), topic_id: "t" };
  for (const state of [apply(before, changed(change)), apply(before, told(9, "message_taken", { message_id: "q", topic_id: "t", queued: false }))]) {
    assert.deepEqual(ids(said(held(state))), ["r", "q"]);
    assert.equal(held(state).at(-1)?.timestamp, at(9));
    assert.equal(held(state).at(-1)?.topic_id, "t");
    assert.deepEqual(waiting(held(state)), []);
  }
});

test("once its turn has come, an older word about it puts it back into no queue", () => {
  const state = apply(start, queued("q", 1), changed({ id: "q", change: "taken", timestamp: at(9) }), queued("q", 1), changed({ id: "q", change: "edited", content: "late" }));
  assert.deepEqual(ids(waiting(held(state))), []);
  assert.equal(held(state)[0].timestamp, at(9));
  assert.equal(held(state)[0].content, "q");
});

test("an edit replaces the text, and twice is the same as once", () => {
  const edit = told(4, "message_edited", { message_id: "q", content: "better", queued: true });
  const state = apply(start, queued("q", 1), edit, changed({ id: "q", change: "edited", content: "better" }));
  assert.equal(held(state)[0].content, "better");
  assert.deepEqual(ids(waiting(held(state))), ["q"]);
});

test("what was withdrawn does not come back with an older answer", () => {
  const state = apply(start, queued("q", 1), told(3, "message_withdrawn", { message_id: "q" }),
    { type: "messages/loaded", messages: [message("q", 1, { queued: true })], hasEarlier: false });
  assert.deepEqual(held(state), []);
});

test("a message withdrawn before its own window knew that it was stored leaves the outbox", () => {
  const state = apply(start, { type: "outbox/added", item: { client_id: "c", content: "x", at: "" } }, changed({ id: "q", change: "withdrawn", client_id: "c" }));
  assert.deepEqual(state.views[P].outbox, []);
});

test("a reply is awaited after what somebody said, not after what only waits for its turn", () => {
  const user = message("u", 1);
  const reply = message("r", 2, { role: "assistant" });
  assert.equal(awaitsReply([user]), true);
  assert.equal(awaitsReply([user, reply]), false);
  assert.equal(awaitsReply([user, reply, message("q", 3, { queued: true })]), false);
  assert.equal(awaitsReply([]), false);
});

test("a deleted project is gone with all that is known of it", () => {
  const state = reduce(apply(start, { type: "projects/loaded", projects: [{ id: P }, { id: "p2" }] }), { type: "project/deleted", id: P });
  assert.deepEqual(state.projects.map((p) => p.id), ["p2"]);
  assert.equal(state.currentId, null);
  assert.equal(state.views[P], undefined);
});

test("of those that are not answered all but the first wait for their turn, while one is being answered", () => {
  const reply = (/** @type {string} */ id, /** @type {string} */ answers) => ({ id, role: "assistant", content: "", timestamp: "2026-11-26T10:00:09Z", answers });
  const all = [message("a", 1), message("b", 2), message("c", 3), reply("r", "a")];
  assert.deepEqual([...behind(all, true)], ["c"]);
  assert.deepEqual([...behind(all, false)], []);
  assert.deepEqual([...behind([message("a", 1), message("q", 2, { queued: true })], true)], []);
});

test("a message that was brought over waits for nothing, and has nobody wait", () => {
  const received = (/** @type {string} */ id, /** @type {number} */ n, /** @type {string} */ client_id) => ({ type: "message/received", message: message(id, n, { client_id }) });
  const state = apply(start, received("old", 1, "imported:old"), received("a", 2, "1"), received("b", 3, "2"));
  assert.deepEqual([...behind(held(state), true)], ["b"]);
});
