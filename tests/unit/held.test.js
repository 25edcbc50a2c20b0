// What the page holds of a log: never much, never with a hole, and never taken from under a reader.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TAIL, WINDOW, pageAfter, pageBefore, shown } from "../../static/held.js";
import { STRETCH } from "../../static/rows.js";
import { initialState, reduce } from "../../static/state.js";

const P = "p1";
const PAGE = 100;

/** Commands of seven steps each, with output and results, and a word between them. @param {number} seq */
function activity(seq) {
  const base = { seq, id: `i${seq}`, timestamp: new Date(seq).toISOString(), source: "claude", message: `m${seq}` };
  const of = { execution_id: `x${Math.floor(seq / 9)}`, command: "validate" };
  const what = [
    { kind: "message" }, { ...of, kind: "status", status: "RUNNING" }, { ...of, kind: "tool" }, { kind: "message" },
    { ...of, kind: "text", data: { format: "output" } }, { ...of, kind: "text", data: { format: "output" } },
    { ...of, kind: "tool_result", status: "ok" }, { ...of, kind: "tool" }, { ...of, kind: "status", status: "COMPLETED" },
  ];
  return { ...base, ...what[seq % 9] };
}

/** @typedef {import("../../static/state.js").State} State */
/** @typedef {import("../../static/held.js").Held} Held */

const range = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: to - from + 1 }, (_, i) => activity(from + i));
const act = (/** @type {State} */ state, /** @type {any} */ action) => reduce(state, { projectId: P, ...action });
const receive = (/** @type {State} */ state, /** @type {number} */ from, /** @type {number} */ to) => act(state, { type: "activities/received", activities: range(from, to) });
const read = (/** @type {State} */ state, isReading = true) => act(state, { type: "activities/reading", isReading });
const view = (/** @type {State} */ state) => state.views[P];
const past = (/** @type {State} */ state) => /** @type {Held} */ (view(state).past);
const end = (/** @type {Held} */ held) => held.activities[held.activities.length - 1].seq;
const seqs = (/** @type {Held} */ held) => held.activities.map((a) => a.seq);
const ends = (/** @type {Held} */ held) => [held.activities[0].seq, end(held)];

/** @param {State} state */
function earlier(state) {
  const beside = shown(view(state)).activities[0].seq;
  const from = Math.max(1, beside - PAGE);
  return act(state, { type: "activities/earlier", beside, activities: range(from, beside - 1), hasEarlier: from > 1 });
}

/** @param {State} state @param {number} head */
function later(state, head) {
  const beside = end(past(state));
  return act(state, { type: "activities/later", beside, activities: range(beside + 1, Math.min(head, beside + PAGE)) });
}

/** The seqs a timeline draws. @param {import("../../static/timeline.js").Timeline} timeline */
function drawn({ entries }) {
  const steps = entries.flatMap((entry) => entry.type === "single" ? [entry.step] : entry.steps);
  return steps.flatMap((step) => [...(step.lines ?? [step.activity]), ...(step.result ? [step.result] : [])].map((a) => a.seq));
}

/** Nothing lost, nothing twice: what is drawn is what is held, but for the calls whose results are the first held. @param {Held} held */
function check(held) {
  const list = seqs(held);
  assert.ok(list.length <= WINDOW);
  assert.equal(list[list.length - 1] - list[0] + 1, list.length, "a hole");
  const all = drawn(held.timeline);
  assert.equal(new Set(all).size, all.length, "something is drawn twice");
  assert.deepEqual(all.filter((seq) => seq >= list[0]).sort((a, b) => a - b), list);
  assert.equal(held.hasEarlier, list[0] > 1);
}

const opened = reduce(initialState, { type: "project/opened", projectId: P });

test("who follows the end holds the newest of a log, however long it gets", () => {
  let state = opened;
  for (let seq = 1; seq < 20_000; seq += 37) {
    state = receive(state, seq, seq + 36);
    assert.ok(view(state).activities.length <= 2 * TAIL);
    assert.equal(end(view(state)), seq + 36);
  }
  check(view(state));
  assert.ok(view(state).activities.length >= TAIL);
});

test("what is let go of does not come back by being told again", () => {
  const state = receive(receive(opened, 1, 900), 901, 1_200);
  const [first] = ends(view(state));
  assert.ok(first > 1);
  assert.equal(view(receive(state, 1, 1_200)), view(state));
});

test("a reader's steps stay where they are while any number of new ones come", () => {
  let state = read(receive(opened, 1, 400));
  for (let seq = 401; seq < 9_000; seq += 50) state = receive(state, seq, seq + 49);
  assert.equal(shown(view(state)).activities[0].seq, 1);
  check(shown(view(state)));
  check(view(state));
  assert.deepEqual(ends(view(state))[1], view(state).cursor);
  assert.equal(ends(shown(view(state)))[1] + 1 >= WINDOW, true, "new ones came below what is read, up to the limit");
});

