// The part of a project's log that the page holds: never all of it, however long a tab stays open. There is always the
// *tail*, which ends where the stream is. Whoever reads back gets pages put before it; when that becomes too much, the
// part they read is set apart from the tail as the *past*, which grows by pages at both ends and lets go at the other.
// To come back to the newest, the past is dropped: nothing is asked for, so nothing can be missed.

import { STRETCH } from "./rows.js";
import { EMPTY, extend, reusing, since } from "./timeline.js";

/** @typedef {import("./state.js").Activity} Activity */
/**
 * Activities without a hole, what the pane draws of them, and whether the log has earlier ones.
 * @typedef {{ activities: Activity[], timeline: import("./timeline.js").Timeline, hasEarlier: boolean }} Held
 */
/** @typedef {Held & { past: Held | null, isReading: boolean }} Parts */

/** What is kept for somebody who follows the end: some screens full. */
export const TAIL = 250;
/** It is cut back to that when it is twice as long, so that cutting is rare. */
const TAIL_MAX = 2 * TAIL;
/** What is kept in front of somebody who reads: no less than the tail may be. More is felt with each page that comes. */
export const WINDOW = 500;

/** @type {Held} */
const NOTHING = { activities: [], timeline: EMPTY, hasEarlier: false };

/**
 * How many steps are loaded at once: more would be felt while they are drawn. A page ends where a stretch does, so that one
 * that has been drawn is not drawn again.
 * @param {number} seq the first that is held
 */
export const pageBefore = (seq) => seq % STRETCH || STRETCH;

/** @param {number} seq the last that is held */
export const pageAfter = (seq) => STRETCH - (seq + 1) % STRETCH;

/** What is on the screen. @param {Parts} view @returns {Held} */
export const shown = (view) => view.past ?? view;

/**
 * The parts with `fresh` in the tail. What somebody reads is not taken from under them: it becomes the past.
 * @template {Parts} T @param {T} view @param {Activity[]} fresh not held yet, in seq order @returns {T}
 */
export function withNewest(view, fresh) {
  const isAtEnd = fresh[0].seq > (view.activities.at(-1)?.seq ?? 0);
  const activities = view.activities.concat(fresh);
  if (!isAtEnd) activities.sort((a, b) => a.seq - b.seq);
  const hasEarlier = activities[0].seq > 1 && (view.activities.length === 0 || view.hasEarlier);
  const timeline = isAtEnd ? extend(view.timeline, fresh) : rebuilt(view.timeline, activities);
  const next = { ...view, activities, timeline, hasEarlier };
  if (!view.isReading || view.past) return activities.length > TAIL_MAX ? { ...next, ...cutToEnd(next, TAIL) } : next;
  if (activities.length <= WINDOW) return next;
  const { activities: seen, timeline: drawn, hasEarlier: isMore } = view;
  return { ...next, ...cutToEnd(next, TAIL), past: { activities: seen, timeline: drawn, hasEarlier: isMore } };
}

/**
 * The parts with a page before what is on the screen; what is too much goes from the end of that.
 * @template {Parts} T @param {T} view @param {Activity[]} page @param {boolean} hasEarlier @returns {T}
 */
export function withEarlier(view, page, hasEarlier) {
  const front = shown(view);
  const first = front.activities[0]?.seq ?? Infinity;
  const all = page.filter((activity) => activity.seq < first).concat(front.activities);
  const activities = all.slice(0, WINDOW);
  const held = { activities, timeline: rebuilt(front.timeline, activities), hasEarlier };
  if (view.past) return { ...view, past: held };
  return all.length <= WINDOW ? { ...view, ...held } : { ...view, ...cutToEnd(view, TAIL), past: held };
}

/**
 * The parts with a page after the past. Where it reaches the tail, the two are one again.
 * @template {Parts} T @param {T} view @param {Activity[]} page @returns {T}
 */
export function withLater(view, page) {
  const { past } = view;
  if (!past) return view;
  const last = past.activities.at(-1)?.seq ?? 0;
  const later = page.filter((activity) => activity.seq > last);
  const grown = { ...past, activities: past.activities.concat(later), timeline: extend(past.timeline, later) };
  const end = grown.activities.at(-1)?.seq ?? 0;
  const start = view.activities[0]?.seq ?? Infinity;
  if (end < start - 1) return { ...view, past: cutToEnd(grown, WINDOW) };
  const rest = view.activities.filter((activity) => activity.seq > end);
  const joined = { ...grown, activities: grown.activities.concat(rest), timeline: extend(grown.timeline, rest) };
  return { ...view, ...cutToEnd(joined, WINDOW), past: null };
}

/** The parts of somebody who is at the newest again, or has gone: the tail alone. @template {Parts} T @param {T} view @returns {T} */
export function atNewest(view) {
  if (!view.isReading && !view.past) return view;
  const tail = { ...view, past: null, isReading: false };
  return tail.activities.length > TAIL_MAX ? { ...tail, ...cutToEnd(tail, TAIL) } : tail;
}

/** The parts when the log is another one: nothing. @template {Parts} T @param {T} view @returns {T} */
export const forgotten = (view) => ({ ...view, ...NOTHING, past: null, isReading: false });

/** The last `n` of what is held. @param {Held} held @param {number} n @returns {Held} */
function cutToEnd({ activities, timeline, hasEarlier }, n) {
  if (activities.length <= n) return { activities, timeline, hasEarlier };
  const kept = activities.slice(-n);
  return { activities: kept, timeline: since(timeline, kept[0].seq), hasEarlier: true };
}

/** @param {import("./timeline.js").Timeline} old @param {Activity[]} activities */
const rebuilt = (old, activities) => reusing(old, extend(EMPTY, activities));

/**
 * Those of `incoming` that the tail lacks, in seq order, each once. What stands before a tail that is full has been let
 * go of, and is asked for page by page.
 * @param {Held} tail @param {Activity[]} incoming
 */
export function unseen({ activities }, incoming) {
  const last = activities.at(-1)?.seq ?? 0;
  const first = activities.length < TAIL ? 0 : activities[0].seq;
  const seen = new Set();
  let isSorted = true;
  let previous = 0;
  const fresh = incoming.filter(({ seq }) => {
    if (seq < first || seen.has(seq) || (seq <= last && holds(activities, seq))) return false;
    seen.add(seq);
    isSorted &&= seq > previous;
    previous = seq;
    return true;
  });
  return isSorted ? fresh : fresh.sort((a, b) => a.seq - b.seq);
}

/** @param {Activity[]} held @param {number} seq */
function holds(held, seq) {
  let [low, high] = [0, held.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (held[middle].seq === seq) return true;
    if (held[middle].seq < seq) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
