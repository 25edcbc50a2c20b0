// How a project uses a coding agent, as it is filled in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, formOf, newsOf, withChanged, withVariable } from "../../static/agent-settings.js";

const STORED = { command: "gemini --acp", env: ["GEMINI_API_KEY", "HOME"], permissions: "ask" };
const start = formOf(STORED);
const added = (/** @type {string} */ name, value = "v") => withChanged(withVariable(start, "new"), "new", { name, value });

test("what was not touched is not sent", () => {
  assert.equal(newsOf(start, STORED), null);
  assert.equal(newsOf(formOf(undefined), undefined), null);
  assert.equal(newsOf(withVariable(start, "new"), STORED), null, "an empty line is none");
});

test("what was changed is sent alone, and as usual is null", () => {
  assert.deepEqual(newsOf({ ...start, permissions: "worktree" }, STORED), { permissions: "worktree" });
  assert.deepEqual(newsOf({ ...start, permissions: "", command: "  " }, STORED), { command: null, permissions: null });
});

test("variables are set, replaced and removed by their names; a value that is there is never known", () => {
  assert.deepEqual(start.env.map(({ name, value }) => [name, value]), [["GEMINI_API_KEY", null], ["HOME", null]]);
  let form = added(" DEBUG ", "1");
  form = withChanged(form, "GEMINI_API_KEY", { value: "secret" });
  form = withChanged(form, "HOME", { isGone: true });
  assert.deepEqual(newsOf(form, STORED), { env: { GEMINI_API_KEY: "secret", HOME: null, DEBUG: "1" } });
  form = withChanged(withChanged(form, "HOME", { isGone: false }), "GEMINI_API_KEY", { value: "" });
  assert.deepEqual(newsOf(form, STORED), { env: { DEBUG: "1" } }, "nothing typed replaces nothing");
  assert.equal(withChanged(form, "new", { isGone: true }).env.length, 2);
});

test("a name that cannot be one is said before anything is sent", () => {
  assert.match(faultsOf(added("1A")).new, /letters, digits/);
  assert.match(faultsOf(added("A B")).new, /letters, digits/);
  assert.match(faultsOf(added("")).new, /Give it a name/);
  assert.match(faultsOf(added("HOME")).new, /there already/);
  assert.deepEqual(faultsOf(withChanged(added("HOME"), "HOME", { isGone: true })), {});
  assert.deepEqual(faultsOf(added("A_1", "")), {});
});
