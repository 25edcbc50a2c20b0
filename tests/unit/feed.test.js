// The event stream's client: cursor, watchdog, reconnecting.

import assert from "node:assert/strict";
import { test } from "node:test";
import { START } from "../../static/cursor.js";
import { openFeed } from "../../static/feed.js";
import { clockwork, sourceClass } from "./clockwork.js";

console.log = () => {};

function setUp({ cursor = START } = {}) {
  const timers = clockwork();
  const Source = sourceClass();
  /** @type {{ links: any[], activities: number[], events: any[], refused: number }} */
  const seen = { links: [], activities: [], events: [], refused: 0 };
  const feed = openFeed({
    projectId: "p", cursor, Source, timers, random: () => 1,
    on: {
      link: (link) => seen.links.push(link),
      activities: (list) => seen.activities.push(...list.map((a) => a.seq)),
      event: (name, data) => seen.events.push([name, data]),
      refused: () => { seen.refused++; },
    },
  });
  const phase = () => seen.links.at(-1).phase;
  return { timers, Source, seen, feed, phase };
}

/** Heartbeats of the newest connection, each so long after the one before. @param {any} Source @param {any} timers @param {number[]} waits */
function beats(Source, timers, waits, interval_ms = 15_000) {
  for (const wait of waits) {
    timers.pass(wait);
    Source.last.send("heartbeat", { status: "alive", head: 0, interval_ms });
  }
}

test("the first connection asks for the newest, later ones for all after the cursor", () => {
  const { Source, timers } = setUp();
  assert.match(Source.last.url, /^\/api\/sse\/scar\/p\?.*limit=\d+$/);
  Source.last.open();
  Source.last.send("activity", { seq: 7 });
  Source.last.fail();
  timers.pass(500);
  assert.equal(Source.opened.length, 2);
  assert.match(Source.last.url, /after=7$/);
});

test("a page that already holds steps continues after them", () => {
  assert.match(setUp({ cursor: { seq: 41, id: null } }).Source.last.url, /after=41$/);
});

test("the step the cursor stands on is asked for once more, and not handed over again", () => {
  const { Source, seen, timers } = setUp({ cursor: { seq: 41, id: "a" } });
  assert.match(Source.last.url, /after=40$/);
  Source.last.open();
  Source.last.send("heartbeat", { head: 42 });
  Source.last.send("activity", { seq: 41, id: "a" });
  Source.last.send("activity", { seq: 42, id: "b" });
  timers.pass(20);
  assert.deepEqual([seen.activities, seen.events.filter(([name]) => name === "gap")], [[42], []]);
  Source.last.fail();
  timers.pass(500);
  assert.match(Source.last.url, /after=41$/);
});

test("another step in the place of the last one is another log: it begins anew", () => {
  const { Source, seen, timers } = setUp({ cursor: { seq: 41, id: "a" } });
  Source.last.open();
  Source.last.send("heartbeat", { head: 60 });
  Source.last.send("activity", { seq: 41, id: "z" });
  assert.deepEqual(seen.events.at(-1), ["gap", { from: 41, to: 41, reason: "ahead" }]);
  assert.match(Source.last.url, /limit=\d+$/);
  Source.opened[0].send("activity", { seq: 42, id: "y" });
  Source.last.send("activity", { seq: 60, id: "x" });
  timers.pass(20);
  assert.deepEqual(seen.activities, [60]);
});

test("a log that ends one step before the cursor is another log", () => {
  const { Source, seen } = setUp({ cursor: { seq: 41, id: "a" } });
  Source.last.open();
  Source.last.send("heartbeat", { head: 40 });
  assert.deepEqual(seen.events.at(-1), ["gap", { from: 41, to: 40, reason: "ahead" }]);
  assert.match(Source.last.url, /limit=\d+$/);
});

test("who is thousands of steps behind begins with the newest", () => {
  const { Source, seen } = setUp({ cursor: { seq: 41, id: "a" } });
  Source.last.open();
  Source.last.send("heartbeat", { head: 90_000 });
  assert.deepEqual(seen.events.at(-1), ["gap", { from: 41, to: 90_000, reason: "far" }]);
  assert.match(Source.last.url, /limit=\d+$/);
});

test("of what is gone it names only what it did not have", () => {
  const { Source, seen } = setUp({ cursor: { seq: 41, id: "a" } });
  Source.last.open();
  Source.last.send("gap", { from: 41, to: 41, reason: "trimmed" });
  assert.deepEqual(seen.events, []);
  Source.last.send("gap", { from: 41, to: 50, reason: "trimmed" });
  assert.deepEqual(seen.events, [["gap", { from: 42, to: 50, reason: "trimmed" }]]);
});

