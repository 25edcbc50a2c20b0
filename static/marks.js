// Marks the words that were searched for, on the text as it is drawn: nothing of it is changed, so whatever draws it need
// not know of searching. A browser that cannot do it shows the hit's row marked, as every browser does.

import { useEffect } from "./lib.js";
import { patternOf } from "./step.js";

/** More than these nobody sees at once. */
const MARKS_MAX = 2_000;

/** Every place in a part of the page where the words are. @param {Element} part @param {string} words @returns {Range[]} */
export function rangesOf(part, words) {
  /** @type {Range[]} */
  const ranges = [];
  if (!words) return ranges;
  const pattern = patternOf(words);
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < MARKS_MAX; node = walker.nextNode()) {
    if (node.parentElement?.closest("time, .taken, .raw-label, .sr-only")) continue;
    for (const { 0: found, index } of (node.textContent ?? "").matchAll(pattern)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + found.length);
      ranges.push(range);
    }
  }
  return ranges;
}

/**
 * Keeps the words marked while what is in the box changes; the hit that is looked at is marked more strongly.
 * @param {{ current: HTMLElement | null }} box @param {string} words @param {number | undefined} wish changes with the hit
 */
export function useMarks(box, words, wish) {
  useEffect(() => {
    const el = box.current;
    const highlights = /** @type {any} */ (globalThis.CSS)?.highlights;
    if (!el || !words || !highlights) return;
    let frame = 0;
    const paint = () => {
      frame = 0;
      const rows = [...el.querySelectorAll("[data-row]")];
      const here = rows.find((row) => row.hasAttribute("data-target"));
      const own = here ? rangesOf(here, words) : [];
      const nth = here?.getAttribute("data-nth");
      const current = nth ? own.slice(Number(nth), Number(nth) + 1) : own;
      highlights.set("found", new /** @type {any} */ (globalThis).Highlight(...rows.flatMap((row) => row === here ? own : rangesOf(row, words)).slice(0, MARKS_MAX)));
      const strong = new /** @type {any} */ (globalThis).Highlight(...current);
      strong.priority = 1;
      highlights.set("found-here", strong);
    };
    const observer = new MutationObserver(() => { frame ||= requestAnimationFrame(paint); });
    observer.observe(el, { childList: true, characterData: true, subtree: true, attributes: true, attributeFilter: ["data-target", "data-nth"] });
    paint();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      highlights.delete("found");
      highlights.delete("found-here");
    };
  }, [words, wish]);
}

/**
 * Scrolls everything that scrolls around a row so that it is in sight, and in it the place with these words.
 * @param {HTMLElement} row @param {{ words: string, nth: number | null }} place
 */
export function bringIntoSight(row, { words, nth }) {
  row.scrollIntoView({ block: row.offsetHeight > innerHeight / 2 ? "start" : "center" });
  const range = rangesOf(row, words)[nth ?? 0];
  for (let box = range?.startContainer.parentElement ?? null; box; box = box.parentElement) {
    if (box.scrollHeight <= box.clientHeight || !/auto|scroll/.test(getComputedStyle(box).overflowY)) continue;
    const [line, frame] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
    box.scrollTop += line.top - frame.top - (box.clientHeight - line.height) / 2;
  }
}
