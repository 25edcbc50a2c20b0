// What a person who looks elsewhere is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { moreUrgent, newsOf, windowWords } from "../../static/attention.js";

const end = (/** @type {string} */ status, data = {}) => /** @type {any} */ ({ kind: "status", status, execution_id: "x", command: "validate", message: "", data });
const said = (/** @type {string} */ message, data = {}) => /** @type {any} */ ({ kind: "message", message, data: { role: "assistant", client_id: "reply:1", ...data } });

test("an end is news, what a person stopped is not", () => {
  assert.deepEqual(newsOf([end("COMPLETED")], false), { outcome: "done", title: "Done: Run the checks", text: "" });
  assert.deepEqual(newsOf([end("FAILED", { error_code: "checks_failed" })], false), { outcome: "failed", title: "Failed: Run the checks", text: "The checks did not go through" });
  assert.equal(newsOf([end("CANCELLED"), end("RUNNING")], false), null);
});

test("an answer is news when nothing goes on after it", () => {
  assert.deepEqual(newsOf([said("**Hello** there\n\nmore")], false), { outcome: "turn", title: "Your turn", text: "Hello there" });
  assert.equal(newsOf([said("I'm having a look")], true), null);
});

test("what waits for an approval is the first thing to be told, until it is decided", () => {
  const gate = (/** @type {string} */ status) => /** @type {any} */ ({ kind: "gate", status, message: "Asks for your approval: Go on?", data: { gate: { id: "g", question: "Go on?", status } } });
  const news = { outcome: "gate", title: "Waiting for your approval", text: "Go on?" };
  assert.deepEqual(newsOf([gate("PENDING"), end("COMPLETED"), said("Please look")], false), news);
  assert.equal(newsOf([gate("PENDING"), gate("APPROVED")], false), null);
  assert.deepEqual(newsOf([said("Please look at it")], false, gate("PENDING").data.gate), news);
  const calm = { project: { name: "Shop" }, running: null, count: 1 };
  assert.deepEqual(windowWords({ ...calm, news: /** @type {any} */ (news) }), { title: "(1) ? Waiting for your approval · Shop · Project Manager", icon: "turn" });
});

test("neither what the person says nor the report of an end that was told is news", () => {
  assert.equal(newsOf([said("mine", { role: "user" })], false), null);
  assert.equal(newsOf([said("# Summary", { client_id: "report:x" })], false), null);
  assert.equal(newsOf([end("COMPLETED"), said("# Summary", { client_id: "report:x" })], false)?.outcome, "done");
});

test("the title and the icon say what runs, else what is unseen, else who waits", () => {
  const project = { name: "Shop" };
  const news = /** @type {const} */ ({ outcome: "failed", title: "Failed: Run the checks", text: "" });
  const calm = { project, running: null, news: null, count: 0 };
  assert.deepEqual(windowWords(calm), { title: "Shop · Project Manager", icon: "plain" });
  assert.deepEqual(windowWords({ ...calm, project: null }), { title: "Project Manager", icon: "plain" });
  assert.deepEqual(windowWords({ ...calm, running: { command: "validate" }, news, count: 2 }), { title: "(2) ● Running the checks · Shop · Project Manager", icon: "running" });
  assert.deepEqual(windowWords({ ...calm, news, count: 1 }), { title: "(1) ✕ Failed: Run the checks · Shop · Project Manager", icon: "failed" });
  assert.deepEqual(windowWords({ ...calm, project: { name: "Shop", needs_attention: 1 } }), { title: "? Waiting for you · Shop · Project Manager", icon: "turn" });
});

test("what is said takes no place from an end that nobody has seen", () => {
  const news = (/** @type {import("../../static/attention.js").Outcome} */ outcome) => ({ outcome, title: outcome, text: "" });
  const told = (/** @type {any} */ unseen, /** @type {any} */ next) => moreUrgent(unseen && news(unseen), news(next)).outcome;
  assert.equal(told("failed", "turn"), "failed");
  assert.equal(told("done", "turn"), "done");
  assert.equal(told(null, "turn"), "turn");
  assert.equal(told("turn", "turn"), "turn");
  assert.equal(told("failed", "done"), "done");
  assert.equal(told("failed", "gate"), "gate");
});
