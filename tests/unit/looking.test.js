// What is new for somebody who looks, who listens, and who searches.

import assert from "node:assert/strict";
import { test } from "node:test";
import { look, news } from "../../static/announcements.js";
import { byNeed, matching } from "../../static/project-groups.js";
import { emptyView } from "../../static/state.js";
import { furthest, hasNews, newMessages } from "../../static/unread.js";

const at = (/** @type {number} */ n) => new Date(Date.UTC(2026, 0, 1, 12, 0, n)).toISOString();
const message = (/** @type {string} */ id, /** @type {string} */ role, /** @type {number} */ n, content = id) => ({ id, role, content, timestamp: at(n) });
/** @param {any} more @returns {import("../../static/state.js").View} */
const view = (more) => ({ ...emptyView, messagesLoaded: true, ...more });
const execution = (/** @type {string} */ status, more = {}) => /** @type {any} */ ({ x: { id: "x", command: "validate", status, ...more } });

test("nobody unsees what was seen, in whichever tab", () => {
  const some = { p: { head: 5, activity: 2, chat: at(3) } };
  const more = { p: { head: 4, activity: 4, chat: at(1) }, q: { head: 1, activity: 1, chat: "" } };
  const both = { p: { head: 5, activity: 4, chat: at(3) }, q: { head: 1, activity: 1, chat: "" } };
  assert.deepEqual(furthest(some, more), both);
  assert.deepEqual(furthest(more, some), both);
});

test("of a project that was never looked at here nothing is news", () => {
  assert.equal(hasNews({ head: 9 }, undefined), false);
  assert.equal(hasNews({ head: 9 }, { head: 8, activity: 0, chat: "" }), true);
  assert.equal(hasNews({ head: 9 }, { head: 9, activity: 0, chat: "" }), false);
  assert.equal(hasNews({}, { head: 0, activity: 0, chat: "" }), false);
});

test("one's own words are no new messages", () => {
  const messages = [message("a", "assistant", 1), message("b", "user", 2), message("c", "assistant", 3), message("d", "system", 4)];
  assert.equal(newMessages(messages, at(1)), 2);
  assert.equal(newMessages(messages, at(4)), 0);
  assert.equal(newMessages(messages, ""), 3);
});

test("it is said aloud how a command ended, and what was answered", () => {
  const before = view({ executions: execution("RUNNING"), messages: [message("a", "user", 1)] });
  for (const [status, more, word] of /** @type {[string, any, string][]} */ ([
    ["COMPLETED", {}, "done"], ["FAILED", {}, "failed"], ["CANCELLED", {}, "stopped"], ["FAILED", { error_code: "interrupted" }, "interrupted"],
  ])) {
    const now = view({ executions: execution(status, more), messages: [...before.messages, message("b", "assistant", 2, "## All checks passed\n\nmore")] });
    assert.equal(news(look("p", before), look("p", now), now), `Run the checks: ${word}. Project manager: All checks passed`);
    assert.equal(news(look("p", now), look("p", now), now), "");
  }
});

test("what was there before is not said, nor what one says oneself", () => {
  const now = view({ executions: execution("COMPLETED"), messages: [message("a", "assistant", 1)] });
  assert.equal(news(look("other", view({})), look("p", now), now), "", "another project is opened");
  assert.equal(news(look("p", emptyView), look("p", now), now), "", "its history has come");
  assert.equal(news(look("p", view({ messages: now.messages })), look("p", now), now), "", "a command that had ended before this page knew it");
  const own = view({ messages: [message("b", "user", 2)] });
  assert.equal(news(look("p", view({})), look("p", own), own), "");
});

test("it is said aloud that something waits for an approval, and what became of it", () => {
  const flow = (/** @type {string} */ status) => ({ ...emptyView.flow, isLoaded: true, gates: /** @type {any[]} */ (status ? [{ id: "g", status, question: "Shall **it** be built?" }] : []) });
  const [before, asked, done] = ["", "PENDING", "APPROVED"].map((status) => view({ flow: flow(status) }));
  assert.equal(news(look("p", before), look("p", asked), asked), "Waiting for your approval: Shall it be built?");
  assert.equal(news(look("p", asked), look("p", done), done), "Approved: Shall it be built?");
  assert.equal(news(look("p", view({})), look("p", asked), asked), "", "it waited before this page asked");
});

test("a project is found by the beginnings and middles of its words, and by its folder", () => {
  const all = /** @type {any[]} */ ([
    { name: "Meadow Tea", description: "Sells loose leaves", workspace_path: "/srv/tea" }, { name: "Library", github_repo_url: "https://github.com/acme/books" },
  ]);
  const found = (/** @type {string} */ search) => matching(all, search).map((p) => p.name);
  assert.deepEqual(found(""), ["Meadow Tea", "Library"]);
  assert.deepEqual(found("  TEA meadow "), ["Meadow Tea"]);
  assert.deepEqual(found("leaves"), ["Meadow Tea"]);
  assert.deepEqual(found("acme"), ["Library"]);
  assert.deepEqual(found("tea library"), []);
});

test("those that wait for somebody stand apart, in the order of the list", () => {
  const all = /** @type {any[]} */ ([{ id: "a" }, { id: "b", needs_attention: 1 }, { id: "c", needs_attention: 0 }, { id: "d", needs_attention: 2 }]);
  const { needing, others } = byNeed(all);
  assert.deepEqual([needing.map((p) => p.id), others.map((p) => p.id)], [["b", "d"], ["a", "c"]]);
});
