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
 * @param {boolean} [mayBeReader] whether a reader has done anything lately. Lines that go and others that come before
 *   anybody looks leave a place that looks as if somebody had scrolled up.
 */
export function isFollowing(wasFollowing, before, now, mayBeReader = true) {
  if (isAtEnd(now)) return true;
  if (!wasFollowing) return false;
  if (!mayBeReader) return true;
  const isMovedByBrowser = now.height !== before.height || now.length < before.length;
  return isMovedByBrowser || now.top >= before.top;
}