test("it is live from the first heartbeat, not from the open socket", () => {
  const { Source, phase } = setUp();
  Source.last.open();
  assert.equal(phase(), "connecting");
  Source.last.send("heartbeat", { status: "alive", head: 0 });
  assert.equal(phase(), "live");
});

test("steps that arrive together are handed over together, and before whatever follows them", () => {
  const { Source, seen, timers } = setUp();
  Source.last.open();
  Source.last.send("activity", { seq: 1 });
  Source.last.send("activity", { seq: 2 });
  assert.deepEqual(seen.activities, []);
  timers.pass(20);
  assert.deepEqual(seen.activities, [1, 2]);
  Source.last.send("activity", { seq: 3 });
  Source.last.send("heartbeat", { head: 3 });
  assert.deepEqual(seen.activities, [1, 2, 3]);
});

test("what is being written is handed on many pieces at a time, holds no step up and moves no cursor", () => {
  const { Source, seen, timers } = setUp();
  Source.last.open();
  Source.last.send("activity", { seq: 1 });
  for (const text of ["a", "b", "c"]) Source.last.send("delta", { execution_id: "x", block_id: "one", text });
  assert.deepEqual(seen.activities, []);
  timers.pass(16);
  assert.deepEqual(seen.activities, [1]);
  timers.pass(60);
  assert.deepEqual(seen.events, [["delta", { execution_id: "x", block_id: "one", text: "abc" }]]);
  Source.last.fail();
  timers.pass(500);
  assert.match(Source.last.url, /after=1$/);
});

test("steps received just before the connection breaks are not lost", () => {
  const { Source, seen } = setUp();
  Source.last.open();
  Source.last.send("activity", { seq: 1 });
  Source.last.fail();
  assert.deepEqual(seen.activities, [1]);
});

test("an open stream that falls silent is thrown away and opened anew", () => {
  const { Source, timers, seen } = setUp();
  Source.last.open();
  Source.last.send("heartbeat", { head: 0, interval_ms: 1_000 });
  timers.pass(2_400);
  assert.equal(Source.opened.length, 1);
  timers.pass(1_700);
  assert.equal(Source.opened[0].isClosed, true);
  assert.equal(Source.opened.length, 2);
  assert.ok(seen.links.some((l) => l.reason === "silent"));
});

test("a late heartbeat and a punctual one after it are believed for ever", () => {
  const { Source, timers } = setUp();
  Source.last.open();
  beats(Source, timers, [0, 28_000, 2_000, ...Array(20).fill(15_000)]);
  assert.equal(Source.opened.length, 1);
});

test("two heartbeats at once, as a frozen tab gets them, are no reason for haste", () => {
  const { Source, timers } = setUp();
  Source.last.open();
  beats(Source, timers, [0, 15_000, 0, ...Array(20).fill(15_000)]);
  assert.equal(Source.opened.length, 1);
});

test("a server that beats slowly is waited for from its first heartbeat on", () => {
  const { Source, timers } = setUp();
  Source.last.open();
  beats(Source, timers, [0, ...Array(5).fill(60_000)], 60_000);
  assert.equal(Source.opened.length, 1);
});

test("when the server's clock is set, nothing changes", () => {
  const { Source, timers } = setUp();
  Source.last.open();
  for (const [i, hour] of [12, 12, 9, 9, 23, 23].entries()) {
    timers.pass(15_000);
    Source.last.send("heartbeat", { head: 0, interval_ms: 15_000, timestamp: `2026-01-01T${hour}:00:0${i}.000Z` });
  }
  timers.pass(30_000);
  assert.equal(Source.opened.length, 1);
});

test("when the browser's own clock is set, at most one connection is lost to it", () => {
  for (const hours of [-1, 1]) {
    const { Source, timers, phase } = setUp();
    Source.last.open();
    beats(Source, timers, [0, 15_000]);
    timers.jump(hours * 3_600_000);
    timers.pass(2_000);
    assert.equal(Source.opened.length, 2, `set by ${hours} h`);
    Source.last.open();
    beats(Source, timers, [0, ...Array(20).fill(15_000)]);
    assert.equal(Source.opened.length, 2, `set by ${hours} h`);
    assert.equal(phase(), "live");
  }
});

