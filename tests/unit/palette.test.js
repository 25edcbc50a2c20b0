// Finding something by a few of its letters.

import assert from "node:assert/strict";
import { test } from "node:test";
import { find, fit } from "../../static/palette.js";

const labels = (/** @type {string} */ query, /** @type {string[]} */ all) => find(query, all.map((label) => ({ label }))).map(({ item }) => item.label);

test("letters are found in their order, in any case, and blanks do not count", () => {
  assert.deepEqual(fit("MT", "Meadow Tea")?.at, [0, 7]);
  assert.deepEqual(fit("mea tea", "Meadow Tea")?.at, [0, 1, 2, 7, 8, 9]);
  assert.equal(fit("team", "Meadow Tea"), null);
});

test("beginnings of words and letters in a row come first", () => {
  assert.deepEqual(labels("ch", ["Search the steps", "Run the checks"]), ["Run the checks", "Search the steps"]);
  assert.deepEqual(labels("set", ["Show each step", "Project settings"])[0], "Project settings");
  assert.deepEqual(labels("new", ["Renew", "New project"]), ["New project", "Renew"]);
});

test("the first of a letter is not always the one that was meant", () => {
  assert.deepEqual(fit("tea", "The tea")?.at, [4, 5, 6]);
});

test("a letter that begins a later word does not hide one that fits", () => {
  assert.deepEqual(fit("ab c", "axb c b")?.at.length, 3);
});

test("what is said beside the name is found as well, after the names", () => {
  const all = [{ label: "Shop", more: "~/code/tea" }, { label: "Tea" }];
  assert.deepEqual(find("tea", all).map(({ item, at }) => [item.label, at.length]), [["Tea", 3], ["Shop", 0]]);
});

test("without letters everything stays in its order", () => {
  assert.deepEqual(labels("  ", ["b", "a"]), ["b", "a"]);
});
