// A tab without a stream: one that follows another tab, and one that asks now and then.

import assert from "node:assert/strict";
import { test } from "node:test";
import { START } from "../../static/cursor.js";
import { openFollower } from "../../static/follower.js";
import { POLL_MS, openPoll } from "../../static/poll.js";
import { clockwork } from "./clockwork.js";

/** A server's log, and what a tab heard. */
function setUp() {
  const timers = clockwork();
  /** @type {{ seq: number, id: string }[]} */
  const log = [];
  const append = (count = 1, run = "") => {
    const from = log.length + 1;
    const more = Array.from({ length: count }, (_, i) => ({ seq: from + i, id: `${run}${from + i}` }));
    log.push(...more);
    return more;
  };
  /** @type {any} */
  const seen = { links: [], activities: [], events: [], asked: 0, silent: 0, refused: 0, loads: 0, failure: null };
  const load = async (/** @type {{ seq: number, id: string | null }} */ { seq, id }) => {
    seen.loads++;
    if (seen.failure) throw seen.failure;
    const after = seq === 0 ? Math.max(0, log.length - 200) : id === null ? seq : seq - 1;
    const items = log.filter((one) => one.seq > after).slice(0, 500);
    const head = log.at(-1)?.seq ?? 0;
    return { items, head, next: items.at(-1) && items.at(-1)?.seq !== head ? items.at(-1)?.seq ?? null : null };
  };
  const on = {
    link: (/** @type {any} */ link) => seen.links.push(link),
    activities: (/** @type {any[]} */ list) => seen.activities.push(...list.map((one) => one.seq)),
    event: (/** @type {string} */ name, /** @type {any} */ data) => seen.events.push([name, data]),
    refused: () => { seen.refused++; },
  };
  const settle = async () => {
    for (let i = 0; i < 20; i++) await null;
    timers.pass(20);
  };
  const follow = (cursor = START) => openFollower({
    cursor, on, load, timers, random: () => 0, ask: () => { seen.asked++; }, silent: () => { seen.silent++; },
  });
  return { timers, log, append, seen, load, on, settle, follow };
}

const said = (/** @type {any[]} */ list) => ({ type: "activities", list });
const beat = (/** @type {number} */ head) => ({ type: "event", name: "heartbeat", data: { head, interval_ms: 1_000 } });
const live = { type: "link", link: { phase: "live", failures: 0, since: 0, lastEventAt: 0 } };

