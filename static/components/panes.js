// Three panes side by side, their widths dragged or set by keyboard and remembered. Each handle belongs to the pane it
// makes wider, so that all of the page is in a landmark.

import { html, signal } from "../lib.js";
import { recall, remember } from "../storage.js";
import { Splitter } from "./splitter.js";

const LEFT = { min: 200, max: 420, initial: 264 };
const RIGHT = { min: 280, max: 760, initial: 420 };

const sizes = signal(recall("panes", { left: LEFT.initial, right: RIGHT.initial }));

/** @param {"left" | "right"} side @param {number} width */
function resize(side, width) {
  const { min, max } = side === "left" ? LEFT : RIGHT;
  sizes.value = { ...sizes.value, [side]: Math.round(Math.min(max, Math.max(min, width))) };
  remember("panes", sizes.value);
}

/** @param {{ left: any, middle: any, right: any }} props */
export function Panes({ left, middle, right }) {
  const { left: l, right: r } = sizes.value;
  return html`
    <div class="panes" style=${{ "--left": `${l}px`, "--right": `${r}px` }}>
      <nav class="pane pane-projects" id="pane-projects" aria-label="Projects">${left}
        <${Splitter} label="Width of the projects pane" controls="pane-projects" value=${l} min=${LEFT.min} max=${LEFT.max}
          direction=${1} onResize=${(/** @type {number} */ w) => resize("left", w)} onReset=${() => resize("left", LEFT.initial)} /></nav>
      <section class="pane pane-chat" id="pane-chat" aria-label="Chat">${middle}</section>
      <section class="pane pane-activity" id="pane-activity" aria-label="Activity">
        <${Splitter} label="Width of the activity pane" controls="pane-activity" value=${r} min=${RIGHT.min} max=${RIGHT.max}
          direction=${-1} onResize=${(/** @type {number} */ w) => resize("right", w)} onReset=${() => resize("right", RIGHT.initial)} />${right}</section>
    </div>`;
}
