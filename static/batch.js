// Steps that arrive together are handed over together: one redraw instead of hundreds in a burst. Nobody sees a hidden
// tab, and its timers are slow, so there each step is handed over at once: other tabs may wait for it.

const BATCH_MS = 16;

/**
 * @template T
 * @param {{ hand: (list: T[]) => void, timers: import("./retry.js").Timers, isHidden?: () => boolean, everyMs?: number }} options
 */
export function createBatch({ hand, timers, isHidden = () => globalThis.document?.hidden ?? false, everyMs = BATCH_MS }) {
  /** @type {T[]} */
  let batch = [];
  /** @type {any} */
  let timer = null;

  function flush() {
    if (timer !== null) timers.clear(timer);
    timer = null;
    if (batch.length === 0) return;
    const list = batch;
    batch = [];
    hand(list);
  }

  return {
    /** @param {T[]} more */
    add(...more) {
      batch.push(...more);
      if (isHidden()) flush();
      else timer ??= timers.set(flush, everyMs);
    },
    /** Hands over what is there, before whatever comes next. */
    flush,
  };
}
