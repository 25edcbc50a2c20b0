// Pull requests as values: how one stands in words, and what the feed changes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { aboutPull, checksChip, stateChip, withPullNews } from "../../static/pulls.js";
import { initialState, reduce } from "../../static/state.js";
import { EMPTY, extend } from "../../static/timeline.js";

/** @type {import("../../static/pulls.js").Pull} */
const pull = { number: 7, title: "Add prices", url: "https://github.com/acme/shop/pull/7", branch: "feature/prices", author: "mira", state: "open", draft: false, checks: { state: "pending", passed: 1, failed: 0, pending: 2, failed_names: [] }, execution_id: "e1", trouble: null };
const word = (/** @type {any} */ checks) => checksChip({ ...pull, checks })?.word;

/** @param {number} seq @param {string} status @param {any} of @param {any} [more] */
const news = (seq, status, of, more = {}) => ({ seq, id: `id${seq}`, timestamp: `2026-01-01T12:00:0${seq}Z`, source: "pm", kind: "pm", message: status, status, execution_id: "e1", data: { pull_request: of }, ...more });

test("where one stands is said in a word, and a draft that was merged is merged", () => {
  const words = /** @type {any[]} */ ([{}, { draft: true }, { state: "merged" }, { state: "merged", draft: true }, { state: "closed" }]).map((more) => stateChip({ ...pull, ...more }).word);
  assert.deepEqual(words, ["Open", "Draft", "Merged", "Merged", "Closed"]);
});

test("checks are said with the names of those that failed, as far as there is room", () => {
  assert.equal(word({ state: "none" }), undefined);
  assert.equal(word(null), undefined);
  assert.equal(word({ state: "pending", pending: 2 }), "Checks running");
  assert.equal(word("passed"), "Checks passed");
  assert.equal(word("failed"), "Checks failed");
  assert.equal(word({ state: "failed", failed: 1, failed_names: ["lint"] }), "1 check failed: lint");
  assert.equal(word({ state: "failed", failed: 2, failed_names: ["lint", "test"] }), "2 checks failed: lint, test");
  assert.equal(word({ state: "failed", failed: 12, failed_names: ["a", "b", "c", "d"] }), "12 checks failed: a, b, c, 9 more");
});

test("the feed changes one that is listed, adds one that is not, and says nothing where nothing was asked for", () => {
  const passed = { ...pull, checks: { state: "passed", passed: 3, failed: 0, pending: 0, failed_names: [] } };
  const changed = withPullNews([{ ...pull, trouble: "GitHub cannot be reached." }], [news(1, "checks_passed", passed), news(2, "pull_request_merged", { ...passed, state: "merged" })]);
  assert.deepEqual(changed?.map(({ number, state, execution_id, trouble }) => [number, state, execution_id, trouble]), [[7, "merged", "e1", null]]);
  assert.deepEqual(withPullNews([pull], [news(3, "pull_request_opened", { ...pull, number: 8 })])?.map(({ number }) => number), [8, 7]);
  assert.equal(withPullNews(null, [news(1, "checks_passed", passed)]), null);
  assert.equal(withPullNews([pull], [news(4, "pull_request_linked", { number: 7, url: pull.url, title: null, branch: null, state: "open" })])?.[0].title, "Add prices");
  const held = [pull];
  assert.equal(withPullNews(held, [news(1, "topic_started", undefined)]), held);
});

test("a command shows how the pull request stands that it opened, and is not begun again by what becomes of it", () => {
  const P = "p1";
  const status = (/** @type {number} */ seq, /** @type {string} */ word) => ({ ...news(seq, word, undefined), source: "scar", kind: "status", command: "execute-github" });
  const received = (/** @type {any} */ state, /** @type {any[]} */ ...activities) => reduce(state, { projectId: P, type: "activities/received", activities });
  let state = received(reduce(initialState, { type: "project/opened", projectId: P }), status(1, "RUNNING"), news(2, "pull_request_opened", pull), status(3, "COMPLETED"));
  assert.equal(state.views[P].executions.e1.pull_request?.state, "open");
  state = received(state, news(4, "pull_request_merged", { ...pull, state: "merged" }));
  assert.equal(state.views[P].executions.e1.pull_request?.state, "merged");
  assert.equal(state.views[P].executions.e1.status, "COMPLETED");
  state = reduce(state, { projectId: P, type: "pulls/loaded", pulls: [{ ...pull, state: "closed" }] });
  assert.equal(state.views[P].executions.e1.pull_request?.state, "closed");
  // The record says less of it.
  const record = { id: "e1", command_type: "EXECUTE_GITHUB", status: "COMPLETED", pull_request: { number: 7, url: pull.url, state: "closed", checks: "pending" } };
  state = reduce(state, { projectId: P, type: "executions/loaded", records: [record] });
  assert.equal(state.views[P].executions.e1.pull_request?.title, "Add prices");
});

test("what becomes of a pull request draws nothing else into a command that is over", () => {
  const said = { ...news(9, "topic_started", undefined), execution_id: undefined, data: {} };
  const { entries } = extend(EMPTY, [news(8, "pull_request_merged", pull), said]);
  assert.deepEqual(entries.map(({ type }) => type), ["command", "single"]);
});

test("a pointer that rests on one is told whose it is and what is the matter", () => {
  assert.equal(aboutPull({ ...pull, trouble: "GitHub cannot be reached." }), "Pull request #7: Add prices\nBranch feature/prices, by mira\nGitHub cannot be reached.");
  assert.equal(aboutPull({ number: 7, url: pull.url, state: "open" }), "Pull request #7");
});
