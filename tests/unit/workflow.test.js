// The workflow and its gates: whoever tells of them, in whatever order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, reduce } from "../../static/state.js";
import { canContinue, currentPhase, isAsking, isOfWorkflow, isStarted, openGates } from "../../static/workflow.js";

const P = "p1";
const at = (/** @type {number} */ n) => new Date(Date.UTC(2026, 0, 1, 12, 0, n)).toISOString();
const gate = (/** @type {string} */ id, status = "PENDING", more = {}) => /** @type {any} */ ({
  id, project_id: P, phase: "Plan Feature", gate_type: "plan", question: `${id}?`, context: {}, status, response: null, created_at: at(0), responded_at: null, ...more,
});
const told = (/** @type {number} */ seq, /** @type {any} */ one) => ({ seq, id: `i${seq}`, timestamp: at(seq), source: "pm", kind: "gate", status: one.status, message: "", data: { gate: one } });
const phase = (/** @type {number} */ order, /** @type {string} */ status, is_current = false) => ({ id: `ph${order}`, name: `phase ${order}`, status, order, is_current, is_completed: status === "COMPLETED" });
/** @param {any} state @param {any[]} actions @returns {any} */
const apply = (state, ...actions) => actions.reduce((s, a) => reduce(s, { projectId: P, ...a }), state);
const received = (/** @type {any[]} */ ...activities) => ({ type: "activities/received", activities });
const loaded = (/** @type {any[]} */ gates, asked = 0, workflow = { status: "awaiting_approval", phases: [] }) => ({ type: "workflow/loaded", workflow, gates, asked });
const open = (/** @type {any} */ state) => openGates(state.views[P].flow).map(({ id }) => id);
const start = apply(initialState, { type: "projects/loaded", projects: [{ id: P, name: "Shop", needs_attention: 0 }, { id: "p2", needs_attention: 3 }] }, { type: "project/opened" });

test("what waits is there after a reload, the newest on top", () => {
  const state = apply(start, loaded([gate("old", "PENDING", { created_at: at(1) }), gate("new", "PENDING", { created_at: at(2) })]));
  assert.deepEqual(open(state), ["new", "old"]);
});

test("a gate comes with the feed and goes with its decision, whoever made it", () => {
  const asked = apply(start, loaded([]), received(told(1, gate("a"))));
  assert.deepEqual(open(asked), ["a"]);
  assert.deepEqual(open(apply(asked, received(told(2, gate("a", "REJECTED"))))), []);
  assert.deepEqual(open(apply(asked, { type: "gate/received", gate: gate("a", "APPROVED") })), []);
});

test("one that was decided does not come back with an old word of its opening", () => {
  const decided = apply(start, received(told(1, gate("a"))), { type: "gate/received", gate: gate("a", "APPROVED", { response: "fine" }) });
  for (const old of [{ type: "gate/received", gate: gate("a") }, loaded([gate("a")], 1), received(told(2, gate("a")))]) {
    assert.deepEqual(open(apply(decided, old)), [], old.type);
    assert.equal(apply(decided, old).views[P].flow.gates[0].response, "fine");
  }
});

test("the first decision stays: a later one is of something else", () => {
  const state = apply(start, { type: "gate/received", gate: gate("a", "APPROVED") }, { type: "gate/received", gate: gate("a", "REJECTED") });
  assert.equal(state.views[P].flow.gates[0].status, "APPROVED");
});

test("what was decided while nobody listened is gone when the server was asked", () => {
  const state = apply(start, received(told(1, gate("a")), told(2, gate("b"))), loaded([gate("b")], 2));
  assert.deepEqual(open(state), ["b"]);
});

test("an answer from before the last news changes nothing", () => {
  const news = apply(start, received(told(5, gate("a"))));
  assert.equal(apply(news, loaded([], 4)), news);
  assert.deepEqual(open(apply(news, loaded([], 5))), []);
});

test("the same word twice changes nothing, not even the identity of the flow", () => {
  const once = apply(start, loaded([gate("a")]), { type: "gate/received", gate: gate("a") });
  assert.equal(apply(once, { type: "gate/received", gate: gate("a") }).views[P].flow, once.views[P].flow);
});

test("decided gates do not pile up", () => {
  const all = Array.from({ length: 60 }, (_, i) => told(i + 1, gate(`g${i}`, "APPROVED", { created_at: at(i) })));
  assert.equal(apply(start, received(...all)).views[P].flow.gates.length, 20);
});

