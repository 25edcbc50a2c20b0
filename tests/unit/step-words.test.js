// What a step says on its one line, what stands behind it, and which lines are drawn.

import assert from "node:assert/strict";
import { test } from "node:test";
import { filesOf, rowsOf } from "../../static/rows.js";
import { firstFrom, fromLast } from "../../static/span.js";
import { changeOf, commandOutcome, currentOf, deedOf, isBad, lastHeard, outcomeOf, placesOf, rawParts } from "../../static/step-words.js";
import { EMPTY, extend } from "../../static/timeline.js";
import { session } from "../../static/session.js";
import { iconOf } from "../../static/words.js";

/** @param {number} seq @param {string} kind @param {any} [more] */
const activity = (seq, kind, more = {}) => ({ seq, id: `i${seq}`, timestamp: new Date(seq * 1000).toISOString(), source: "claude", execution_id: "x", kind, message: `m${seq}`, ...more });
const read = (/** @type {number} */ seq, /** @type {string} */ path) => activity(seq, "tool", { tool: "Read", message: `Read ${path}`, detail: path });
/** The one command that these belong to. @param {any[]} activities @returns {any} */
const entryOf = (...activities) => extend(EMPTY, activities).entries[0];
const stepsOf = (/** @type {any[]} */ ...activities) => entryOf(...activities).steps;
const kinds = (/** @type {import("../../static/rows.js").Row[]} */ rows) => rows.map((row) => row.type === "fold" ? row.steps.length : row.type);

test("three files read one after the other are one line, two are two", () => {
  const two = stepsOf(read(1, "a.js"), read(2, "src/b.js"));
  assert.deepEqual(kinds(rowsOf(two, 2)), ["tool", "tool"]);
  const three = stepsOf(read(1, "a.js"), read(2, "src/b.js"), read(3, "c.js"), activity(4, "tool", { tool: "Bash" }), read(5, "d.js"));
  assert.deepEqual(kinds(rowsOf(three, 2)), [3, "tool", "tool"]);
  assert.deepEqual(filesOf(/** @type {any} */ (rowsOf(three, 2)[0])), ["a.js", "b.js", "c.js"]);
});

test("whoever wants everything gets each file on its line", () => {
  assert.deepEqual(kinds(rowsOf(stepsOf(read(1, "a"), read(2, "b"), read(3, "c")), 3)), ["tool", "tool", "tool"]);
});

test("a file that could not be read is not hidden among others", () => {
  const failed = activity(3, "tool_result", { status: "failed", message: "No such file" });
  const steps = stepsOf(read(1, "a"), read(2, "b"), failed, read(4, "c"), read(5, "d"), read(6, "e"));
  assert.deepEqual(kinds(rowsOf(steps, 2)), ["tool", "tool", 3]);
});

test("a fold keeps its name while files are added to it", () => {
  const key = (/** @type {any[]} */ ...list) => rowsOf(stepsOf(...list), 2)[0].key;
  assert.equal(key(read(1, "a"), read(2, "b"), read(3, "c")), key(read(1, "a"), read(2, "b"), read(3, "c"), read(4, "d")));
});

test("a result is told in a few words behind its call", () => {
  const outcome = (/** @type {string} */ message) => outcomeOf(stepsOf(activity(1, "tool"), activity(2, "tool_result", { message }))[0]);
  assert.equal(outcome("Passed after 3 seconds: 41 passed"), "41 passed");
  assert.equal(outcome("Passed after 3 seconds"), "passed");
  assert.equal(outcome("Did not pass: exit code 2: 1 failed"), "Did not pass: exit code 2: 1 failed");
  assert.equal(outcome("84 lines\nmore"), "84 lines");
  assert.equal(outcomeOf(stepsOf(activity(1, "tool"))[0]), null);
});

test("what has been done is told as done", () => {
  const words = (/** @type {any[]} */ ...list) => deedOf(stepsOf(...list)[0]).text;
  assert.equal(words(activity(1, "tool", { message: "Run make test" })), "Run make test");
  assert.equal(words(activity(1, "tool", { message: "Run make test" }), activity(2, "tool_result")), "Ran make test");
  assert.equal(words(activity(1, "tool", { message: "Read README.md" }), activity(2, "tool_result")), "Read README.md");
});

