// One sentence on what a pane is for, on top of it until somebody has read it.

import { html } from "../lib.js";
import { closeHints, hintsShown } from "../hints.js";

const HINTS = {
  projects: { place: "1", text: "Your projects, each with what is being done for it right now." },
  chat: { place: "2", text: "Here you say in your own words what you want done, and the project manager answers." },
  activity: { place: "3", text: "Here you watch the work, one line for each step, the moment it happens." },
};

/** @param {{ pane: keyof typeof HINTS }} props */
export function PaneHint({ pane }) {
  if (!hintsShown.value) return null;
  const { place, text } = HINTS[pane];
  return html`
    <div class="pane-hint">
      <span class="pane-hint-place" aria-hidden="true">${place}</span>
      <p>${text}</p>
      <button type="button" class="button small" onClick=${closeHints}>Got it</button>
    </div>`;
}
