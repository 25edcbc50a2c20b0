// Scrolling that never fights the reader: the end is followed only by someone who is at the end. Everyone else keeps
// their place, also when older lines are put above it, and is told how much is new below.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "./lib.js";
import { isAtEnd, isFollowing } from "./scroll-rule.js";

/** A browser that keeps lines in their place by itself does so also while it scrolls smoothly, but never at the very top. */
const HOLDS_LINES = globalThis.CSS?.supports("overflow-anchor", "auto") ?? false;
/** What lies over the top of a list: the head of the command one is in. */
const HEAD_PX = 44;
/** For so long after a wheel, a finger, a key or the mouse a pane that has moved may have been moved by them. */
const HAND_MS = 1_000;
const HANDS = ["wheel", "touchmove", "keydown", "pointerdown", "pointermove"];
const NOWHERE = { top: 0, height: 0, length: 0 };

/**
 * @param {any} mark where the newest line stands (a seq, a count)
 * @param {(mark: any) => number} countSince how many lines are newer than a mark
 * @param {{ isEnd?: boolean, onChange?: (isFollowing: boolean) => void }} [options] `isEnd`: the end of the box is the end
 *   of everything, so that who is there follows
 */
export function useFollow(mark, countSince, { isEnd = true, onChange } = {}) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const own = useRef({ isFollowing: true, place: NOWHERE, seen: mark, line: /** @type {Element | null} */ (null), linePlace: 0, handAt: -HAND_MS, isEnd, onChange }).current;
  own.isEnd = isEnd;
  own.onChange = onChange;
  const [missed, setMissed] = useState(0);

  const stick = useCallback(() => {
    if (!box.current) return;
    box.current.scrollTop = box.current.scrollHeight;
    own.place = placeOf(box.current);
  }, []);

  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    // Only where it is needed: to ask where anything is has the browser lay out all that is new at once.
    if (own.isFollowing || !HOLDS_LINES || own.place.top <= 0) settle(el);
    setMissed(own.isFollowing ? 0 : countSince(own.seen));
  });

  /** @param {HTMLElement} el */
  function settle(el) {
    // The reader may have scrolled since, and the browser tells of it only with the next frame.
    const mayBeReader = performance.now() - own.handAt < HAND_MS;
    if (own.isFollowing && own.place !== NOWHERE) set(isFollowing(true, own.place, placeOf(el), mayBeReader));
    if (own.isFollowing) {
      own.seen = mark;
      stick();
      note(el);
    } else {
      keep(el);
      own.place = placeOf(el);
    }
  }

  /** @param {boolean} isOn */
  function set(isOn) {
    if (own.isFollowing === isOn) return;
    own.isFollowing = isOn;
    own.onChange?.(isOn);
  }

  /** Puts the line that is read back where it was, where the browser does not. @param {HTMLElement} el */
  function keep(el) {
    if (!own.line?.isConnected || (HOLDS_LINES && el.scrollTop > 0)) return;
    const moved = placeIn(el, own.line) - own.linePlace;
    if (moved !== 0) el.scrollTop += moved;
    own.linePlace += moved;
  }

  /** @param {HTMLElement} el */
  function note(el) {
    own.line = own.isFollowing ? null : lineInSight(el);
    own.linePlace = own.line ? placeIn(el, own.line) : 0;
    own.place = placeOf(el);
    // At the end nothing is held in place: what is let go above it would look as if the reader had scrolled up.
    el.style.overflowAnchor = own.isFollowing ? "none" : "";
  }

  const onScroll = useCallback(() => {
    const el = box.current;
    if (!el) return;
    const now = placeOf(el);
    if (own.isEnd || !isAtEnd(now)) set(isFollowing(own.isFollowing, own.place, now));
    if (own.isFollowing) setMissed(0);
    if (own.isFollowing && !isAtEnd(now)) stick();
    note(el);
  }, []);

  useEffect(() => {
    const el = box.current;
    if (!el || typeof ResizeObserver === "undefined") return;
    // The box, and what is in it: a line that opens, or lines that are drawn above.
    const observer = new ResizeObserver(() => {
      if (own.isFollowing) return stick();
      keep(el);
      note(el);
    });
    for (const one of [el, ...el.children]) observer.observe(one);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const touched = (/** @type {Event} */ event) => {
      // A mouse that only passes by moves nothing; one that is held may drag the scroll bar.
      if (event.type !== "pointermove" || /** @type {PointerEvent} */ (event).buttons > 0) own.handAt = performance.now();
    };
    for (const one of HANDS) el.addEventListener(one, touched, { passive: true });
    return () => { for (const one of HANDS) el.removeEventListener(one, touched); };
  }, []);

  const toEnd = useCallback(() => {
    set(true);
    setMissed(0);
    stick();
  }, []);

  /** Something was opened by hand: the reader stays where they are, and the end is theirs to go back to. */
  const hold = useCallback(() => { set(false); own.seen = own.seen ?? mark; }, [mark]);

  return { box, onScroll, missed, toEnd, hold, isFollowing: () => own.isFollowing };
}

/** @param {HTMLElement} box @returns {import("./scroll-rule.js").Place} */
const placeOf = (box) => ({ top: box.scrollTop, height: box.clientHeight, length: box.scrollHeight });

/**
 * The line a reader's eyes are on: the first whose end is in sight. Looked for from the outside in: to ask a line that is
 * not laid out where it is would lay out all that is around it.
 * @param {HTMLElement} box @returns {Element | null}
 */
function lineInSight(box) {
  const top = box.getBoundingClientRect().top + HEAD_PX;
  /** @type {Element | undefined} */
  let at = box;
  while (at && !at.matches("[data-row]")) {
    at = [...at.children].find((part) => part.getBoundingClientRect().bottom > top && (part.matches("[data-row]") || part.querySelector("[data-row]")));
  }
  return at ?? null;
}

/** How far a row is from the beginning of what is in the box, wherever that is scrolled to. @param {HTMLElement} box @param {Element} row */
function placeIn(box, row) {
  return row.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
}
