// Steps from another tab of this browser, which has the stream. What this tab lacks, because it came later or missed
// something, it reads itself, so that it needs to believe nobody about what is complete. It believes heartbeats here
// as well: another tab may be frozen, and says nothing then.

import { createBatch } from "./batch.js";
import { catchUp } from "./catch-up.js";
import { START, compare, cursorAt } from "./cursor.js";
import { HEARTBEAT_DEFAULT_MS, OPEN_TIMEOUT_MS, heartbeatInterval, isSilent, realTimers } from "./retry.js";

/** How often the watchdog looks. */
const WATCH_MS = 500;
/** A tab that lives answers another at once; this is for a busy machine. */
const ANSWER_MS = 1_500;
/** Of several tabs that find the leading one silent one is the first to act, and one that is looked at before the others. */
const SPREAD_MS = 1_000;
const HIDDEN_MS = 2_000;
/** A failed look for what is missing is tried again after this. */
const AGAIN_MS = 2_000;

/**
 * @param {{ cursor?: import("./cursor.js").Cursor, on: import("./feed.js").Listener, load: import("./catch-up.js").Load,
 *   ask: () => void, silent: () => void, isHidden?: () => boolean, timers?: import("./retry.js").Timers, random?: () => number }} options
 *   `ask` has the other tab give a sign, `silent` is called when it gives none
 */
export function openFollower({ cursor = START, on, load, ask, silent, isHidden = () => false, timers = realTimers, random = Math.random }) {
  let isClosed = false;
  let isReading = false;
  /** Whether more has come to light than the look under way may bring. */
  let isBehind = false;
  /** @type {any[]} what came while earlier steps were still missing */
  let held = [];
  /** @type {import("./state.js").Link | null} */
  let link = null;
  let interval = HEARTBEAT_DEFAULT_MS;
  let lastSignAt = timers.now();
  /** @type {number | null} */
  let askedAt = null;
  let patience = 0;
  /** @type {any} */
  let watchTimer = null;
  /** @type {any} */
  let againTimer = null;
  const batch = createBatch({ hand: on.activities, timers, isHidden });

  /** The leading tab says something. @param {any} message */
  function receive(message) {
    if (isClosed) return;
    lastSignAt = timers.now();
    askedAt = null;
    if (message.type === "link") {
      batch.flush();
      link = message.link;
      on.link({ ...message.link, via: "tab" });
    } else if (message.type === "activities") take(message.list);
    else if (message.type === "refused") on.refused();
    else if (message.type === "event") event(message.name, message.data);
  }

  /** @param {string} name @param {any} data */
  function event(name, data) {
    if (name === "delta") return on.event(name, data);
    // What this tab lacks it finds out by itself, and says so itself.
    if (name === "gap" && data.reason === "trimmed") return;
    batch.flush();
    if (name === "gap") {
      cursor = START;
      held = [];
    }
    if (name === "heartbeat") interval = heartbeatInterval(data.interval_ms);
    on.event(name, data);
    if (name === "gap" || (name === "heartbeat" && data.head > cursor.seq)) void read();
  }

  /** @param {any[]} list */
  function take(list) {
    held.push(...list);
    if (!isReading) settle();
  }

  /** Hands over what is held as far as it follows on what was handed over; for the rest something is missing. */
  function settle() {
    const waiting = held.filter((item) => compare(cursor, item) !== "known");
    held = [];
    for (const item of waiting) {
      if (compare(cursor, item) === "other" || item.seq !== cursor.seq + 1) {
        held = waiting.slice(waiting.indexOf(item));
        return void read();
      }
      cursor = cursorAt(item);
      batch.add(item);
    }
  }

  /** Reads what is missing. */
  async function read() {
    if (isReading) {
      isBehind = true;
      return;
    }
    if (isClosed) return;
    isReading = true;
    isBehind = false;
    try {
      const quiet = { activities: (/** @type {any[]} */ list) => { if (!isClosed) batch.add(...list); }, event: whileOpen };
      await catchUp(cursor, { load, on: quiet, advance: (to) => { cursor = to; } });
    } catch {
      // The leading tab says that the server is away; what is missing is asked for until it is there.
      isBehind = false;
      if (!isClosed) againTimer = timers.set(() => void read(), AGAIN_MS);
      return;
    } finally {
      isReading = false;
    }
    if (isClosed) return;
    settle();
    if (isBehind) void read();
  }

  /** @param {string} name @param {any} data */
  function whileOpen(name, data) {
    batch.flush();
    if (!isClosed) on.event(name, data);
  }

  function watch() {
    watchTimer = timers.set(watch, WATCH_MS);
    const now = timers.now();
    if (askedAt !== null && Math.abs(now - askedAt) > patience) {
      askedAt = null;
      silent();
    } else if (askedAt === null && isLate(now)) check();
  }

  /** Whether the leading tab should have said something by now. @param {number} now */
  function isLate(now) {
    if (link?.phase === "live") return isSilent(lastSignAt, interval, now);
    return now > Math.max(lastSignAt, link?.retryAt ?? 0) + OPEN_TIMEOUT_MS + WATCH_MS;
  }

  /** Asks whether the leading tab lives. */
  function check() {
    if (isClosed || askedAt !== null) return;
    askedAt = timers.now();
    patience = ANSWER_MS + random() * SPREAD_MS + (isHidden() ? HIDDEN_MS : 0);
    ask();
  }

  watchTimer = timers.set(watch, WATCH_MS);
  check();
  void read();
  return {
    get cursor() { return cursor; },
    receive,
    check,
    close() {
      batch.flush();
      isClosed = true;
      for (const timer of [watchTimer, againTimer]) if (timer !== null) timers.clear(timer);
    },
  };
}
