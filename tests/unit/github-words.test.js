// How the server and GitHub get on, in words; what a server does not tell is left out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { githubFacts, importWords } from "../../static/github-words.js";
import { iconOf } from "../../static/words.js";

const AT = Date.parse("2026-01-01T12:00:00Z");
/** @param {any} github */
const says = (github) => Object.fromEntries(githubFacts(github, AT).map(({ name, says }) => [name, says]));

test("what is known is said, and what is not told is left out", () => {
  assert.deepEqual(says({}), {});
  const all = says({
    site: "https://github.com", has_token: true, webhooks: true, last_answer_at: "2026-01-01T11:59:30Z", mentions: { waiting: 1, last_delivery_at: "2026-01-01T11:00:00Z" },
    limits: [{ resource: "core", limit: 5000, remaining: 4990, resets_at: "2026-01-01T12:30:00Z" }, { resource: "search", limit: 30, remaining: 30, resets_at: "2026-01-01T11:00:00Z" }, { resource: "graphql", limit: 1, remaining: 0, resets_at: "2026-01-01T12:00:01Z" }],
  });
  assert.deepEqual(all, {
    "Where it is": "https://github.com", "In whose name": "of the token it was given", Webhooks: "taken, if they are signed", "Last answer": "30 s ago",
    "Requests left": "4990 of 5000, all of them again in 30 min", "Searches left": "30 of 30", "Left of “graphql”": "0 of 1, all of them again in 1 min",
    Mentions: "1 waits for an answer, the last webhook came 1 h ago",
  });
});

test("what is missing is said with what to do", () => {
  const { "In whose name": name, Webhooks: webhooks, "Last answer": last } = says({ has_token: false, webhooks: false, last_answer_at: null, mentions: null });
  assert.match(name, /Set GITHUB_ACCESS_TOKEN/);
  assert.match(webhooks, /Set GITHUB_WEBHOOK_SECRET/);
  assert.equal(last, "none yet");
});

test("bringing in projects is told while it goes on and when it has ended", () => {
  assert.equal(importWords(undefined, AT), null);
  assert.equal(importWords({ state: "idle" }, AT), null);
  assert.deepEqual(importWords({ state: "running", total: 20, done: 3, sources: ["user mira"] }, AT), { says: "Projects are being brought in from user mira: 3 of 20.", tone: "unknown" });
  const ended = { state: "done", total: 4, done: 4, created: 1, present: 2, failed: [{ name: "acme/gone", why: "GitHub knows no repository acme/gone" }], ended_at: "2026-01-01T11:50:00Z" };
  assert.deepEqual(importWords(ended, AT), { says: "Projects were brought in 10 min ago: 1 project made, 2 there already, 1 not brought in.", tone: "bad" });
  assert.match(importWords({ ...ended, sources: ["a/a", "b/b", "c/c", "d/d", "e/e"] }, AT)?.says ?? "", /from a\/a, b\/b, c\/c and 2 more places 10 min ago/);
  assert.match(importWords({ ...ended, failed_count: 240 }, AT)?.says ?? "", /240 not brought in/);
  assert.equal(importWords({ state: "done", created: 2, present: 0 }, AT)?.says, "Projects were brought in: 2 projects made.");
});

test("what happened on GitHub has icons that tell it apart", () => {
  const icons = ["issue_opened", "issue_closed", "github_answered", "pull_request_merged", "checks_failed", "topic_started"].map((status) => iconOf({ kind: "pm", status }));
  assert.deepEqual(icons, ["issue", "check", "bubble", "merge", "alert", "agent"]);
});
