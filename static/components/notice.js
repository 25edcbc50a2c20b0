// One sentence about something that was tried and did not work, until it is closed.

import { html } from "../lib.js";
import { notice } from "../store.js";
import { Icon } from "./icon.js";

export function Notice() {
  if (!notice.value) return null;
  return html`
    <div class="notice" role="alert">
      <${Icon} name="alert" /><p>${notice.value}</p>
      <button type="button" class="icon-button" aria-label="Close this message" onClick=${() => { notice.value = null; }}><${Icon} name="close" /></button>
    </div>`;
}