test("reading back to the beginning and forward again shows each step once, and ends at the newest", () => {
  const head = 6_000;
  let state = opened;
  for (let seq = 1; seq < head; seq += 50) state = receive(state, seq, seq + 49);
  state = read(state);
  const back = new Set(seqs(shown(view(state))));
  while (shown(view(state)).hasEarlier) {
    state = earlier(state);
    check(shown(view(state)));
    for (const seq of seqs(shown(view(state)))) back.add(seq);
  }
  assert.equal(back.size, head);
  const forth = new Set(seqs(shown(view(state))));
  while (view(state).past) {
    const last = end(shown(view(state)));
    state = later(state, head);
    check(shown(view(state)));
    assert.ok(seqs(shown(view(state))).includes(last), "what was read last is still there");
    for (const seq of seqs(shown(view(state)))) forth.add(seq);
  }
  assert.equal(forth.size, head);
  assert.equal(ends(shown(view(state)))[1], head);
});

test("coming back to the newest needs no question, and has what came meanwhile", () => {
  let state = opened;
  for (let seq = 1; seq <= 3_000; seq += 50) state = receive(state, seq, seq + 49);
  state = read(state);
  for (let i = 0; i < 20; i++) state = earlier(state);
  assert.notEqual(view(state).past, null);
  state = read(receive(state, 3_001, 3_010), false);
  assert.equal(view(state).past, null);
  assert.equal(ends(view(state))[1], 3_010);
  check(view(state));
});

test("a page that comes when its place has gone changes nothing", () => {
  let state = read(receive(opened, 500, 700));
  const late = { type: "activities/earlier", beside: 500, activities: range(400, 499), hasEarlier: true };
  state = earlier(state);
  assert.equal(view(act(state, late)), view(state));
  assert.equal(view(act(state, { type: "activities/later", beside: 700, activities: range(701, 800) })), view(state));
});

test("a project that is left keeps its newest alone", () => {
  let state = read(receive(opened, 1, 400));
  for (let seq = 401; seq < 9_000; seq += 50) state = receive(state, seq, seq + 49);
  state = reduce(state, { type: "project/opened", projectId: "p2" });
  assert.deepEqual([view(state).past, view(state).isReading], [null, false]);
  assert.ok(view(state).activities.length <= 2 * TAIL);
});

test("what the server has trimmed while somebody read is said to be gone", () => {
  let state = opened;
  for (let seq = 1; seq <= 3_000; seq += 50) state = receive(state, seq, seq + 49);
  state = read(state);
  while (!view(state).past) state = earlier(state);
  const beside = end(past(state));
  state = act(state, { type: "activities/later", beside, activities: range(beside + 11, beside + 20) });
  assert.deepEqual(view(state).gaps, [{ from: beside + 1, to: beside + 10, reason: "trimmed" }]);
});

test("any way of reading, receiving and coming back leaves the log exact", () => {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`TEST_SEED=${seed}`);
  let x = seed;
  const chance = (/** @type {number} */ n) => { x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0; return (x >>> 8) % n; };
  let state = receive(opened, 801, 1_000);
  let head = 1_000;
  for (let i = 0; i < 600; i++) {
    const choice = chance(10);
    if (choice < 4) { const n = 1 + chance(120); state = receive(state, Math.max(801, head - chance(30)), head + n); head += n; }
    else if (choice < 7 && shown(view(state)).hasEarlier) state = earlier(read(state));
    else if (choice < 9 && view(state).past) state = later(state, head);
    else if (choice === 9 && chance(4) === 0) state = read(state, false);
    check(view(state));
    check(shown(view(state)));
    assert.equal(end(view(state)), head);
  }
});

test("pages end where stretches do, so that a stretch that is drawn gets no more rows", () => {
  const nthOf = (/** @type {number} */ seq) => Math.floor(seq / STRETCH);
  for (let first = 2; first < 3 * STRETCH; first++) {
    const start = first - pageBefore(first);
    assert.equal(nthOf(start), nthOf(first - 1), "one stretch, or the rest of one");
    assert.notEqual(nthOf(start - 1), nthOf(start));
  }
  for (let last = 1; last < 3 * STRETCH; last++) {
    const end = last + pageAfter(last);
    assert.equal(nthOf(last + 1), nthOf(end), "one stretch, or the rest of one");
    assert.notEqual(nthOf(end), nthOf(end + 1));
  }
});
