// The reducer: the same news any number of times, in any order, from any teller.

import assert from "node:assert/strict";
import { test } from "node:test";
import { activeExecution, initialState, isCutOff, reduce, runningIn } from "../../static/state.js";

const P = "p1";
const at = (/** @type {number} */ n) => new Date(Date.UTC(2026, 0, 1, 12, 0, n)).toISOString();

/** @param {number} seq @param {any} [more] */
const activity = (seq, more = {}) => ({ seq, id: `id${seq}`, timestamp: at(seq), source: "claude", kind: "tool", message: `step ${seq}`, ...more });
/** @param {any} state @param {any[]} actions @returns {any} a state, read here as what it is */
const apply = (state, ...actions) => actions.reduce((s, a) => reduce(s, { projectId: P, ...a }), state);
const received = (/** @type {any[]} */ ...activities) => ({ type: "activities/received", activities });
const seqs = (/** @type {any} */ state) => state.views[P].activities.map((/** @type {any} */ a) => a.seq);
const start = apply(initialState, { type: "project/opened" });

test("an activity seen twice changes nothing, not even the identity of the state's view", () => {
  const once = apply(start, received(activity(1), activity(2)));
  const twice = apply(once, received(activity(1), activity(2)));
  assert.deepEqual(seqs(twice), [1, 2]);
  assert.equal(twice.views[P], once.views[P]);
});

test("a batch that overlaps what is held adds only what is new", () => {
  const state = apply(start, received(activity(1), activity(2)), received(activity(2), activity(3), activity(3)));
  assert.deepEqual(seqs(state), [1, 2, 3]);
});

test("activities that arrive out of order are kept in seq order", () => {
  const state = apply(start, received(activity(5), activity(4)), received(activity(2)));
  assert.deepEqual(seqs(state), [2, 4, 5]);
  assert.deepEqual(state.views[P].timeline.entries.map((/** @type {any} */ e) => e.key), ["s2", "s4", "s5"]);
});

test("only the stream moves the cursor, loading earlier steps does not", () => {
  const state = apply(start, received(activity(50)), { type: "activities/earlier", beside: 50, activities: [activity(48), activity(49)], hasEarlier: true });
  assert.equal(state.views[P].cursor, 50);
  assert.deepEqual(seqs(state), [48, 49, 50]);
  assert.equal(state.views[P].hasEarlier, true);
});

test("earlier steps are offered exactly when the log begins before what is held", () => {
  assert.equal(apply(start, received(activity(7))).views[P].hasEarlier, true);
  assert.equal(apply(start, received(activity(1))).views[P].hasEarlier, false);
  const all = apply(start, received(activity(3)), { type: "activities/earlier", beside: 3, activities: [activity(1), activity(2)], hasEarlier: false });
  assert.equal(apply(all, received(activity(4))).views[P].hasEarlier, false);
});

test("a lost connection changes the link and nothing that is shown", () => {
  const before = apply(start, received(activity(1)), { type: "messages/loaded", messages: [{ id: "m", role: "user", content: "hi", timestamp: at(0) }] });
  const after = apply(before, { type: "feed", link: { phase: "waiting", since: 1, failures: 1, lastEventAt: 0 } });
  assert.equal(after.views[P].activities, before.views[P].activities);
  assert.equal(after.views[P].timeline, before.views[P].timeline);
  assert.equal(after.views[P].messages, before.views[P].messages);
});

test("two projects never mix", () => {
  let state = apply(start, received(activity(1)));
  state = reduce(state, { type: "activities/received", projectId: "p2", activities: [activity(9)] });
  assert.deepEqual(seqs(state), [1]);
  assert.deepEqual(state.views.p2.activities.map((/** @type {any} */ a) => a.seq), [9]);
});