test("a tab that comes later reads what was, then hears what comes, each once and in order", async () => {
  const { append, seen, settle, follow } = setUp();
  append(5);
  const follower = follow();
  follower.receive(said(append()));
  await settle();
  follower.receive(said(append(2)));
  await settle();
  assert.deepEqual(seen.activities, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(follower.cursor, { seq: 8, id: "8" });
});

test("what it missed it reads before it shows what came after", async () => {
  const { append, seen, settle, follow } = setUp();
  append(3);
  const follower = follow();
  await settle();
  append(2);
  follower.receive(said(append()));
  await settle();
  assert.deepEqual(seen.activities, [1, 2, 3, 4, 5, 6]);
});

test("what is being written passes through, whatever else is missing", async () => {
  const { append, seen, settle, follow } = setUp();
  append(3);
  const follower = follow();
  const delta = { execution_id: "x", block_id: "a", text: "Hel" };
  follower.receive({ type: "event", name: "delta", data: delta });
  assert.deepEqual(seen.events, [["delta", delta]]);
  await settle();
  assert.deepEqual(seen.activities, [1, 2, 3]);
});

test("a heartbeat that is further than it is makes it read", async () => {
  const { append, seen, settle, follow } = setUp();
  const follower = follow();
  await settle();
  append(2);
  follower.receive(beat(2));
  await settle();
  assert.deepEqual(seen.activities, [1, 2]);
});

test("steps heard twice, from two tabs that both think they lead, are shown once", async () => {
  const { append, seen, settle, follow } = setUp();
  const follower = follow();
  await settle();
  const more = append(2);
  follower.receive(said(more));
  follower.receive(said(more));
  await settle();
  assert.deepEqual(seen.activities, [1, 2]);
});

test("a failed look for what is missing is made again", async () => {
  const { append, seen, settle, follow, timers } = setUp();
  append(2);
  seen.failure = new Error("away");
  follow();
  await settle();
  assert.deepEqual(seen.activities, []);
  seen.failure = null;
  timers.pass(2_000);
  await settle();
  assert.deepEqual(seen.activities, [1, 2]);
});

test("when the server's log is another one it begins anew", async () => {
  const { log, append, seen, settle, follow } = setUp();
  append(5);
  const follower = follow();
  await settle();
  log.length = 0;
  append(6, "other");
  follower.receive({ type: "event", name: "gap", data: { from: 5, to: 5, reason: "ahead" } });
  await settle();
  assert.deepEqual(seen.activities, [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6]);
  assert.equal(seen.events.filter((/** @type {any[]} */ [name]) => name === "gap").length, 1);
});

test("kept steps of another log are found out, however far that one has come", async () => {
  const { append, seen, settle, follow } = setUp();
  append(9, "other");
  follow({ seq: 5, id: "5" });
  await settle();
  assert.deepEqual(seen.events[0], ["gap", { from: 5, to: 9, reason: "ahead" }]);
  assert.deepEqual(seen.activities, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("what is gone between is said", async () => {
  const { log, append, seen, settle, follow } = setUp();
  append(9);
  log.splice(0, 6);
  follow({ seq: 2, id: "2" });
  await settle();
  assert.deepEqual(seen.events[0], ["gap", { from: 3, to: 6, reason: "trimmed" }]);
  assert.deepEqual(seen.activities, [7, 8, 9]);
});

test("a tab that says nothing is asked, and after that its place is taken", async () => {
  const { seen, settle, follow, timers } = setUp();
  const follower = follow();
  await settle();
  follower.receive(live);
  follower.receive(beat(0));
  timers.pass(2_400);
  assert.deepEqual([seen.asked, seen.silent], [1, 0]);
  timers.pass(1_000);
  assert.deepEqual([seen.asked, seen.silent], [2, 0]);
  timers.pass(2_000);
  assert.equal(seen.silent, 1);
});

test("a tab that waits for the server is not taken for dead", async () => {
  const { seen, settle, follow, timers } = setUp();
  const follower = follow();
  await settle();
  follower.receive({ type: "link", link: { phase: "waiting", failures: 9, retryAt: timers.now() + 30_000, since: 0, lastEventAt: null } });
  timers.pass(39_000);
  assert.deepEqual([seen.asked, seen.silent], [1, 0]);
  timers.pass(5_000);
  assert.equal(seen.silent, 1);
});

test("a closed follower leaves no timer behind", async () => {
  const { settle, follow, timers } = setUp();
  const follower = follow();
  await settle();
  follower.close();
  assert.equal(timers.pending(), 0);
});

test("who asks now and then brings everything once, and says how it stands", async () => {
  const { append, seen, settle, load, on, timers } = setUp();
  append(2);
  const poll = openPoll({ on, load, timers });
  await settle();
  assert.equal(seen.links.at(-1).phase, "live");
  append(700);
  timers.pass(POLL_MS);
  await settle();
  assert.deepEqual(seen.activities, Array.from({ length: 702 }, (_, i) => i + 1));
  assert.deepEqual(seen.events.at(-1), ["heartbeat", { status: "alive", head: 702, interval_ms: POLL_MS }]);
  poll.close();
  assert.equal(timers.pending(), 0);
});

test("who asks now and then tries for ever, asks why when it was refused, and at once when woken", async () => {
  const { append, seen, settle, load, on, timers } = setUp();
  seen.failure = Object.assign(new Error("away"), { status: 503 });
  const poll = openPoll({ on, load, timers, random: () => 1 });
  await settle();
  for (let i = 1; i < 12; i++) {
    assert.deepEqual([seen.links.at(-1).phase, seen.links.at(-1).failures, seen.refused], ["waiting", i, i]);
    timers.pass(seen.links.at(-1).retryAt - timers.now());
    await settle();
  }
  seen.failure = null;
  append(1);
  poll.wake();
  await settle();
  assert.deepEqual([seen.links.at(-1).phase, seen.activities], ["live", [1]]);
});
