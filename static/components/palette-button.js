// The palette, for who has no keyboard or does not know its key.

import { html } from "../lib.js";
import { dialog } from "../store.js";
import { Icon } from "./icon.js";

export function PaletteButton() {
  return html`
    <button type="button" class="icon-button palette-button" aria-label="Find a project, a command or an action" title="Find a project, a command, an action (Ctrl K)" aria-haspopup="dialog"
      onClick=${() => { dialog.value = "palette"; }}><${Icon} name="search" /></button>`;
}
