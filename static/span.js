// How much of a long list is drawn: its newest lines for somebody who follows its end, and for a reader all from where
// they began, which is put further back a piece at a time. Where it begins is kept as a seq, so that new lines below
// and older ones above move nothing.

import { useRef, useState } from "./lib.js";

/** A screen full, for somebody who follows the end. */
export const PIECE = 40;
/** So many more are drawn at once for a reader without being felt. */
const MORE = 20;

/**
 * The first line to draw, given from which seq on.
 * @param {{ lastSeq: number }[]} lines @param {number} from
 */
export function firstFrom(lines, from) {
  const index = lines.findIndex((line) => line.lastSeq >= from);
  return index < 0 ? lines.length : index;
}

/** From which seq on the last `n` lines are drawn; 0 is all, and all that may yet be put before them. @param {{ lastSeq: number }[]} lines @param {number} n */
export function fromLast(lines, n) {
  return lines.length > n ? lines[lines.length - n].lastSeq : 0;
}

/**
 * @template {{ lastSeq: number }} T @param {T[]} lines @param {boolean} isReading @param {number} [asked] a line that is drawn in any case
 * @returns {{ drawn: T[], before: number, more: () => void }} the lines to draw, how many stand before them, and the way to them
 */
export function useSpan(lines, isReading, asked = -1) {
  const from = useRef(-1);
  const [, redraw] = useState(0);
  const tooMany = () => lines.length - firstFrom(lines, from.current) > 2 * PIECE;
  if (lines.length > 0 && (from.current < 0 || (!isReading && tooMany()))) from.current = fromLast(lines, PIECE);
  if (asked >= 0 && firstFrom(lines, from.current) > asked) from.current = fromLast(lines, lines.length - asked + PIECE / 2);
  const before = from.current > 0 ? firstFrom(lines, from.current) : 0;
  const more = () => {
    from.current = fromLast(lines, lines.length - before + MORE);
    redraw((n) => n + 1);
  };
  return { drawn: before > 0 ? lines.slice(before) : lines, before, more };
}
