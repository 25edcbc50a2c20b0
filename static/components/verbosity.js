// How much the activity pane tells. It only hides: everything is held, so switching is instant.

import { html } from "../lib.js";
import { chooseVerbosity } from "../lookup.js";
import { verbosity } from "../store.js";

const LEVELS = [
  { value: 1, label: "Brief", title: "1: messages, and how each command began and ended" },
  { value: 2, label: "Steps", title: "2: each step the work took" },
  { value: 3, label: "All", title: "3: everything, with the raw results" },
];

export function Verbosity() {
  return html`
    <div class="segments" role="group" aria-label="How much to show">
      ${LEVELS.map(({ value, label, title }) => html`
        <button type="button" aria-pressed=${verbosity.value === value} title=${title} onClick=${() => chooseVerbosity(value)}>${label}</button>`)}
    </div>`;
}
