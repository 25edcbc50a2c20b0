// The way to what came before the first line shown.

import { html, useState } from "../lib.js";

/** @param {{ what: string, load: () => Promise<void> }} props */
export function Earlier({ what, load }) {
  const [isBusy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    await load();
    setBusy(false);
  };
  return html`<p class="earlier"><button type="button" class="button small quiet" disabled=${isBusy} onClick=${go}>
    ${isBusy ? "Loading…" : `Load earlier ${what}`}</button></p>`;
}
