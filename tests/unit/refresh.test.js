// When the page asks again for what no stream tells it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRefresh } from "../../static/refresh.js";
import { clockwork } from "./clockwork.js";

function setUp() {
  const timers = clockwork();
  const page = { isHidden: false };
  /** @type {(() => void)[]} */
  const asked = [];
  const load = () => /** @type {Promise<void>} */ (new Promise((answer) => asked.push(answer)));
  const refresh = createRefresh({ load, everyMs: 5_000, isHidden: () => page.isHidden, timers });
  /** The server answers the newest request, and the page takes it in. */
  const answer = async () => {
    asked.at(-1)?.();
    await new Promise(setImmediate);
  };
  return { timers, page, asked, refresh, answer };
}

test("it asks again some time after each answer, and never twice at once", async () => {
  const { timers, asked, refresh, answer } = setUp();
  void refresh.now();
  timers.pass(60_000);
  assert.equal(asked.length, 1);
  await answer();
  timers.pass(4_999);
  assert.equal(asked.length, 1);
  timers.pass(1);
  assert.equal(asked.length, 2);
});

test("whoever asks while an answer is under way gets a newer one, and all of them the same", async () => {
  const { asked, refresh, answer } = setUp();
  void refresh.now();
  let isDone = false;
  void refresh.now();
  void refresh.now().then(() => { isDone = true; });
  await answer();
  assert.deepEqual([asked.length, isDone], [2, false]);
  await answer();
  assert.deepEqual([asked.length, isDone], [2, true]);
});

test("asking at once leaves one plan for later, not two", async () => {
  const { timers, refresh, answer } = setUp();
  for (let i = 0; i < 3; i++) {
    void refresh.now();
    await answer();
  }
  assert.equal(timers.pending(), 1);
});

test("nothing is asked while nobody looks, and it goes on when somebody does", async () => {
  const { timers, page, asked, refresh, answer } = setUp();
  void refresh.now();
  await answer();
  page.isHidden = true;
  timers.pass(3_600_000);
  assert.equal(asked.length, 1);
  page.isHidden = false;
  timers.pass(5_000);
  assert.equal(asked.length, 2);
});

test("without a time it asks only when there is a reason", async () => {
  const timers = clockwork();
  let times = 0;
  const refresh = createRefresh({ load: async () => { times++; }, timers });
  await refresh.now();
  timers.pass(3_600_000);
  assert.equal(times, 1);
  await refresh.now();
  assert.equal(times, 2);
});
