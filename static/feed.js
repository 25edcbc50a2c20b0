// One project's event stream. It keeps a cursor and asks for everything after it each time it connects, so that
// no step is missed or doubled however often the connection goes. It believes heartbeats, not the socket: a stream
// that is open but silent is thrown away and opened anew. No DOM and no state of the page in here.

import { createBatch } from "./batch.js";
import { START, compare, cursorAt, isFarBehind, queryFrom } from "./cursor.js";
import { HEARTBEAT_DEFAULT_MS, OPEN_TIMEOUT_MS, createRetry, heartbeatInterval, isSilent, realTimers } from "./retry.js";
import { joined } from "./writing.js";

/** How often the watchdog looks. */
const WATCH_MS = 500;
/** A connection that is just being opened is not opened once more by whoever wakes it next. */
const WAKE_AGAIN_MS = 1_000;
/** So often a text that is being written is shown anew: as smooth as reading needs. */
const WRITING_MS = 60;

/**
 * Where steps come from, whoever brings them: a stream, a request now and then, or another tab.
 * @typedef {{ link: (link: import("./state.js").Link) => void, activities: (list: any[]) => void, event: (name: string, data: any) => void,
 *   refused: () => void }} Listener
 * @typedef {{ readonly cursor: import("./cursor.js").Cursor, wake: () => void, lost: () => void, close: () => void }} Source
 */
/**
 * @param {{ projectId: string, cursor?: import("./cursor.js").Cursor, on: Listener,
 *   Source?: typeof EventSource, timers?: import("./retry.js").Timers, random?: () => number }} options
 */
export function openFeed({ projectId, cursor = START, on, Source = globalThis.EventSource, timers = realTimers, random }) {
  /** @type {EventSource | null} */
  let source = null;
  /** @type {any} */
  let watchTimer = null;
  let isClosed = false;
  let isOpen = false;
  let startedAt = 0;
  let lastSignAt = 0;
  /** @type {number | null} */
  let lastEventAt = null;
  let interval = HEARTBEAT_DEFAULT_MS;
  /** Whether this connection had its first heartbeat. */
  let isGreeted = false;
  /** Whether the server's last word was that it cannot go on: then its greeting, which comes first, proves nothing. */
  let isDoubtful = false;
  /** Why the last connection ended, until another has proven itself. @type {string | null} */
  let reason = null;
  const retry = createRetry({ attempt: connect, random, timers });
  const batch = createBatch({ hand: on.activities, timers });
  // Nobody sees it grow in a hidden tab.
  const deltas = createBatch({ hand: tellWriting, timers, isHidden: () => false, everyMs: WRITING_MS });

  function connect() {
    drop();
    isGreeted = false;
    startedAt = lastSignAt = timers.now();
    tell("connecting");
    // Everything is asked for, and the page hides what the chosen verbosity leaves out: so switching it is instant
    // and the raw result of a step is there when someone asks for it.
    const opened = new Source(`/api/sse/scar/${encodeURIComponent(projectId)}?verbosity=3&${queryFrom(cursor)}`);
    source = opened;
    opened.onopen = () => {
      isOpen = true;
      sign();
      console.log("SSE connected");
    };
    opened.onerror = (event) => {
      const data = /** @type {any} */ (event).data;
      if (data !== undefined) return receive("error", data);
      // Without data it is the connection. A closed source was refused with a status; the browser never tries again.
      const wasRefused = opened.readyState === 2;
      lose("lost");
      if (wasRefused) on.refused();
    };
    for (const name of ["activity", "heartbeat", "gap", "system", "delta"]) {
      opened.addEventListener(name, (event) => { if (source === opened) receive(name, event.data); });
    }
    watchTimer = timers.set(watch, WATCH_MS);
  }

  /** @param {string} name @param {string} text */
  function receive(name, text) {
    const data = parse(text);
    if (data === null) return;
    sign();
    if (name === "activity") return take(data);
    if (name === "delta") return deltas.add(data);
    batch.flush();
    if (name === "heartbeat") return beat(data);
    if (name === "gap" && data.reason === "ahead") cursor = START;
    // The step the cursor stands on was asked for once more, and is held.
    if (name === "gap" && data.reason === "trimmed" && (data.from = Math.max(data.from, cursor.seq + 1)) > data.to) return;
    if (name === "error") isDoubtful = true;
    on.event(name, data);
  }

  /** @param {any} activity */
  function take(activity) {
    if (isDoubtful) prove();
    const is = compare(cursor, activity);
    if (is === "other") return restart("ahead", activity.seq);
    if (is === "known") return;
    cursor = cursorAt(activity);
    batch.add(activity);
  }

  /** @param {import("./writing.js").Block[]} list */
  function tellWriting(list) {
    for (const delta of joined(list)) on.event("delta", delta);
  }

  /** What was seen is of no use to go on from. @param {"ahead" | "far"} why @param {number} to */
  function restart(why, to) {
    batch.flush();
    const from = cursor.seq;
    cursor = START;
    on.event("gap", { from, to, reason: why });
    connect();
  }

  /** @param {any} data */
  function beat(data) {
    const isGreeting = !isGreeted;
    isGreeted = true;
    interval = heartbeatInterval(data.interval_ms);
    if (isGreeting && isFarBehind(cursor, data.head)) return restart("far", data.head);
    // A log that ends one step before the cursor has what was asked for; a shorter one is told by the server.
    if (isGreeting && cursor.id !== null && data.head === cursor.seq - 1) return restart("ahead", data.head);
    if (!isDoubtful || !isGreeting) prove();
    on.event("heartbeat", data);
  }

  /** The stream does what it is for. */
  function prove() {
    isDoubtful = false;
    reason = null;
    retry.succeeded();
    tell("live");
  }

  function sign() {
    lastSignAt = lastEventAt = timers.now();
  }

  function watch() {
    watchTimer = timers.set(watch, WATCH_MS);
    const now = timers.now();
    const isLate = isOpen ? isSilent(lastSignAt, interval, now) : now - startedAt > OPEN_TIMEOUT_MS;
    if (isLate) lose(isOpen ? "silent" : "no answer");
  }

  /** @param {string} why */
  function lose(why) {
    drop();
    reason = why;
    const retryAt = retry.plan();
    tell("waiting", { retryAt });
  }

  function drop() {
    batch.flush();
    deltas.flush();
    if (watchTimer !== null) timers.clear(watchTimer);
    watchTimer = null;
    if (source) source.onerror = source.onopen = null;
    source?.close();
    source = null;
    isOpen = false;
  }

  /** @param {"connecting" | "live" | "waiting"} phase @param {any} [more] */
  function tell(phase, more = {}) {
    if (!isClosed) on.link({ phase, since: timers.now(), failures: retry.failures, lastEventAt, reason, ...more });
  }

  connect();
  return {
    get cursor() { return cursor; },
    /** Connects at once unless the stream has just proven itself or is just being opened. */
    wake() {
      if (isClosed) return;
      const now = timers.now();
      if (isOpen && !isSilent(lastSignAt, interval, now)) return;
      if (source && !isOpen && Math.abs(now - startedAt) < WAKE_AGAIN_MS) return;
      retry.cancel();
      connect();
    },
    /** The network is known to be gone: says so at once instead of waiting for the silence. */
    lost() {
      if (!isClosed && source) lose("offline");
    },
    close() {
      isClosed = true;
      retry.cancel();
      drop();
    },
  };
}

/** @param {string} text */
function parse(text) {
  try {
    const data = JSON.parse(text);
    return data && typeof data === "object" ? data : null;
  } catch {
    return null;
  }
}
