// Words and numbers as people read them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, capped, clockTime, count, elapsed, exactTime, placeOf, plainLine, shortAge, shortPath, ticking } from "../../static/format.js";
import { commandWords, statusWords } from "../../static/words.js";
import { parseRoute, projectHash } from "../../static/route.js";
import { withDividers } from "../../static/conversation.js";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const back = (/** @type {number} */ ms) => new Date(NOW - ms).toISOString();

test("ages are short in a gutter and whole in a sentence", () => {
  assert.deepEqual([0, 25_000, 60_000, 3_600_000, 86_400_000 * 3].map((ms) => shortAge(back(ms), NOW)), ["now", "20s", "1m", "1h", "3d"]);
  assert.deepEqual([0, 12_000, 180_000, 7_200_000, 86_400_000, 86_400_000 * 4].map((ms) => ago(NOW - ms, NOW)),
    ["just now", "12 s ago", "3 min ago", "2 h ago", "yesterday", "4 days ago"]);
});

test("a clock that runs ahead of ours is now, and no time at all is nothing", () => {
  assert.equal(shortAge(back(-5_000), NOW), "now");
  assert.equal(shortAge("not a time", NOW), "");
  assert.equal(clockTime("", NOW), "");
});

test("the exact time has milliseconds", () => {
  assert.match(exactTime("2026-03-01T11:22:33.045Z"), /33.*\.045$/);
});

test("durations are read at a glance", () => {
  assert.deepEqual([0, 450, 12_300, 125_000, 3_720_000].map(elapsed), ["0.0 s", "0.5 s", "12 s", "2 min 05 s", "1 h 02 min"]);
  assert.deepEqual([-5, 4_900, 61_000].map(ticking), ["0 s", "4 s", "1 min 01 s"]);
});

test("a path keeps its end, and never grows beyond its place", () => {
  assert.equal(shortPath("/srv/shop"), "/srv/shop");
  assert.equal(shortPath("/srv/work/clients/northwind/mobile-app", 30), "…/clients/northwind/mobile-app");
  const long = shortPath(`/a/${"x".repeat(80)}`, 20);
  assert.equal(long.length, 20);
  assert.ok(long.startsWith("…x"));
});

test("a project is where its folder is, else where people would say its repository is", () => {
  assert.equal(placeOf({ workspace_path: "/srv/shop", github_repo_url: "https://github.com/acme/shop" }), "/srv/shop");
  assert.equal(placeOf({ workspace_path: null, github_repo_url: "https://github.com/acme/shop" }), "github.com/acme/shop");
  assert.equal(placeOf({}), "");
});

test("long text is cut by lines, and by characters where there are none", () => {
  const lines = Array.from({ length: 50 }, (_, i) => `line ${i}`).join("\n");
  assert.deepEqual(capped(lines, { lines: 2 }), { text: "line 0\nline 1", isCapped: true, lines: 50 });
  assert.equal(capped(lines, { lines: 2, from: "end" }).text, "line 48\nline 49");
  assert.equal(capped("x".repeat(9_000)).text.length, 2_000);
  assert.deepEqual(capped("one\ntwo\n"), { text: "one\ntwo", isCapped: false, lines: 2 });
});

test("a line of Markdown reads as plain text where it is not drawn", () => {
  assert.equal(plainLine("## What **this** is\nmore"), "What this is");
  assert.equal(plainLine("- see [the guide](https://x.org) and `cargo test`"), "see the guide and cargo test");
  assert.equal(plainLine("snake_case_name and 2 * 3 * 4 stay"), "snake_case_name and 2 * 3 * 4 stay");
});

test("numbers agree with their words", () => {
  assert.deepEqual([count(1, "step"), count(2, "step"), count(1200, "step")], ["1 step", "2 steps", "1,200 steps"]);
});

test("statuses have one word each, and an interruption is no failure of the work", () => {
  assert.equal(statusWords({ status: "RUNNING" }).word, "running");
  assert.equal(statusWords({ status: "RUNNING", stalled: true }).word, "stalled");
  assert.equal(statusWords({ status: "FAILED", error_code: "interrupted" }).word, "interrupted");
  assert.equal(statusWords({ status: "FAILED", error_code: "agent_missing" }).word, "failed");
  assert.equal(statusWords({ status: "CANCELLED" }).word, "stopped");
});

test("of what runs there is no news while the page is cut off, of what has ended nothing changes", () => {
  assert.equal(statusWords({ status: "RUNNING" }, true).word, "no news");
  assert.equal(statusWords({ status: "COMPLETED" }, true).word, "done");
});

test("commands have the same name in capitals and in kebab-case, unknown ones their own", () => {
  assert.equal(commandWords("PLAN_FEATURE_GITHUB").title, commandWords("plan-feature-github").title);
  assert.equal(commandWords("deploy").title, "deploy");
});

test("the address names a project, whatever follows it", () => {
  assert.equal(parseRoute(projectHash("a b")).projectId, "a b");
  assert.equal(parseRoute("#/p/x1/a/77").projectId, "x1");
  assert.equal(parseRoute("#/p/%E0%A4%A").projectId, "%E0%A4%A");
  assert.equal(parseRoute("").projectId, null);
  assert.equal(parseRoute("#/p/").projectId, null);
});

test("a new conversation is a line between messages, also before its first message", () => {
  const message = (/** @type {string} */ id, /** @type {string | null} */ topic_id) => ({ id, role: "user", content: "", timestamp: back(0), topic_id });
  const kinds = (/** @type {{ type: string }[]} */ rows) => rows.map((r) => r.type[0]).join("");
  assert.equal(kinds(withDividers([message("1", "a"), message("2", "b")], null)), "mdm");
  assert.equal(kinds(withDividers([message("1", "a")], "b")), "md");
  assert.equal(kinds(withDividers([message("1", "a"), message("2", "b")], "b")), "mdm");
  assert.equal(kinds(withDividers([message("1", "a"), message("2", null)], null)), "mm");
});
