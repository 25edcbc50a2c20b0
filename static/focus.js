// Where the keyboard goes when it is sent somewhere: the page's few places, found in the document.

import { tab } from "./store.js";

const STEPS = "#pane-activity [data-row][data-seq]";

/** On a phone a pane must be in sight before anything in it can have the focus. @param {"chat" | "activity"} pane @param {string} selector @param {(el: HTMLInputElement) => void} [mark] What is marked there: all of it, unless said. */
function focusIn(pane, selector, mark = (el) => el.select?.()) {
  tab.value = pane;
  const focus = () => {
    const el = /** @type {HTMLInputElement | null} */ (document.querySelector(selector));
    el?.focus();
    if (el) mark(el);
    return document.activeElement === el;
  };
  if (!focus()) requestAnimationFrame(focus);
}

export const focusSearch = () => focusIn("activity", "#search-steps");
export const focusComposer = () => focusIn("chat", "#pane-chat .composer textarea");

/** To its end, also once what was put there is there: it is gone on with. Nothing is marked, for whoever types at once would replace it. */
export function focusComposerEnd() {
  const selector = "#pane-chat .composer textarea";
  /** @param {HTMLInputElement | HTMLTextAreaElement} box */
  const toEnd = (box) => box.setSelectionRange(box.value.length, box.value.length);
  focusIn("chat", selector, toEnd);
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const box = /** @type {HTMLTextAreaElement | null} */ (document.querySelector(selector));
    if (box && document.activeElement === box) toEnd(box);
  }));
}

/** The newest that waits, at its yes. */
export const focusNewestGate = () => focusIn("chat", "#pane-chat .gate [data-answer=approve]");

/** The card of one, and none of its answers: a key that is still held down must not be one. @param {string} id */
export const focusGate = (id) => focusIn("chat", `#pane-chat .gate[data-gate-id="${CSS.escape(id)}"]`);

/** A gate is answered and its card gone: to the next one (of a coding agent's to the card, as a key may be held down), else to the composer, but for a thumb, whose keyboard would cover the answer. */
export function focusAfterGate() {
  requestAnimationFrame(() => {
    const next = document.querySelector("#pane-chat .gate:has(.gate-options)") ?? document.querySelector("#pane-chat .gate [data-answer=approve]")
      ?? document.querySelector(matchMedia("(pointer: fine)").matches ? "#pane-chat .composer textarea" : "#pane-chat .chat-scroll");
    /** @type {HTMLElement | null} */ (next)?.focus();
  });
}

/** The seq of the step the focus is in. @returns {number | null} */
export function focusedSeq() {
  const seq = document.activeElement?.closest(STEPS)?.getAttribute("data-seq");
  return seq ? Number(seq) : null;
}

/** The step that is first in sight, for a search to begin there. */
export function firstSeqInSight() {
  const top = document.querySelector("#pane-activity .activity-scroll")?.getBoundingClientRect().top ?? 0;
  const row = [...document.querySelectorAll(STEPS)].find((one) => one.getBoundingClientRect().bottom > top + 1);
  return Number(row?.getAttribute("data-seq") ?? 0);
}

/** To the next step or the one before; from elsewhere to the first in sight, or to the newest. @param {1 | -1} by */
export function moveStep(by) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(STEPS)]);
  // A line that holds others comes before them, and all of them contain the focus.
  const at = rows.findLastIndex((row) => row.contains(document.activeElement));
  const first = firstSeqInSight();
  const start = by > 0 ? rows.findIndex((row) => row.getAttribute("data-seq") === String(first)) : rows.length - 1;
  const next = rows[at < 0 ? start : at + by];
  if (next) focusStep(next);
}

/** The step's own button, which opens it, else the step. @param {HTMLElement} row */
export function focusStep(row) {
  const own = /** @type {HTMLElement} */ (row.querySelector("button.step-line") ?? row);
  own.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}
