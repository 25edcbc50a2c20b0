// What a coding agent wants to do, and how far it is.

import { html } from "../lib.js";
import { Icon } from "./icon.js";

/** @type {Record<string, { icon: string, words: string }>} */
const STATES = {
  done: { icon: "check", words: "done" },
  doing: { icon: "play", words: "in progress" },
  open: { icon: "circle", words: "to be done" },
};

/** @param {{ items: { text: string, state: string }[] }} props */
export function PlanItems({ items }) {
  return html`
    <ul class="plan">
      ${items.map(({ text, state }) => {
        const { icon, words } = STATES[state] ?? STATES.open;
        return html`<li data-state=${state}><${Icon} name=${icon} label=${words} /><span>${text}</span></li>`;
      })}
    </ul>`;
}