test("an input that the line has said whole is not said again, one that may be cut is", () => {
  const labels = (/** @type {string} */ message, /** @type {string} */ detail) => rawParts(stepsOf(activity(1, "tool", { message, detail }))[0]).map((part) => part.label);
  assert.deepEqual(labels("Run make test", "make test"), []);
  assert.deepEqual(labels("Search for total(", "Searching: total("), []);
  assert.deepEqual(labels("Read src/cart.js", "Reading: /work/shop/src/cart.js"), ["Input"]);
  assert.deepEqual(labels(`Run npm test -- ${"x".repeat(40)}`, `npm test -- ${"x".repeat(40)}`), ["Input"]);
});

test("input and result stand apart", () => {
  const [step] = stepsOf(activity(1, "tool", { message: "Ask for the branch", detail: "git branch" }), activity(2, "tool_result", { message: "On main", detail: "main\n" }));
  assert.deepEqual(rawParts(step).map(({ label, text }) => [label, text]), [["Input", "git branch"], ["Result: On main", "main\n"]]);
});

test("a whole command says what came of it", () => {
  const done = /** @type {any} */ ({ status: "COMPLETED", command: "validate" });
  const checks = entryOf(activity(1, "tool", { tool: "Bash" }), activity(2, "tool_result", { message: "Passed after 1 second: 7 passed" }));
  assert.equal(commandOutcome(checks, done), "7 passed");
  const change = (/** @type {number} */ seq, /** @type {string} */ path) => activity(seq, "file_change", { data: { path } });
  assert.equal(commandOutcome(entryOf(change(1, "a"), change(2, "b"), change(3, "a")), { ...done, command: "execute-github" }), "2 files changed");
  assert.equal(commandOutcome(checks, { ...done, status: "FAILED", error_code: "timed_out" }), "It took longer than its time limit");
  assert.equal(commandOutcome(checks, { ...done, status: "RUNNING" }), null);
});

test("while a tool's output comes, the tool is what is done now", () => {
  const output = (/** @type {number} */ seq) => activity(seq, "text", { data: { format: "output" } });
  const running = rowsOf(stepsOf(activity(1, "tool"), output(2)), 2);
  assert.equal(currentOf(running), running[0]);
  const over = rowsOf(stepsOf(activity(1, "tool"), output(2), activity(3, "tool_result")), 2);
  assert.equal(currentOf(over), over[1]);
  const spoken = rowsOf(stepsOf(activity(1, "tool"), output(2), activity(3, "message", { source: "pm", data: { role: "user" } })), 2);
  assert.equal(currentOf(spoken), spoken[0]);
  assert.equal(currentOf([]), undefined);
});

test("a notice of the server does not break a command's silence", () => {
  const entry = entryOf(activity(1, "tool", { message: "Run npm test" }), activity(5, "system", { source: "pm", status: "stalled" }));
  assert.deepEqual(lastHeard(entry), { at: new Date(1000).toISOString(), words: "Run npm test" });
});

test("what is drawn begins at the same line, whatever comes before or after it", () => {
  const lines = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: to - from + 1 }, (_, i) => ({ lastSeq: from + i }));
  const from = fromLast(lines(1, 100), 30);
  assert.equal(lines(1, 100)[firstFrom(lines(1, 100), from)].lastSeq, 71);
  assert.equal(lines(1, 500)[firstFrom(lines(1, 500), from)].lastSeq, 71);
  assert.equal(lines(90, 120)[firstFrom(lines(90, 120), from)].lastSeq, 90);
  assert.equal(fromLast(lines(1, 30), 30), 0);
});

test("a gate says what was asked, and a decision only what has no room on its line", () => {
  const context = { what: "A cart", why: "Code is changed from here on", next: null };
  const gate = (/** @type {string} */ status, /** @type {string} */ message) => stepsOf(activity(1, "gate", { source: "pm", status, message, data: { gate: { id: "g", status, context } } }))[0];
  const asked = gate("PENDING", "Asks for your approval: Shall the cart be built as planned?");
  assert.deepEqual(rawParts(asked), [{ label: "What", text: "A cart" }, { label: "Why", text: "Code is changed from here on" }]);
  assert.deepEqual(rawParts(gate("APPROVED", "You approved the plan")), []);
  assert.deepEqual(rawParts(gate("REJECTED", "You rejected the plan: no\nand no")), [{ label: null, text: "You rejected the plan: no\nand no" }]);
  assert.deepEqual([asked, gate("APPROVED", ""), gate("REJECTED", "")].map((step) => iconOf(step.activity)), ["hand", "check", "close"]);
});

