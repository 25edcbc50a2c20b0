// When to try a lost connection again, and when to stop believing one that looks open. Pure: time and chance are
// arguments. There is no last attempt; a server that is back tomorrow finds the page waiting.

/** The first wait: short enough that a restarted server is found before anyone reaches for reload. */
export const DELAY_FIRST_MS = 500;
/** The longest wait between two attempts: a person looking at the page sees one within half a minute. */
export const DELAY_MAX_MS = 30_000;
/** Heartbeats may be late by a slow disk or a busy machine; two and a half intervals of silence are not lateness. */
export const SILENT_INTERVALS = 2.5;
/** What the server does unless it is set to something else; believed until the first heartbeat says how it is. */
export const HEARTBEAT_DEFAULT_MS = 15_000;
/** The watchdog is never more eager than this: a server that beats ten times a second may still be busy for one. */
export const HEARTBEAT_MIN_MS = 500;
/** The slowest a server can be set to. A larger number is a mistake, and must not put the watchdog to sleep. */
export const HEARTBEAT_MAX_MS = 60_000;
/** How long a connection may take to open before it counts as failed (a black-holed network says nothing). */
export const OPEN_TIMEOUT_MS = 10_000;
/** From this many failures in a row on, the pill says "offline" and no longer "reconnecting". */
export const OFFLINE_AFTER_ATTEMPTS = 4;

/**
 * The wait before attempt number `attempt` (from 0): doubling, with half of it left to chance, so that a hundred
 * pages do not come back in the same millisecond.
 * @param {number} attempt
 * @param {() => number} [random]
 */
export function delayBefore(attempt, random = Math.random) {
  const full = Math.min(DELAY_MAX_MS, DELAY_FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(full / 2 + (full / 2) * random());
}

/**
 * How often heartbeats come. The server says so with each of them: measured here, one that was late, or two that a
 * frozen tab got at once, would look like a faster server, and a good connection would be thrown away again and again.
 * @param {unknown} said
 */
export function heartbeatInterval(said) {
  return Number.isFinite(said) ? Math.min(HEARTBEAT_MAX_MS, Math.max(HEARTBEAT_MIN_MS, Number(said))) : HEARTBEAT_DEFAULT_MS;
}

/**
 * Whether a connection that claims to be open has been silent for too long. A last sign that lies far ahead is one
 * from before the clock was set back, and proves nothing.
 * @param {number} lastSignAt
 * @param {number} interval
 * @param {number} now
 */
export function isSilent(lastSignAt, interval, now) {
  return Math.abs(now - lastSignAt) > interval * SILENT_INTERVALS;
}

/**
 * One pending attempt, its countdown and its reset; shared by the feed and the chat.
 * @param {{ attempt: () => void, random?: () => number, timers?: Timers }} options
 */
export function createRetry({ attempt, random = Math.random, timers = realTimers }) {
  let failures = 0;
  /** @type {any} */
  let timer = null;
  const cancel = () => {
    if (timer !== null) timers.clear(timer);
    timer = null;
  };
  return {
    get failures() { return failures; },
    /** Plans the next attempt and says when it will be. */
    plan() {
      cancel();
      const delay = delayBefore(failures++, random);
      timer = timers.set(() => { timer = null; attempt(); }, delay);
      return timers.now() + delay;
    },
    /** Forgets the failures: the connection is proven. */
    succeeded() { failures = 0; },
    cancel,
  };
}

/** @typedef {{ set: (f: () => void, ms: number) => any, clear: (id: any) => void, now: () => number }} Timers */
/** @type {Timers} */
export const realTimers = {
  set: (f, ms) => setTimeout(f, ms),
  clear: (id) => clearTimeout(id),
  now: () => Date.now(),
};