test("the list of projects says of the open one what its stream says, and of others what it was told", () => {
  const needs = (/** @type {any} */ state) => state.projects.map((/** @type {any} */ one) => one.needs_attention);
  const waiting = apply(start, loaded([gate("a")]));
  assert.deepEqual(needs(waiting), [1, 3]);
  const stale = { type: "projects/loaded", projects: [{ id: P, needs_attention: 1 }, { id: "p2", needs_attention: 0 }] };
  assert.deepEqual(needs(apply(waiting, { type: "gate/received", gate: gate("a", "APPROVED") }, stale)), [0, 0]);
  assert.deepEqual(needs(apply(start, stale)), [1, 0], "not asked yet");
});

test("a restored server is asked anew: nothing that waited is believed", () => {
  const state = apply(start, loaded([gate("a")]), received(told(9, gate("b"))), { type: "gap", gap: { from: 3, to: 3, reason: "ahead" } });
  assert.deepEqual(open(state), []);
  assert.deepEqual(open(apply(state, loaded([gate("c")], 0))), ["c"]);
});

test("the phase it stands at, and whether a person must say that it goes on", () => {
  const flow = (/** @type {string} */ status, /** @type {any[]} */ ...phases) => apply(start, loaded([], 0, { status, phases: /** @type {any} */ (phases) })).views[P].flow;
  assert.equal(isStarted(flow("not_started", phase(1, "PENDING"))), false);
  const failed = flow("failed", phase(2, "FAILED", true), phase(1, "COMPLETED"), phase(3, "PENDING"));
  assert.deepEqual(failed.phases.map((/** @type {any} */ one) => one.order), [1, 2, 3]);
  assert.deepEqual([isStarted(failed), currentPhase(failed)?.order, canContinue(failed)], [true, 2, true]);
  const done = flow("completed", phase(1, "COMPLETED"), phase(2, "COMPLETED"));
  assert.deepEqual([isStarted(done), currentPhase(done), canContinue(done)], [true, null, false]);
});

test("that it could not be loaded is kept until it was", () => {
  const failed = apply(start, { type: "workflow/failed", problem: "no room" });
  assert.equal(failed.views[P].flow.problem, "no room");
  assert.equal(apply(failed, loaded([])).views[P].flow.problem, null);
});

test("documents that were listed stay when the next list does not come", () => {
  const documents = [{ id: "d", name: "Vision", type: "vision", url: "/d" }];
  const state = apply(start, { type: "documents/loaded", documents }, { type: "documents/failed", problem: "away" });
  assert.deepEqual([state.views[P].documents, state.views[P].documentsProblem], [documents, "away"]);
});

const asked = (/** @type {string} */ id, execution_id = "x") => gate(id, "PENDING", { gate_type: "permission", phase: null, execution_id });
const ended = (/** @type {number} */ seq, status = "COMPLETED", execution_id = "x") => ({ seq, id: `i${seq}`, timestamp: at(seq), source: "scar", kind: "status", status, execution_id, message: "" });

test("what a coding agent asks ends with its command, of which nothing else tells, and does not come back", () => {
  const asking = apply(start, loaded([]), received(told(1, asked("a")), told(2, asked("b", "y")), told(3, gate("plan"))));
  assert.ok(isAsking(asking.views[P].flow, "x") && isAsking(asking.views[P].flow, "y"));
  const after = apply(asking, received(ended(4)));
  assert.deepEqual(open(after).sort(), ["b", "plan"]);
  assert.equal(after.views[P].flow.gates.find((/** @type {any} */ one) => one.id === "a").status, "WITHDRAWN");
  // Asked before the end, answered after it.
  assert.deepEqual(open(apply(after, loaded([asked("a"), asked("b", "y"), gate("plan")], 3))).sort(), ["b", "plan"]);
  assert.deepEqual(open(apply(after, { type: "gate/received", gate: asked("a") })).sort(), ["b", "plan"]);
});

test("a question and the end of its command may come together", () => {
  assert.deepEqual(open(apply(start, received(told(1, asked("a")), ended(2, "CANCELLED")))), []);
  assert.deepEqual(open(apply(start, received(ended(1), told(2, asked("a", "y"))))), ["a"]);
});

test("with the end of a command the server is asked what is open, and not with its steps", () => {
  assert.ok(isOfWorkflow(/** @type {any} */ (ended(1, "FAILED"))));
  assert.ok(!isOfWorkflow(/** @type {any} */ (ended(1, "RUNNING"))));
  assert.ok(!isOfWorkflow(/** @type {any} */ ({ ...ended(1), execution_id: null })));
});
