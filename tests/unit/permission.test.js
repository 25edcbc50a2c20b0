// What a coding agent asks for, and how that is shown elsewhere.

import assert from "node:assert/strict";
import { test } from "node:test";
import { windowWords } from "../../static/attention.js";
import { allows, chosenName, meaningOf, optionsOf } from "../../static/permission.js";
import { statusWords } from "../../static/words.js";

/** @param {any[]} options @param {any} [more] @returns {any} */
const gate = (options, more = {}) => ({ gate_type: "permission", options, ...more });

test("the yes stands before the no, this time before always, each in the agent's words", () => {
  const options = optionsOf(gate([
    { id: "n", name: "Never", kind: "reject_always" }, { id: "?", name: "Whatever", kind: "something_new" }, { id: "a", name: "Always", kind: "allow_always" },
    { id: "no", name: " ", kind: "reject_once" }, { id: "y", name: "Go on", kind: "allow_once" },
  ]));
  assert.deepEqual(options.map(({ name }) => name), ["Go on", "Always", "No, this time", "Never", "Whatever"]);
  assert.deepEqual(options.map(allows), [true, true, false, false, false]);
  assert.equal(meaningOf(options[4]), "No, this time");
});

test("what was chosen has the agent's words", () => {
  const options = [{ id: "y", name: "Go on", kind: "allow_once" }];
  assert.equal(chosenName(gate(options, { chosen: "y" })), "Go on");
  assert.equal(chosenName(gate(options, { chosen: "z" })), null);
  assert.equal(chosenName(gate(options)), null);
  assert.deepEqual(optionsOf(gate(/** @type {any} */ (undefined))), []);
});

test("a command whose agent waits for a person says so, unless nothing is heard of it", () => {
  assert.deepEqual(statusWords({ status: "RUNNING", stalled: true }, false, true), { word: "waiting for you", tone: "waiting" });
  assert.equal(statusWords({ status: "RUNNING" }, true, true).word, "no news");
  assert.equal(statusWords({ status: "COMPLETED" }, false, true).word, "done");
  const now = { project: { name: "Shop" }, running: { command: "prime" }, news: null, count: 0 };
  assert.deepEqual(windowWords({ ...now, isAsking: true }), { title: "? Waiting for you · Shop · Project Manager", icon: "turn" });
  assert.equal(windowWords(now).icon, "running");
});
