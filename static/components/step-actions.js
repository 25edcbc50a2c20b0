// What one can do with a step: copy the link to it, or its text. Shown while the pointer or the focus is on the step.

import { html } from "../lib.js";
import { copyLink, copyStep } from "../take.js";
import { Icon } from "./icon.js";

/** @param {{ seq: number }} props */
export function StepActions({ seq }) {
  return html`
    <span class="step-actions">
      <button type="button" class="icon-button" aria-label="Copy the link to this step" title="Copy the link to this step (L)" onClick=${() => void copyLink(seq)}><${Icon} name="link" /></button>
      <button type="button" class="icon-button" aria-label="Copy the text of this step" title="Copy the text of this step (C)" onClick=${() => void copyStep(seq)}><${Icon} name="copy" /></button>
    </span>`;
}
