// Steps without a stream: asks for what is new every few seconds. For a tab whose browser has no connection left that
// it could keep open.

import { catchUp } from "./catch-up.js";
import { START } from "./cursor.js";
import { createRetry, realTimers } from "./retry.js";

/** Between two looks: often enough to watch a command, seldom enough for twelve tabs. */
export const POLL_MS = 4_000;

/**
 * @param {{ cursor?: import("./cursor.js").Cursor, on: import("./feed.js").Listener, load: import("./catch-up.js").Load,
 *   before?: () => void, timers?: import("./retry.js").Timers, random?: () => number }} options `before` is called before each look but the first
 * @returns {import("./feed.js").Source}
 */
export function openPoll({ cursor = START, on, load, before = () => {}, timers = realTimers, random }) {
  /** @type {any} */
  let timer = null;
  let isBusy = false;
  let isClosed = false;
  /** @type {number | null} */
  let lastEventAt = null;
  const retry = createRetry({ attempt: look, random, timers });

  async function look() {
    if (isBusy || isClosed) return;
    stop();
    isBusy = true;
    try {
      const { head } = await catchUp(cursor, { load, on: whileOpen, advance: (to) => { if (!isClosed) cursor = to; } });
      if (isClosed) return;
      lastEventAt = timers.now();
      retry.succeeded();
      tell("live");
      on.event("heartbeat", { status: "alive", head, interval_ms: POLL_MS });
      timer = timers.set(() => { before(); void look(); }, POLL_MS);
    } catch (error) {
      if (isClosed) return;
      const retryAt = retry.plan();
      tell("waiting", { reason: "lost", retryAt });
      // Status 0: nobody was reached, so there is nobody to ask why.
      if (/** @type {any} */ (error)?.status > 0) on.refused();
    } finally {
      isBusy = false;
    }
  }

  const whileOpen = {
    activities: (/** @type {any[]} */ list) => { if (!isClosed) on.activities(list); },
    event: (/** @type {string} */ name, /** @type {any} */ data) => { if (!isClosed) on.event(name, data); },
  };

  /** @param {"connecting" | "live" | "waiting"} phase @param {any} [more] */
  function tell(phase, more = {}) {
    on.link({ phase, since: timers.now(), failures: retry.failures, lastEventAt, ...more });
  }

  function stop() {
    if (timer !== null) timers.clear(timer);
    timer = null;
    retry.cancel();
  }

  tell("connecting");
  void look();
  return {
    get cursor() { return cursor; },
    wake() { void look(); },
    lost() {
      if (isClosed) return;
      stop();
      const retryAt = retry.plan();
      tell("waiting", { reason: "offline", retryAt });
    },
    close() {
      isClosed = true;
      stop();
    },
  };
}
