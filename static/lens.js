// The part of a log that is shown in place of its newest steps: what a filter lets through, or what stands around a step
// somebody asked for. It is read from the server page by page, and takes in what arrives as long as it reaches to the end.

import { NO_FILTER, isEmpty, matches } from "./filter.js";
import { WINDOW } from "./held.js";
import { EMPTY, extend } from "./timeline.js";

/** @typedef {import("./state.js").Activity} Activity */
/**
 * `key` names the request it came from, so that a late answer to an older one is not taken for its own. `first` is where
 * the whole log begins, for saying of how many these are some.
 * @typedef {{ key: string, filter: import("./filter.js").Filter, verbosity: number, activities: Activity[],
 *   timeline: import("./timeline.js").Timeline, hasEarlier: boolean, hasLater: boolean, isLoaded: boolean, first: number }} Lens
 */

/**
 * @param {Lens | null} lens
 * @param {any} action
 * @param {Activity[]} held the newest activities, which may have come while the server was asked
 * @returns {Lens | null}
 */
export function reduceLens(lens, action, held) {
  if (action.type === "lens/opened") {
    const { key, filter = NO_FILTER, verbosity = 3 } = action;
    return { key, filter, verbosity, activities: [], timeline: EMPTY, hasEarlier: false, hasLater: false, isLoaded: false, first: 1 };
  }
  if (!lens || lens.key !== action.key) return lens;
  switch (action.type) {
    case "lens/closed": return null;
    case "lens/loaded": {
      const { hasEarlier, hasLater, first } = action;
      return withLive(withList({ ...lens, isLoaded: true, hasEarlier, hasLater, first }, action.activities), held, action.now);
    }
    case "lens/earlier": return bounded(withList({ ...lens, hasEarlier: action.hasMore }, [...action.activities, ...lens.activities]), "later");
    case "lens/later": {
      const longer = withList({ ...lens, hasLater: action.hasMore }, [...lens.activities, ...action.activities]);
      return bounded(withLive(longer, held, action.now), "earlier");
    }
    default: return lens;
  }
}

/** With what has just arrived, if it belongs to what is shown. @param {Lens} lens @param {Activity[]} fresh @param {number} now @returns {Lens} */
export function withLive(lens, fresh, now) {
  if (!lens.isLoaded || lens.hasLater) return lens;
  const last = lens.activities.at(-1)?.seq ?? 0;
  const more = fresh.filter((one) => one.seq > last && matches(one, lens.filter, now, lens.verbosity));
  if (more.length === 0) return lens;
  return bounded({ ...lens, activities: [...lens.activities, ...more], timeline: extend(lens.timeline, more) }, "earlier");
}

/** @param {Lens} lens @param {Activity[]} activities @returns {Lens} */
const withList = (lens, activities) => ({ ...lens, activities, timeline: extend(EMPTY, activities) });

/** @param {Lens} lens @param {"earlier" | "later"} end where it lets go of what is too much @returns {Lens} */
function bounded(lens, end) {
  if (lens.activities.length <= WINDOW) return lens;
  return end === "earlier"
    ? withList({ ...lens, hasEarlier: true }, lens.activities.slice(-WINDOW))
    : withList({ ...lens, hasLater: true }, lens.activities.slice(0, WINDOW));
}

/** Whether the newest steps have all of it, so that nothing is lost when they are shown again. @param {Lens} lens @param {Activity[]} held */
export function isCovered({ isLoaded, filter, hasLater, activities }, held) {
  return isLoaded && isEmpty(filter) && !hasLater && held.length > 0 && held[0].seq <= (activities[0]?.seq ?? 0);
}

/** Whether these activities, ascending by seq, have this one. @param {Activity[]} activities @param {number} seq */
export const has = (activities, seq) => activities.some((one) => one.seq === seq);
