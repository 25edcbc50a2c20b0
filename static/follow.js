// Scrolling that never fights the reader: the end is followed only by someone who is at the end. Everyone else keeps
// their place, also when older lines are put above it, and is told how much is new below.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "./lib.js";

/** Within this many pixels of the end one is at the end; rounding of zoomed pages stays below it. */
const END_PX = 8;

/**
 * @param {any} mark where the newest line stands (a seq, a count)
 * @param {(mark: any) => number} countSince how many lines are newer than a mark
 */
export function useFollow(mark, countSince) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const own = useRef({ isFollowing: true, top: 0, seen: mark, first: /** @type {Element | null} */ (null), firstTop: 0 }).current;
  const [missed, setMissed] = useState(0);

  const stick = useCallback(() => {
    if (!box.current) return;
    box.current.scrollTop = box.current.scrollHeight;
    own.top = box.current.scrollTop;
  }, []);

  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    if (own.isFollowing) {
      own.seen = mark;
      stick();
    } else if (own.first?.isConnected && el.querySelector("[data-row]") !== own.first) {
      el.scrollTop += offsetIn(el, own.first) - own.firstTop;
    }
    note(el);
    setMissed(own.isFollowing ? 0 : countSince(own.seen));
  });

  /** @param {HTMLElement} el */
  function note(el) {
    own.first = el.querySelector("[data-row]");
    own.firstTop = own.first ? offsetIn(el, own.first) : 0;
    own.top = el.scrollTop;
  }

  const onScroll = useCallback(() => {
    const el = box.current;
    if (!el) return;
    const isAtEnd = el.scrollHeight - el.scrollTop - el.clientHeight <= END_PX;
    if (isAtEnd) own.isFollowing = true;
    else if (el.scrollTop < own.top) own.isFollowing = false;
    if (isAtEnd) setMissed(0);
    note(el);
  }, []);

  useEffect(() => {
    const el = box.current;
    if (!el || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => { if (own.isFollowing) stick(); });
    observer.observe(el);
    return () => observer.disconnect();
  }, []);

  const toEnd = useCallback(() => {
    own.isFollowing = true;
    setMissed(0);
    stick();
  }, []);

  /** Something was opened by hand: the reader stays where they are, and the end is theirs to go back to. */
  const hold = useCallback(() => { own.isFollowing = false; own.seen = own.seen ?? mark; }, [mark]);

  return { box, onScroll, missed, toEnd, hold, isFollowing: () => own.isFollowing };
}

/** @param {HTMLElement} box @param {Element} row */
function offsetIn(box, row) {
  return row.getBoundingClientRect().top - box.getBoundingClientRect().top;
}
