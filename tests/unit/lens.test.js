// The part of a log that is shown in place of its newest steps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_FILTER } from "../../static/filter.js";
import { WINDOW } from "../../static/held.js";
import { isCovered, reduceLens, withLive } from "../../static/lens.js";
import { initialState, reduce } from "../../static/state.js";

const activity = (/** @type {number} */ seq, kind = "tool") => ({ seq, id: `i${seq}`, timestamp: "2026-01-01T12:00:00.000Z", source: "claude", kind, message: `m${seq}`, verbosity: 1 });
const range = (/** @type {number} */ from, /** @type {number} */ to, kind = "tool") => Array.from({ length: to - from + 1 }, (_, i) => activity(from + i, kind));
const seqs = (/** @type {any} */ lens) => lens.activities.map((/** @type {any} */ one) => one.seq);
/** @returns {any} */
const after = (/** @type {any[]} */ news, /** @type {any[]} */ held = [], /** @type {any} */ lens = null) => news.reduce((one, action) => reduceLens(one, { key: "k", now: 0, ...action }, held), lens);
const opened = { type: "lens/opened", filter: NO_FILTER };
const loaded = (/** @type {any[]} */ activities, more = {}) => ({ type: "lens/loaded", activities, hasEarlier: false, hasLater: false, first: 1, ...more });

test("it takes in what arrives once it reaches to the end, each once", () => {
  const lens = after([opened, loaded(range(1, 2))]);
  assert.deepEqual(seqs(withLive(lens, range(2, 4), 0)), [1, 2, 3, 4]);
});

test("what arrives beyond its end is not put right behind it", () => {
  const lens = after([opened, loaded(range(1, 2), { hasLater: true })]);
  assert.equal(withLive(lens, [activity(9)], 0), lens);
});

test("what arrived while the server was asked is not missed", () => {
  assert.deepEqual(seqs(after([opened, loaded(range(1, 2))], range(2, 3))), [1, 2, 3]);
});

test("only what the filter lets through is taken in", () => {
  const lens = after([{ ...opened, filter: { ...NO_FILTER, kinds: ["messages"] } }, loaded([activity(1, "message")])]);
  assert.deepEqual(seqs(withLive(lens, [activity(2), activity(3, "message")], 0)), [1, 3]);
});

test("an answer to an older question changes nothing", () => {
  const lens = after([opened]);
  assert.equal(reduceLens(lens, { ...loaded(range(1, 2)), key: "older", now: 0 }, []), lens);
});

test("pages go on at both ends, and the end is followed from where it is reached", () => {
  const lens = after([opened, loaded(range(4, 5), { hasEarlier: true, hasLater: true }),
    { type: "lens/earlier", activities: range(2, 3), hasMore: true }, { type: "lens/later", activities: range(6, 7), hasMore: false }], range(7, 8));
  assert.deepEqual(seqs(lens), [2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([lens.hasEarlier, lens.hasLater], [true, false]);
});

test("it does not grow for ever, and says what it has let go", () => {
  const full = after([opened, loaded(range(1_001, 1_000 + WINDOW))]);
  const live = withLive(full, [activity(1_001 + WINDOW)], 0);
  assert.deepEqual([live.activities.length, live.hasEarlier, live.hasLater], [WINDOW, true, false]);
  const back = after([{ type: "lens/earlier", activities: range(901, 1_000), hasMore: true }], [], full);
  assert.deepEqual([back.activities[0].seq, back.activities.length, back.hasLater], [901, WINDOW, true]);
});

test("it gives way to the newest steps when they have all of it", () => {
  const lens = after([opened, loaded(range(3, 5))]);
  assert.ok(isCovered(lens, range(2, 5)));
  assert.ok(!isCovered(lens, range(4, 5)));
  assert.ok(!isCovered({ ...lens, filter: { ...NO_FILTER, errors: true } }, range(2, 5)));
});

test("in the page's state it takes in what the stream brings, and so does a search", () => {
  const say = (/** @type {any} */ state, /** @type {string} */ type, /** @type {any} */ more) => reduce(state, { type, projectId: "p", ...more });
  let state = say(initialState, "lens", { news: { ...opened, key: "k", filter: { ...NO_FILTER, kinds: ["messages"] } } });
  state = say(state, "lens", { news: { ...loaded([]), key: "k", now: 0 } });
  state = say(state, "search", { news: { type: "search/begun", key: "s", q: "M2", filter: NO_FILTER } });
  state = say(state, "activities/received", { activities: [activity(1), activity(2, "message")] });
  assert.deepEqual(seqs(state.views.p.lens), [2]);
  assert.deepEqual(state.views.p.search?.hits, [2]);
});
