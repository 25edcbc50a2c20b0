// The handle between two panes: drag it, or focus it and use the arrow keys, Home, End and Enter (back to normal).

import { html } from "../lib.js";

const STEP_PX = 24;

/**
 * @param {{ label: string, controls: string, value: number, min: number, max: number, direction: 1 | -1,
 *   onResize: (width: number) => void, onReset: () => void }} props `direction` is -1 when moving right makes the pane smaller
 */
export function Splitter({ label, controls, value, min, max, direction, onResize, onReset }) {
  /** @param {PointerEvent} event */
  const grab = (event) => {
    if (event.button !== 0) return;
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    const start = event.clientX;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("dragging");
    handle.onpointermove = (move) => onResize(value + (move.clientX - start) * direction);
    handle.onpointerup = handle.onpointercancel = () => {
      handle.onpointermove = handle.onpointerup = handle.onpointercancel = null;
      handle.classList.remove("dragging");
    };
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => onResize(value - STEP_PX * direction),
      ArrowRight: () => onResize(value + STEP_PX * direction),
      Home: () => onResize(min),
      End: () => onResize(max),
      Enter: onReset,
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  };
  return html`<div class="splitter" role="separator" tabindex="0" aria-orientation="vertical" aria-label=${label} aria-controls=${controls}
    aria-valuenow=${value} aria-valuemin=${min} aria-valuemax=${max} title="Drag, or use the arrow keys; double-click to reset"
    onPointerDown=${grab} onKeyDown=${key} onDblClick=${onReset}></div>`;
}
