// The choice of a repository: asked for when somebody pauses, and the last question's answer counts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createLookup, matching, plainName, questionOf } from "../../static/repositories.js";
import { clockwork } from "./clockwork.js";

function setUp() {
  const timers = clockwork();
  /** @type {{ question: string, answer: (names: string[]) => Promise<void>, fail: (why: string) => Promise<void> }[]} */
  const asked = [];
  /** @type {import("../../static/repositories.js").Found[]} */
  const told = [];
  const settled = () => new Promise((done) => setImmediate(() => done(undefined)));
  const ask = (/** @type {string} */ question) => new Promise((/** @type {(answer: any) => void} */ done, failed) => {
    asked.push({
      question,
      answer: async (names) => { done({ has_token: true, repositories: names.map((full_name) => ({ full_name })) }); await settled(); },
      fail: async (why) => { failed(new Error(why)); await settled(); },
    });
  });
  const lookup = createLookup({ ask, on: (found) => told.push(found), words: (error) => /** @type {Error} */ (error).message, timers });
  const shown = () => told.at(-1)?.answer?.repositories.map(({ full_name }) => full_name);
  return { timers, asked, told, lookup, shown };
}

test("nothing is asked while somebody types, and once when they pause", () => {
  const { timers, asked, lookup } = setUp();
  for (const text of ["s", "sh", "sho"]) {
    lookup.soon(text);
    timers.pass(100);
  }
  assert.equal(asked.length, 0);
  timers.pass(200);
  assert.deepEqual(asked.map(({ question }) => question), ["sho"]);
});

test("the answer to the last question counts, whatever comes later", async () => {
  const { asked, lookup, shown, told } = setUp();
  void lookup.now("sh");
  void lookup.now("shop");
  await asked[1].answer(["acme/shop"]);
  await asked[0].answer(["acme/shed", "acme/shop"]);
  assert.deepEqual(shown(), ["acme/shop"]);
  assert.equal(told.at(-1)?.isBusy, false);
});

test("what was found stays while more is looked for, and a failure is told", async () => {
  const { asked, lookup, shown, told } = setUp();
  void lookup.now("");
  await asked[0].answer(["acme/shop"]);
  void lookup.now("tea");
  assert.deepEqual([shown(), told.at(-1)?.isBusy], [["acme/shop"], true]);
  await asked[1].fail("GitHub cannot be reached.");
  assert.equal(told.at(-1)?.problem, "GitHub cannot be reached.");
  void lookup.now("tea");
  await asked[2].answer([]);
  assert.deepEqual([shown(), told.at(-1)?.problem], [[], null]);
});

test("who has left is told nothing more", async () => {
  const { timers, asked, lookup, told } = setUp();
  void lookup.now("");
  lookup.soon("shop");
  lookup.stop();
  await asked[0].answer(["acme/shop"]);
  timers.pass(1_000);
  assert.deepEqual([asked.length, told.length, told.at(-1)?.answer], [1, 2, null]);
});

test("of an address its owner and name are looked for", () => {
  for (const text of ["https://github.com/acme/shop", " http://github.com/acme/shop.git ", "https://github.com/acme/shop/", "acme/shop"]) assert.equal(questionOf(text), "acme/shop");
  assert.equal(questionOf("https://github.com"), "");
  assert.equal(plainName({ full_name: "acme/shop.js" }), "shop.js");
});

test("what was found for another question is not offered while the answer to this one is on its way", () => {
  const found = ["acme/tea-timer", "Acme/Invoices"].map((full_name) => ({ full_name, description: full_name === "acme/tea-timer" ? "Counts Minutes" : null, url: "", private: false, archived: false, project_id: null }));
  const names = (/** @type {string} */ question) => matching(found, question).map(({ full_name }) => full_name);
  assert.deepEqual([names(""), names("INV"), names("minutes"), names("shop")], [["acme/tea-timer", "Acme/Invoices"], ["Acme/Invoices"], ["acme/tea-timer"], []]);
});