test("a phase that failed is something that went wrong, one that waits is not", () => {
  const phase = (/** @type {string} */ status) => stepsOf(activity(1, "phase", { source: "pm", status }))[0];
  assert.deepEqual(["IN_PROGRESS", "AWAITING_APPROVAL", "PAUSED", "FAILED", "COMPLETED"].map((status) => [isBad(phase(status)), iconOf(phase(status).activity)]),
    [[false, "flag"], [false, "hand"], [false, "pause"], [true, "alert"], [false, "check"]]);
});

test("a change to a file says how many lines came and went, and a command the sum of them where all are known", () => {
  const change = (/** @type {number} */ seq, /** @type {any} */ data) => activity(seq, "file_change", { detail: data.path, data });
  const known = change(1, { path: "a.js", diff: "@@ -1 +1,2 @@\n-a\n+b\n+c", added: 2, removed: 1 });
  assert.deepEqual(changeOf(known), { added: 2, removed: 1 });
  assert.deepEqual(rawParts(stepsOf(known)[0]).map((part) => part.isDiff), [true]);
  const outcome = (/** @type {any[]} */ ...list) => commandOutcome(entryOf(...list), /** @type {any} */ ({ status: "COMPLETED" }));
  assert.equal(outcome(known, change(2, { path: "a.js", diff: "@@ -1 +1 @@\n-a\n+b", added: 1, removed: 1 })), "1 file changed, +3 −2");
  assert.equal(outcome(known, change(2, { path: "b.js" })), "2 files changed");
});

test("a tool says where it is at work, unless its line has said it", () => {
  const places = (/** @type {string} */ message, /** @type {any[]} */ locations) => placesOf(stepsOf(activity(1, "tool", { message, data: { locations } }))[0]);
  assert.deepEqual(places("Read file", [{ path: "src/a.js", line: 12 }, { path: "b.js" }]), ["src/a.js:12", "b.js"]);
  assert.deepEqual(places("Read src/a.js", [{ path: "src/a.js" }]), []);
  assert.deepEqual(places("Read src/a.js", [{ path: "src/a.js", line: 3 }]), ["line 3"]);
});

test("each sort of work has its icon, in the agent's words before the tool's name", () => {
  const icon = (/** @type {string} */ kind, tool = "Anything") => iconOf(activity(1, "tool", { tool, data: { kind } }));
  assert.deepEqual(["read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other"].map((kind) => icon(kind)),
    ["file", "pencil", "trash", "move", "search", "terminal", "thought", "globe", "wrench"]);
  assert.equal(icon("other", "Bash"), "terminal");
});

test("what a model took is told once while it grows, and thoughts are a line that opens", () => {
  const usage = (/** @type {number} */ seq, /** @type {number} */ used_tokens) => activity(seq, "usage", { data: { used_tokens, size_tokens: 200_000 } });
  const steps = stepsOf(usage(1, 10_000), activity(2, "text"), usage(3, 41_210));
  assert.deepEqual(rowsOf(steps, 2).map((row) => row.key), ["a2", "a3"]);
  assert.deepEqual(rowsOf(steps, 3).map((row) => row.key), ["a1", "a2", "a3"]);
  assert.deepEqual(rowsOf(steps, 2, 1).map((row) => row.key), ["a1", "a2", "a3"]);
  assert.equal(deedOf(steps[2]).text, "41k of 200k tokens in mind");
  assert.deepEqual(rawParts(steps[2]), []);
  const thought = stepsOf(activity(1, "thinking", { message: "**First** I look at the tests.\nThen I write." }))[0];
  assert.equal(deedOf(thought).text, "First I look at the tests.");
  assert.equal(rawParts(thought).length, 1);
});

test("who said something elsewhere has their name, and who looks at it is not told their own", () => {
  const who = (/** @type {any} */ by) => deedOf(stepsOf(activity(1, "message", { message: "fix issue 12", data: { role: "user", by } }))[0]).who;
  assert.deepEqual([who(undefined), who("alice on GitHub")], ["You", "alice on GitHub"]);
  session.value = { asked: true, name: "mira", scope: "write" };
  assert.deepEqual([who("mira"), who("jonas")], ["You", "jonas"]);
  session.value = null;
});
