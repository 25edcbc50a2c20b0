// When a pane that shows its end goes on showing it: only the reader decides that, and what a browser does by itself, when
// a pane changes its height or loses lines, is not the reader's doing.

/** Within this many pixels of the end one is at the end; rounding of zoomed pages stays below it. */
const END_PX = 8;

/** @typedef {{ top: number, height: number, length: number }} Place how far it is scrolled, how much it shows, how much there is */

/** @param {Place} place */
export const isAtEnd = ({ top, height, length }) => length - top - height <= END_PX;

/**
 * Whether the end is followed now.
 * @param {boolean} wasFollowing
 * @param {Place} before the last place that is known
 * @param {Place} now
 */
export function isFollowing(wasFollowing, before, now) {
  if (isAtEnd(now)) return true;
  if (!wasFollowing) return false;
  const isMovedByBrowser = now.height !== before.height || now.length < before.length;
  return isMovedByBrowser || now.top >= before.top;
}