test("a message that comes by the chat, the feed and the history is shown once", () => {
  const data = { message_id: "m1", role: "user", content: "hello", topic_id: "t", client_id: "c1" };
  const state = apply(start,
    { type: "outbox/added", item: { client_id: "c1", content: "hello", at: at(0) } },
    { type: "message/received", message: { id: "m1", role: "user", content: "hello", timestamp: at(1), client_id: "c1" } },
    received(activity(1, { kind: "message", message: "hello", data })),
    { type: "messages/loaded", messages: [{ id: "m1", role: "user", content: "hello", timestamp: at(1), topic_id: "t" }] });
  assert.deepEqual(state.views[P].messages, [{ id: "m1", role: "user", content: "hello", timestamp: at(1), topic_id: "t" }]);
  assert.deepEqual(state.views[P].outbox, []);
});

test("a message leaves the outbox only when one with its own client_id is confirmed", () => {
  const sent = apply(start, { type: "outbox/added", item: { client_id: "c1", content: "hello", at: at(0) } });
  const other = apply(sent, { type: "message/received", message: { id: "m9", role: "user", content: "hello", timestamp: at(1), client_id: "c9" } });
  assert.equal(other.views[P].outbox.length, 1);
  const own = apply(other, received(activity(1, { kind: "message", message: "hello", data: { message_id: "m1", role: "user", content: "hello", client_id: "c1" } })));
  assert.equal(own.views[P].outbox.length, 0);
});

test("messages stand in the order they were said, whoever told first", () => {
  const say = (/** @type {string} */ id, /** @type {number} */ n) => ({ type: "message/received", message: { id, role: "user", content: id, timestamp: at(n) } });
  const state = apply(start, say("c", 3), say("a", 1), say("b", 2));
  assert.deepEqual(state.views[P].messages.map((/** @type {any} */ m) => m.id), ["a", "b", "c"]);
});

test("an execution never goes back: a late word of its start does not undo its end", () => {
  const x = { execution_id: "x", command: "prime", kind: "status", source: "scar" };
  const state = apply(start,
    received(activity(1, { ...x, status: "QUEUED" }), activity(2, { ...x, status: "RUNNING" }), activity(3, { ...x, status: "FAILED", detail: "no agent", duration_ms: 9, data: { error_code: "agent_missing" } })),
    { type: "execution/received", record: { id: "x", command_type: "PRIME", status: "RUNNING", attempt: 1 } });
  const known = state.views[P].executions.x;
  assert.equal(known.status, "FAILED");
  assert.equal(known.error, "no agent");
  assert.equal(known.error_code, "agent_missing");
  assert.equal(activeExecution(state.views[P]), null);
});

test("what runs now is the running execution, else the first that waits", () => {
  const queued = { type: "execution/received", record: { id: "q", command_type: "VALIDATE", status: "QUEUED", attempt: 1 } };
  const running = { type: "execution/received", record: { id: "r", command_type: "PRIME", status: "RUNNING", attempt: 1 } };
  assert.equal(activeExecution(apply(start, queued).views[P])?.id, "q");
  assert.equal(activeExecution(apply(start, queued, running).views[P])?.id, "r");
});

test("of a project that is not open, the list alone says whether it runs", () => {
  const record = { id: "r", command_type: "VALIDATE", status: "RUNNING", attempt: 1 };
  const listed = (/** @type {any} */ running) => ({ type: "projects/loaded", projects: [{ id: P, running }, { id: "p2", running: null }] });
  const doing = (/** @type {any} */ state) => runningIn(state, state.projects[0])?.command ?? null;
  const open = apply(start, listed(null), { type: "execution/received", record });
  assert.equal(doing(open), "validate", "while it is open, its own stream knows first");
  const left = apply(open, { type: "project/opened", projectId: "p2" });
  assert.equal(doing(left), null);
  assert.equal(doing(apply(left, listed(record))), "validate");
  assert.equal(doing(apply(left, listed(record), listed(null))), null);
});

