// Which project this is, and whether what is on the screen is current.

import { html } from "../lib.js";
import { placeOf, shortPath } from "../format.js";
import { dialog, project } from "../store.js";
import { ConnectionPill } from "./connection-pill.js";
import { Icon } from "./icon.js";
import { MainMenu } from "./main-menu.js";
import { PaletteButton } from "./palette-button.js";

export function TopBar() {
  const open = project.value;
  const place = open ? placeOf(open) : "";
  return html`
    <header class="topbar">
      <${open ? "p" : "h1"} class="brand"><img src="/favicon.svg" alt="" width="24" height="24" /><span>Project Manager</span><//>
      ${open && html`
        <div class="topbar-project">
          <h1 title=${open.name}>${open.name}</h1>
          <button type="button" class="icon-button" aria-label="Project settings" title="Project settings" onClick=${() => { dialog.value = "settings"; }}><${Icon} name="gear" /></button>
          ${place && html`<span class="path keep-end" title=${place}><bdi>${shortPath(place, 48)}</bdi></span>`}
        </div>`}
      <${ConnectionPill} />
      <${PaletteButton} />
      <${MainMenu} />
    </header>`;
}
