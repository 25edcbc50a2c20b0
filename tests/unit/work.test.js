// What a coding agent changed, as git has it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { changeCount, changeSorts, changeWords, changesOf, shortName } from "../../static/work.js";

const copy = { name: "discount", path: "/data/worktrees/p/discount", branch: "feature/discount", base: "0123456789ab", base_branch: "main", ahead: 2, uncommitted: 1, in_use: false };
const branch = (/** @type {string} */ name, ahead = 3) => ({ name, ahead, is_current: name === "feature/old", diff_url: `/api/diff/${name}` });

test("a branch that is in a copy is told once, with what is not committed there", () => {
  const [first, second, ...more] = changesOf("p 1", [copy], [branch("feature/discount"), branch("feature/old")]);
  assert.deepEqual([first.branch, first.base, first.diffUrl, first.copy?.path], ["feature/discount", "main", "/api/projects/p%201/worktrees/discount/diff", copy.path]);
  assert.deepEqual([second.branch, second.copy, second.diffUrl], ["feature/old", null, "/api/diff/feature/old"]);
  assert.deepEqual(more, []);
  assert.deepEqual([shortName(first), shortName({ ...first, branch: "main" })], ["discount", "main"]);
});

test("a copy without a branch is called one, and is beside a commit where no branch is known", () => {
  const [only] = changesOf("p", [{ ...copy, branch: null, base_branch: null }], []);
  assert.deepEqual([only.branch, only.base], ["A copy of the project", "01234567"]);
});

test("what nothing was changed in is not told: a copy that was only read in, a branch that is part of the main line", () => {
  assert.deepEqual(changesOf("p", [{ ...copy, branch: null, ahead: 0, uncommitted: 0 }], [branch("merged", 0)]), []);
  // Somebody works there.
  assert.equal(changesOf("p", [{ ...copy, ahead: 0, uncommitted: 0 }], []).length, 1);
});

test("how much it is, short and in full", () => {
  const of = (/** @type {number} */ ahead, /** @type {number} */ uncommitted) => changesOf("p", [{ ...copy, ahead, uncommitted }], [])[0];
  assert.deepEqual([changeCount(of(2, 1)), changeWords(of(2, 1))], ["3 changes", "2 commits, 1 file not committed yet"]);
  assert.deepEqual([changeCount(of(0, 1)), changeWords(of(0, 1))], ["1 change", "1 file not committed yet"]);
  assert.deepEqual([changeCount(of(0, 0)), changeWords(of(0, 0))], ["nothing yet", "Nothing was changed yet"]);
});

test("it is looked for at the end of a command, and now and then while files change", () => {
  const activity = (/** @type {any} */ one) => /** @type {any} */ ({ execution_id: "x", ...one });
  assert.equal(changeSorts(activity({ kind: "status", status: "COMPLETED" })), "now");
  assert.equal(changeSorts(activity({ kind: "file_change" })), "soon");
  assert.equal(changeSorts(activity({ kind: "status", status: "QUEUED" })), null);
  assert.equal(changeSorts(activity({ kind: "text" })), null);
});
