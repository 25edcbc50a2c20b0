// Searching a log: which entries have the words, and which of them one is at.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_FILTER } from "../../static/filter.js";
import { HITS_MAX, moved, nearest, reduceSearch, says, withLiveHits } from "../../static/search.js";

const activity = (/** @type {number} */ seq, more = {}) => ({ seq, id: `i${seq}`, timestamp: "2026-01-01T12:00:00.000Z", source: "claude", kind: "tool", message: `m${seq}`, ...more });
const begun = { type: "search/begun", q: "m", filter: NO_FILTER };
const found = (/** @type {number[]} */ hits, more = {}) => ({ type: "search/found", hits, from: 0, isMore: false, ...more });
/** @returns {any} */
const after = (/** @type {any[]} */ ...news) => news.reduce((search, action) => reduceSearch(search, { key: "k", ...action }), null);

test("words are found in message, detail and the texts of the data, in any case", () => {
  assert.ok(says(activity(1, { message: "Read README.md" }), "readme"));
  assert.ok(says(activity(1, { detail: "STRASSE, Übergang" }), "übergang"));
  assert.ok(says(activity(1, { data: { items: [{ text: "Write the mail" }] } }), "MAIL"));
  assert.ok(says(activity(1, { data: { path: "src/cart.js" } }), "cart"));
});

test("ids and words of the wire are not text", () => {
  assert.ok(!says(activity(1, { data: { message_id: "0192-abc", format: "markdown" } }), "abc"));
  assert.ok(!says(activity(1, { kind: "tool", tool: "Grep" }), "grep"));
});

test("what looks like a pattern is taken as it is", () => {
  assert.ok(says(activity(1, { message: "100% _done_ a.b*" }), "% _done_ a.b*"));
  assert.ok(!says(activity(1, { message: "aXb" }), "a.b"));
});

test("it begins at the first hit from where the reader is, else at the last one", () => {
  assert.equal(nearest([3, 5, 9], 4), 1);
  assert.equal(nearest([3, 5, 9], 10), 2);
  assert.equal(nearest([], 1), -1);
});

test("older pages come before, and the hit one is at stays", () => {
  const search = after(begun, found([7, 9], { from: 9, isMore: true }), found([2, 3]));
  assert.deepEqual(search.hits, [2, 3, 7, 9]);
  assert.equal(search.hits[search.at], 9);
  assert.equal(search.isBusy, false);
});

test("an answer to an older search is not taken for one to this", () => {
  const search = after(begun);
  assert.equal(reduceSearch(search, { ...found([1]), key: "older" }), search);
});

test("one goes on around the ends", () => {
  const from = (/** @type {number} */ at, hits = [1, 2, 3]) => ({ ...after(begun), hits, at });
  assert.deepEqual([moved(from(2), 1), moved(from(0), -1), moved(from(-1, []), 1)], [0, 2, -1]);
});

test("what arrives is found as well, once, and within the filter", () => {
  const search = after(begun, found([1]));
  assert.deepEqual(withLiveHits(search, [activity(1), activity(2), activity(3, { message: "x" })], 0).hits, [1, 2]);
  const filtered = { ...search, filter: { ...NO_FILTER, kinds: ["messages"] } };
  assert.equal(withLiveHits(filtered, [activity(2)], 0), filtered);
});

test("what arrived before the answer is not counted twice", () => {
  const live = withLiveHits(after(begun), [activity(5)], 0);
  const search = /** @type {any} */ (reduceSearch)(live, { key: "k", ...found([4, 5], { from: 5 }) });
  assert.deepEqual(search.hits, [4, 5]);
  assert.equal(search.hits[search.at], 5);
});

test("more hits than anybody goes through are cut, and that is said", () => {
  const search = after(begun, found(Array.from({ length: HITS_MAX }, (_, i) => i + 1), { isMore: true }));
  assert.deepEqual([search.isBusy, search.isCut], [false, true]);
});
