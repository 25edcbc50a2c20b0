// What somebody wants stopped. The wish is kept until the command has ended: over a lost connection, a server that is
// busy, and a reload of the page. No DOM and no state of the page in here.

import { Problem } from "./api.js";
import { realTimers } from "./retry.js";

/** So long after a try that did not reach anybody, it is tried again. */
const AGAIN_MS = 2_000;

/** @typedef {Record<string, { problem: string | null }>} Wishes by the execution's id; `problem` says why it has not been told yet */

/**
 * @param {{ wishes: { value: Wishes }, cancel: (id: string) => Promise<any>, told: (record: any) => void,
 *   refused: (problem: string) => void, keep: (ids: string[]) => void, timers?: import("./retry.js").Timers }} options
 *   `told` gets the command's record as the server has it after it was told; `keep` what must survive a reload
 */
export function createStops({ wishes, cancel, told, refused, keep, timers = realTimers }) {
  /** @param {Wishes} next */
  function set(next) {
    wishes.value = next;
    keep(Object.keys(next));
  }

  /** @param {string} id */
  async function attempt(id) {
    if (!wishes.value[id]) return;
    try {
      const record = await cancel(id);
      if (wishes.value[id]) set({ ...wishes.value, [id]: { problem: null } });
      told(record);
    } catch (error) {
      if (isPassing(error)) {
        if (!wishes.value[id]) return;
        set({ ...wishes.value, [id]: { problem: /** @type {Error} */ (error).message } });
        timers.set(() => void attempt(id), AGAIN_MS);
      } else {
        ended(id);
        refused(error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** It is over, however it ended. @param {string} id */
  function ended(id) {
    if (!wishes.value[id]) return;
    const { [id]: _over, ...others } = wishes.value;
    set(others);
  }

  return {
    /** Wants it stopped; asking again changes nothing. @param {string} id */
    stop(id) {
      if (wishes.value[id]) return;
      set({ ...wishes.value, [id]: { problem: null } });
      void attempt(id);
    },
    ended,
  };
}

/** Nobody was reached, or somebody who had no time: the next try may succeed. @param {unknown} error */
function isPassing(error) {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500);
}