test("a stall is shown until the execution speaks again", () => {
  const x = { execution_id: "x", command: "prime" };
  const stalled = apply(start, received(activity(1, { ...x, kind: "status", status: "RUNNING" }), activity(2, { ...x, kind: "system", status: "stalled" })));
  assert.equal(stalled.views[P].executions.x.stalled, true);
  assert.equal(stalled.views[P].executions.x.status, "RUNNING");
  assert.equal(apply(stalled, received(activity(3, x))).views[P].executions.x.stalled, false);
});

test("what runs is stalled while what it runs in does not answer", () => {
  const x = { execution_id: "x", command: "prime" };
  const away = apply(start, received(activity(1, { ...x, kind: "status", status: "RUNNING" }), activity(2, { ...x, kind: "system", status: "degraded" })));
  assert.equal(away.views[P].executions.x.stalled, true);
  assert.equal(apply(away, received(activity(3, { ...x, kind: "system", status: "recovered" }))).views[P].executions.x.stalled, false);
});

test("a page is cut off when a reconnect did not succeed at once", () => {
  const link = (/** @type {string} */ phase, /** @type {number} */ failures) => apply(start, { type: "feed", link: { phase, since: 1, failures, lastEventAt: 0 } }).views[P];
  assert.equal(isCutOff(start.views[P]), false);
  assert.deepEqual([link("connecting", 0), link("waiting", 1), link("live", 0)].map(isCutOff), [false, false, false]);
  assert.deepEqual([link("waiting", 2), link("connecting", 2)].map(isCutOff), [true, true]);
});

test("a gap is told; one ahead of the log starts the cursor and the steps again", () => {
  const held = apply(start, received(activity(90)));
  const trimmed = apply(held, { type: "gap", gap: { from: 1, to: 40, reason: "trimmed" } });
  assert.deepEqual(seqs(trimmed), [90]);
  assert.equal(trimmed.views[P].gaps.length, 1);
  const ahead = apply(held, { type: "gap", gap: { from: 90, to: 3, reason: "ahead" } }, received(activity(1), activity(2), activity(3)));
  assert.deepEqual(seqs(ahead), [1, 2, 3]);
  assert.equal(ahead.views[P].cursor, 3);
});

test("something degraded is told until it recovers", () => {
  const down = apply(start, { type: "degraded", notice: { part: "database", status: "degraded", message: "The database is away." } });
  assert.deepEqual(down.views[P].degraded, { database: "The database is away." });
  const up = apply(down, { type: "degraded", notice: { part: "database", status: "recovered", message: "It is back." } });
  assert.deepEqual(up.views[P].degraded, {});
});

test("a new stream says anew what is degraded", () => {
  const down = apply(start, { type: "degraded", notice: { part: "database", status: "degraded", message: "The database is away." } });
  const again = apply(down, { type: "feed", link: { phase: "connecting", since: 1, failures: 1, lastEventAt: 0 } });
  assert.deepEqual(again.views[P].degraded, {});
});

test("a reset told by the feed opens the same topic as one told by the chat", () => {
  const reset = activity(4, { kind: "pm", status: "topic_started", data: { topic_id: "t2" } });
  assert.equal(apply(start, received(reset)).views[P].topicId, "t2");
  assert.equal(apply(start, { type: "topic/reset", topicId: "t2" }).views[P].topicId, "t2");
});

test("who said a message is known from the log, and stays known when the list of messages comes", () => {
  const said = activity(1, { kind: "message", message: "fix issue 12", data: { message_id: "m1", role: "user", content: "fix issue 12", by: "alice on GitHub" } });
  const listed = { type: "messages/loaded", hasEarlier: false, messages: [{ id: "m1", role: "user", content: "fix issue 12", timestamp: at(1), topic_id: null }] };
  for (const state of [apply(start, received(said), listed), apply(start, listed, received(said))]) assert.equal(state.views[P].messages[0].by, "alice on GitHub");
});
