// When a lost connection is tried again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DELAY_FIRST_MS, DELAY_MAX_MS, createRetry, delayBefore, heartbeatInterval, isSilent } from "../../static/retry.js";
import { pillWords, wayWords } from "../../static/pill.js";
import { clockwork } from "./clockwork.js";

test("waits double up to the longest and stay there for ever", () => {
  const waits = [0, 1, 2, 3, 20, 1e6].map((n) => delayBefore(n, () => 1));
  assert.deepEqual(waits, [DELAY_FIRST_MS, 1_000, 2_000, 4_000, DELAY_MAX_MS, DELAY_MAX_MS]);
});

test("half of a wait is left to chance", () => {
  assert.equal(delayBefore(3, () => 0), 2_000);
  assert.equal(delayBefore(3, () => 0.5), 3_000);
});

test("it never gives up", () => {
  const timers = clockwork();
  let attempts = 0;
  const retry = createRetry({ attempt: () => { attempts++; retry.plan(); }, random: () => 1, timers });
  retry.plan();
  timers.pass(3_600_000);
  assert.ok(attempts > 100, `${attempts} attempts in an hour`);
});

test("a connection that proved itself starts the waits again from the first", () => {
  const timers = clockwork();
  const retry = createRetry({ attempt: () => {}, random: () => 1, timers });
  retry.plan();
  retry.plan();
  retry.succeeded();
  assert.equal(retry.plan() - timers.now(), DELAY_FIRST_MS);
});

test("a plan replaces the one before it, and a cancelled one does nothing", () => {
  const timers = clockwork();
  let attempts = 0;
  const retry = createRetry({ attempt: () => { attempts++; }, timers });
  retry.plan();
  retry.plan();
  timers.pass(DELAY_MAX_MS);
  assert.equal(attempts, 1);
  retry.plan();
  retry.cancel();
  timers.pass(DELAY_MAX_MS);
  assert.equal(attempts, 1);
});

test("the interval is what the server says, within reason", () => {
  assert.deepEqual([15_000, 2_000, 10, 1e9, undefined, null, "soon", NaN].map(heartbeatInterval),
    [15_000, 2_000, 500, 60_000, 15_000, 15_000, 15_000, 15_000]);
});

test("silence counts from two and a half intervals, also by a clock that was set back", () => {
  assert.equal(isSilent(0, 2_000, 5_000), false);
  assert.equal(isSilent(0, 2_000, 5_001), true);
  assert.equal(isSilent(3_600_000, 2_000, 0), true);
});

test("the pill says in words how the connection stands", () => {
  const link = { since: 0, lastEventAt: 0 };
  assert.equal(pillWords({ ...link, phase: "connecting", failures: 0 }, 0).text, "Connecting…");
  assert.equal(pillWords({ ...link, phase: "live", failures: 0 }, 0).text, "Live");
  assert.equal(pillWords({ ...link, phase: "waiting", failures: 1, retryAt: 2_600 }, 0).text, "Reconnecting in 3 s");
  assert.equal(pillWords({ ...link, phase: "connecting", failures: 1 }, 0).text, "Reconnecting now…");
  const offline = pillWords({ ...link, phase: "waiting", failures: 5, retryAt: 9_000 }, 0);
  assert.deepEqual([offline.text, offline.next], ["Offline", "next try in 9 s"]);
  assert.equal(pillWords({ ...link, phase: "waiting", failures: 1, retryAt: 500 }, 0, false).text, "Offline");
});

test("a connection that is open and silent is called stale, until it is plainly gone", () => {
  const link = { since: 0, lastEventAt: 0, retryAt: 900 };
  const stale = pillWords({ ...link, phase: "waiting", failures: 1, reason: "silent" }, 0);
  assert.deepEqual([stale.text, stale.next], ["Stale", "reconnecting in 1 s"]);
  assert.equal(pillWords({ ...link, phase: "connecting", failures: 1, reason: "no answer" }, 0).next, "reconnecting now…");
  assert.equal(pillWords({ ...link, phase: "waiting", failures: 4, reason: "silent" }, 0).text, "Offline");
});

test("how the steps come to a tab is a sentence", () => {
  const link = /** @type {const} */ ({ phase: "live", failures: 0, since: 0, lastEventAt: 0 });
  assert.match(wayWords({ ...link, via: "poll" }), /asks every 4 seconds/);
  assert.match(wayWords({ ...link, via: "alone" }), /more than five tabs/);
  assert.match(wayWords({ ...link, via: "tab" }), /shares it/);
});
