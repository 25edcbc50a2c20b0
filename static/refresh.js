// Keeps up to date what the server tells only when it is asked: every so often while somebody looks, and at once when
// there is a reason; or only then. One request at a time, so that an old answer never comes after a new one. No DOM in here.

import { realTimers } from "./retry.js";

/**
 * @param {{ load: () => Promise<void>, everyMs?: number, isHidden?: () => boolean, timers?: import("./retry.js").Timers }} options
 *   `load` does not fail: what went wrong is told where it is shown
 */
export function createRefresh({ load, everyMs, isHidden = () => false, timers = realTimers }) {
  /** @type {any} */
  let timer = null;
  /** @type {Promise<void> | null} */
  let current = null;
  /** @type {Promise<void> | null} */
  let following = null;
  let isStopped = false;

  function plan() {
    if (timer !== null) timers.clear(timer);
    if (isStopped || everyMs === undefined) return;
    timer = timers.set(() => { if (isHidden()) plan(); else void now(); }, everyMs);
  }

  async function run() {
    await load();
    current = null;
    plan();
  }

  /** Asks now. While an answer is under way, which may not have the news in it, once more after it. @returns {Promise<void>} */
  function now() {
    if (current === null) return current = run();
    return following ??= current.then(() => {
      following = null;
      return now();
    });
  }

  return {
    now,
    /** Asks no more by itself. */
    stop() {
      isStopped = true;
      if (timer !== null) timers.clear(timer);
    },
  };
}