test("a stream that never opens is given up and tried again", () => {
  const { Source, timers } = setUp();
  timers.pass(11_500);
  assert.equal(Source.opened[0].isClosed, true);
  assert.equal(Source.opened.length, 2);
});

test("it tries for ever, and says when the next try is", () => {
  const { Source, timers, seen } = setUp();
  for (let i = 0; i < 30; i++) {
    Source.last.fail();
    const link = seen.links.at(-1);
    assert.equal(link.phase, "waiting");
    assert.equal(link.failures, i + 1);
    timers.pass(link.retryAt - timers.now());
    assert.equal(Source.opened.length, i + 2);
  }
});

test("a refusal with a status is reported, so that someone asks why, and tried again all the same", () => {
  const { Source, timers, seen } = setUp();
  Source.last.fail(2);
  assert.equal(seen.refused, 1);
  timers.pass(500);
  assert.equal(Source.opened.length, 2);
});

test("an error event with data is the server's word, not a broken connection", () => {
  const { Source, seen, phase } = setUp();
  Source.last.open();
  Source.last.send("heartbeat", { head: 0 });
  Source.last.send("error", { code: "DATABASE", message: "The database is away." });
  assert.equal(phase(), "live");
  assert.deepEqual(seen.events.at(-1), ["error", { code: "DATABASE", message: "The database is away." }]);
});

test("a server that says it cannot go on is asked again less and less often, however it greets", () => {
  const { Source, timers, seen, phase } = setUp();
  const refuse = () => {
    Source.last.open();
    Source.last.send("heartbeat", { head: 0 });
    Source.last.send("error", { code: "DATABASE_ERROR", message: "It cannot be read." });
    Source.last.fail();
  };
  for (let i = 1; i <= 4; i++) {
    refuse();
    assert.equal(seen.links.at(-1).failures, i);
    assert.equal(seen.links.filter((link) => link.phase === "live").length, 1, "only the first greeting was believed");
    timers.pass(seen.links.at(-1).retryAt - timers.now());
  }
  Source.last.open();
  Source.last.send("heartbeat", { head: 0 });
  assert.equal(phase(), "connecting");
  Source.last.send("activity", { seq: 1 });
  assert.equal(phase(), "live");
  assert.equal(seen.links.at(-1).failures, 0);
});

test("a mended server with nothing new to say is believed at its second heartbeat", () => {
  const { Source, timers, phase } = setUp();
  Source.last.open();
  Source.last.send("error", { code: "DATABASE_ERROR", message: "It cannot be read." });
  Source.last.fail();
  timers.pass(500);
  Source.last.open();
  Source.last.send("heartbeat", { head: 0 });
  assert.equal(phase(), "connecting");
  timers.pass(1_000);
  Source.last.send("heartbeat", { head: 0 });
  assert.equal(phase(), "live");
});

test("waking connects at once, and leaves a stream alone that is well", () => {
  const { Source, feed } = setUp();
  Source.last.open();
  Source.last.send("heartbeat", { head: 0 });
  feed.wake();
  assert.equal(Source.opened.length, 1);
  Source.last.fail();
  feed.wake();
  assert.equal(Source.opened.length, 2);
});

test("several who wake it at once open it once", () => {
  const { Source, timers, feed } = setUp();
  Source.last.fail();
  for (let i = 0; i < 12; i++) feed.wake();
  assert.equal(Source.opened.length, 2);
  timers.pass(2_000);
  feed.wake();
  assert.equal(Source.opened.length, 3);
});

test("after a gap ahead of the log the cursor starts again", () => {
  const { Source, timers } = setUp({ cursor: { seq: 90, id: null } });
  Source.last.open();
  Source.last.send("gap", { from: 90, to: 2, reason: "ahead" });
  Source.last.send("activity", { seq: 2 });
  Source.last.fail();
  timers.pass(500);
  assert.match(Source.last.url, /after=2$/);
});

test("a closed feed leaves no timer and no connection behind", () => {
  const { Source, timers, feed } = setUp();
  Source.last.open();
  Source.last.send("activity", { seq: 1 });
  feed.close();
  assert.equal(timers.pending(), 0);
  assert.equal(Source.last.isClosed, true);
  timers.pass(100_000);
  assert.equal(Source.opened.length, 1);
});

test("what is not JSON is ignored", () => {
  const { Source, seen } = setUp();
  Source.last.open();
  Source.last.listeners.activity({ data: "{" });
  Source.last.listeners.heartbeat({ data: "null" });
  assert.deepEqual([seen.activities, seen.events], [[], []]);
});
